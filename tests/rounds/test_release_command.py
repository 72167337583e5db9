"""`zelfscan release`: out of the database, out of a file, and what it says of files that are none."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import zelfscan.rounds.earlier as earlier_module
from tests.adversary.test_rounds_together import FIRST, JOINED, close, hold_two_rounds, repeat
from tests.support import World, cast
from zelfscan.cli import cli
from zelfscan.errors import ClearError
from zelfscan.privacy.cube import json_schema, read_cube
from zelfscan.rounds.models import Round


@pytest.fixture(autouse=True)
def environment(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["release", *words])


def said(*words: str) -> str:
    error = run(*words).exception
    assert isinstance(error, ClearError), error
    return str(error)


def last_round(world: World) -> str:
    with world.installation.database.read() as session:
        found: str = session.query(Round.id).filter_by(title="Herhaling").scalar()
    return found


@pytest.fixture
def two_rounds(sqlite_world: World) -> World:
    hold_two_rounds(sqlite_world, JOINED)
    return sqlite_world


def test_the_audit_of_what_was_published_finds_nothing(two_rounds: World) -> None:
    result = run("audit", "--language", "nl")
    assert result.exit_code == 0, result.output
    assert "Aangevallen: 2 ronde(s)" in result.output
    assert "Oordeel: veilig" in result.output


def test_the_audit_as_json_has_what_a_program_needs(two_rounds: World) -> None:
    found = json.loads(run("audit", last_round(two_rounds), "--json").output)
    assert {name: found[name] for name in ("certain_outsider", "certain_colleague", "minimum", "verdict")} == {
        "certain_outsider": 0,
        "certain_colleague": 0,
        "minimum": 5,
        "verdict": "clean",
    }
    assert found["smallest_isolable"] >= 5
    assert found["findings"] == []


def test_an_audit_of_a_first_round_leaves_later_rounds_out(two_rounds: World) -> None:
    assert "Attacked: 1 round(s)" in run("audit", two_rounds.round_id, "--language", "en").output


def test_an_export_is_attacked_without_database_or_settings(
    two_rounds: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "cube.json"
    assert run("export", last_round(two_rounds), "--output", str(file)).exit_code == 0
    from_database = run("audit", last_round(two_rounds), "--json").output
    monkeypatch.setenv("ZELFSCAN_DATABASE_URL", "nothing://here")
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", "/nowhere")
    monkeypatch.setenv("ZELFSCAN_NONSENSE", "1")
    result = run("audit", "--from", str(file), "--json")
    assert (result.exit_code, result.output) == (0, from_database)


def test_an_export_is_of_the_round_and_those_before_it(two_rounds: World) -> None:
    cube = read_cube(run("export", last_round(two_rounds)).output.encode())
    assert [round_.key for round_ in cube.rounds] == [two_rounds.round_id, last_round(two_rounds)]
    assert [round_.closed for round_ in cube.rounds] == ["2026-11", "2026-11"]
    assert {measure.id for measure in cube.rounds[0].measures} == {
        "digitype",
        "mini.apps",
        "mini.privacy",
        "recognised",
        "own_type",
    }
    assert cube.rounds[1].trends[0].round == two_rounds.round_id
    assert cube.rounds[0].groups[0].size == sum(FIRST.values())


def test_names_are_in_an_export_only_when_asked(two_rounds: World) -> None:
    without = run("export", last_round(two_rounds)).output
    named = read_cube(run("export", last_round(two_rounds), "--names").output.encode())
    assert "Anemoon" not in without
    assert "Herhaling" not in without
    assert named.rounds[1].title == "Herhaling"
    assert "Anemoon" in {group.name for group in named.rounds[1].groups}


def test_a_planted_leak_is_found(sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier_module, "settle", lambda later, *_, **__: later)
    hold_two_rounds(sqlite_world, JOINED)
    file = tmp_path / "cube.json"
    run("export", last_round(sqlite_world), "--output", str(file))
    result = run("audit", "--from", str(file), "--language", "nl")
    assert result.exit_code == 1
    assert "Oordeel: NIET veilig" in result.output
    assert "een buitenstaander weet zeker" in result.output
    as_json = json.loads(run("audit", "--from", str(file), "--json").output)
    assert as_json["verdict"] == "leaks"
    assert as_json["certain_outsider"] > 0


def test_a_leak_that_is_planted_by_hand_is_found(two_rounds: World, tmp_path: Path) -> None:
    content = json.loads(run("export", two_rounds.round_id).output)
    groups = content["rounds"][0]["groups"]
    table = groups[0]["tables"][0]
    for cell, people in zip(table["cells"], [table["n"], 0, 0, 0], strict=False):
        cell["low"] = cell["high"] = people
    groups[0]["tables"], groups[1:] = [table], []
    file = tmp_path / "cube.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    result = run("audit", "--from", str(file), "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["certain_outsider"] == table["n"]


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "line 1, column 1"), ("{}", "no cube"), ('{"format": Infinity}', "Infinity is no number")],
)
def test_a_damaged_file_is_told_with_its_name(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "cube.json"
    file.write_text(content, encoding="utf-8")
    message = said("audit", "--from", str(file), "--language", "en")
    assert words in message
    assert message.startswith(f"{file}: ")
    assert "zelfscan release export" in message


def test_a_hundred_megabytes_are_refused_without_reading_them(tmp_path: Path) -> None:
    file = tmp_path / "cube.json"
    with file.open("wb") as opened:
        opened.truncate(100_000_000)
    assert "larger than 50 MB" in said("audit", "--from", str(file), "--language", "en")


def test_what_cannot_be_done_is_told(sqlite_world: World, tmp_path: Path) -> None:
    assert "no round 'x'" in said("export", "x", "--language", "en")
    assert "still open" in said("export", sqlite_world.round_id, "--language", "en")
    assert "nog geen ronde gesloten" in said("audit", "--language", "nl")
    assert "not both" in said("audit", "x", "--from", "y", "--language", "en")
    assert "cannot be read" in said("audit", "--from", str(tmp_path / "none"), "--language", "en")
    assert "cannot be read" in said("audit", "--from", str(tmp_path), "--language", "en")
    close(sqlite_world)
    assert "cannot be written" in said("export", sqlite_world.round_id, "--output", "/none/x", "--language", "en")


def test_a_round_in_which_nothing_could_be_shown_is_safe(sqlite_world: World) -> None:
    cast(sqlite_world, {"Anemoon": 4})
    close(sqlite_world)
    again = repeat(sqlite_world)
    cast(again, FIRST)
    close(again)
    found = json.loads(run("audit", again.round_id, "--json").output)
    assert (found["verdict"], found["smallest_isolable"] >= 5) == ("clean", True)


def test_the_schema_is_printed() -> None:
    assert json.loads(run("schema").output) == json_schema()
