"""The command line: documented, and clear about mistakes."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.support import BANKS, World, take_scan
from zelfscan.cli import cli, main
from zelfscan.config import secrets_file
from zelfscan.organisations.services import add_unit
from zelfscan.scan.models import Draft
from zelfscan.scan.services import begin

DOCS = Path(__file__).parents[1] / "docs"


def commands(group: click.Command = cli, words: str = "zelfscan") -> list[str]:
    """Every command in words, such as `zelfscan round open`."""
    if not isinstance(group, click.Group):
        return [words]
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found += commands(command, f"{words} {name}")
    return found


def test_every_command_is_documented() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert [command for command in commands() if f"| `{command}` |" not in page] == []
    assert len(commands()) == page.count("| `zelfscan ")


@pytest.fixture
def run(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))
    return CliRunner()


def test_a_round_from_opening_to_closing(run: CliRunner, sqlite_world: World) -> None:
    asked = [
        "round",
        "open",
        "--organisation",
        "Testzorg",
        "--title",
        "Twee",
        "--bank",
        str(BANKS / "mini.yaml"),
        "--json",
    ]
    round_id = json.loads(run.invoke(cli, asked).output)["round"]
    links = json.loads(run.invoke(cli, ["round", "links", round_id, "--json"]).output)
    assert [link["team"] for link in links] == ["Anemoon", "Bosuil", "Ceder", "Duin", "Ekster"]
    assert links[0]["link"].startswith("http://localhost:8000/s/")
    take_scan(sqlite_world, "Anemoon")
    status = json.loads(run.invoke(cli, ["round", "status", sqlite_world.round_id, "--json"]).output)
    assert (status["state"], status["ballots_at_least"]) == ("open", 0), "one ballot is too few to tell"
    assert "Closed" in run.invoke(cli, ["round", "close", sqlite_world.round_id]).output
    assert "Testzorg · Nulmeting · closed" in run.invoke(cli, ["round", "list"]).output


@pytest.mark.parametrize("words", [["init"], ["round", "close"]])
def test_drafts_that_are_over_go_when_a_command_is_run(run: CliRunner, sqlite_world: World, words: list[str]) -> None:
    database, long_ago = sqlite_world.installation.database, date.today() - timedelta(days=60)
    begin(database, sqlite_world.link("Anemoon"), long_ago, 30)
    asked = [*words, sqlite_world.round_id] if words[0] == "round" else words
    assert run.invoke(cli, asked).exit_code == 0
    with database.read() as session:
        assert session.query(Draft).count() == 0


def test_an_account_from_the_command_line(run: CliRunner) -> None:
    asked = ["user", "add", "--organisation", "Testzorg", "--email", "new@test.example", "--role", "teamleider"]
    made = run.invoke(cli, [*asked, "--unit", "Duin", "--password", "long enough for this"])
    assert made.output == "new@test.example can sign in.\n"


def test_a_team_s_name_in_two_locations_has_to_be_told_apart(run: CliRunner, sqlite_world: World) -> None:
    with sqlite_world.installation.database.write() as session:
        for location in ("Noord", "Zuid"):
            add_unit(session, sqlite_world.units[location], "team", "Avond")
    asked = ["user", "add", "--organisation", "Testzorg", "--email", "new@test.example", "--role", "teamleider"]
    asked += ["--password", "long enough for this", "--unit"]
    assert "Location/Team" in str(run.invoke(cli, [*asked, "Avond"]).exception)
    assert run.invoke(cli, [*asked, "Zuid/Avond"]).exit_code == 0


def test_lost_secrets_are_not_replaced_by_new_ones(run: CliRunner, sqlite_world: World) -> None:
    secrets_file(sqlite_world.installation.settings).unlink()
    assert "put back the file" in str(run.invoke(cli, ["init"]).exception)
    assert not secrets_file(sqlite_world.installation.settings).exists()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["round", "status", "nothing"], "there is no round"),
        (["round", "open", "--organisation", "Ander", "--title", "x", "--bank", "vvt"], "no organisation"),
        (["round", "open", "--organisation", "Testzorg", "--title", "x", "--bank", "nope"], "no such bank"),
        (
            ["round", "open", "--organisation", "Testzorg", "--title", "x", "--bank", "vvt", "--minimum", "3"],
            "at least 5",
        ),
        (["round", "open", "--organisation", "Testzorg", "--title", "Nulmeting", "--bank", "vvt"], "another title"),
        (
            [
                "user",
                "add",
                "--organisation",
                "Testzorg",
                "--email",
                "a@b",
                "--role",
                "organisatiemanager",
                "--password",
                "x",
            ],
            "short",
        ),
    ],
)
def test_a_mistake_is_a_sentence(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], answer: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["zelfscan", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert answer in capsys.readouterr().err


def test_a_new_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(tmp_path / "data"))
    assert "Ready." in CliRunner().invoke(cli, ["init"]).output
    assert "Ready." in CliRunner().invoke(cli, ["init"]).output, "again is harmless"
    assert CliRunner().invoke(cli, ["round", "list"]).output.strip() == ""


def test_a_taken_port_is_told(run: CliRunner) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        asked = [sys.executable, "-c", "from zelfscan.cli import main; main()", "serve", "--port", str(port)]
        ended = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "choose another port" in ended.stderr
