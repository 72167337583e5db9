"""`zelfscan invitation`: import, send, remind and status, with a mail server that keeps what it gets."""

import json
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import SecretStr
from pypdf import PdfReader
from sqlalchemy.orm import Session

import zelfscan.rounds.invitations.command as command
from tests.rounds.invitations.support import Catcher, free_port, invited, mail_server, personal_link, rows_of
from tests.support import TODAY, World, bank_text, take_scan
from zelfscan.banks.loader import parse_bank
from zelfscan.cli import cli
from zelfscan.errors import ClearError
from zelfscan.rounds.invitations.models import PersonalInvitation
from zelfscan.rounds.services import close_round, open_round

LIST = "e-mail;personeelsnummer;team;taal\n" + "".join(f"p{n}@zorg.example;;Anemoon;\n" for n in range(2, 8))
MIXED = LIST + ";0042;Duin;\nq@zorg.example;0043;Duin;en\n"

Run = Callable[..., Result]


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on this world; its settings can be replaced by those of another copy of it."""
    return runner(world, monkeypatch)


def runner(world: World, monkeypatch: pytest.MonkeyPatch) -> Run:
    here = world.installation
    monkeypatch.setattr(command, "opened_database", lambda: (here.settings, here.database))

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["invitation", *words, "--language", "en"])

    return run


@pytest.fixture
def mailed(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Run, Catcher]]:
    with mail_server(world) as (here, catcher):
        yield runner(here, monkeypatch), catcher


def people_file(tmp_path: Path, content: str = LIST) -> str:
    path = tmp_path / "mensen.csv"
    path.write_text(content, encoding="utf-8")
    return str(path)


def tokens_in(text: str) -> list[str]:
    return re.findall(r"http://localhost:8000/s/(\S{12})", text)


# import


def test_a_dry_run_tells_what_would_come_and_keeps_nothing(world: World, run: Run, tmp_path: Path) -> None:
    told = run("import", world.round_id, people_file(tmp_path, MIXED), "--dry-run")
    assert told.exit_code == 0, told.output
    assert "8 people in the list: 8 new, 0 invited already." in told.output
    assert "Noord · Anemoon: 6 new" in told.output
    assert "Nothing was kept." in told.output
    assert rows_of(world) == []


def test_reading_a_list_in_again_adds_only_who_is_new(world: World, run: Run, tmp_path: Path) -> None:
    run("import", world.round_id, people_file(tmp_path))
    before = {row.email: row.id for row in rows_of(world)}
    told = run(
        "import",
        world.round_id,
        people_file(
            tmp_path, "e-mail;team\nnew@zorg.example;Duin\n" + LIST.split("\n", 1)[1].replace(";;Anemoon;", ";Anemoon")
        ),
    )
    assert "7 people in the list: 1 new, 6 invited already." in told.output
    after = {row.email: row.id for row in rows_of(world)}
    assert after.items() >= before.items()
    assert {row.email: row.row for row in rows_of(world)}["p2@zorg.example"] == 3, "the row in the newest list"


def test_one_mistake_keeps_the_whole_list_out(world: World, run: Run, tmp_path: Path) -> None:
    told = run("import", world.round_id, people_file(tmp_path, LIST + "x@zorg.example;;Nergens;\n"))
    assert told.exit_code == 1
    assert "mensen.csv:8:team: there is no team ‘Nergens’" in told.output
    assert "Nothing was read in. Mistakes: 1." in told.output
    assert rows_of(world) == []


def test_who_is_on_the_list_for_another_team_stays_where_she_was(world: World, run: Run, tmp_path: Path) -> None:
    run("import", world.round_id, people_file(tmp_path))
    told = run("import", world.round_id, people_file(tmp_path, "e-mail;team\np2@zorg.example;Duin\n"))
    assert "mensen.csv:2:team: is invited already for another team" in told.output
    assert {row.unit_id for row in rows_of(world)} == {world.units["Anemoon"].id}


def test_an_address_that_comes_later_is_added(world: World, run: Run, tmp_path: Path) -> None:
    run("import", world.round_id, people_file(tmp_path, MIXED))
    before = {row.number: row.id for row in rows_of(world)}
    told = run("import", world.round_id, people_file(tmp_path, "e-mail;nummer;team\nlater@zorg.example;0042;Duin\n"))
    assert "1 people in the list: 0 new, 1 invited already." in told.output
    after = {row.number: row for row in rows_of(world)}
    assert (after["0042"].email, after["0042"].id) == ("later@zorg.example", before["0042"])


def test_a_number_that_comes_with_another_address_is_a_mistake(world: World, run: Run, tmp_path: Path) -> None:
    run("import", world.round_id, people_file(tmp_path, MIXED))
    told = run("import", world.round_id, people_file(tmp_path, "e-mail;nummer;team\nother@zorg.example;0043;Duin\n"))
    assert told.exit_code == 1
    assert "mensen.csv:2:e-mail: belongs to two people" in told.output


def test_a_closed_round_invites_nobody(world: World, run: Run, tmp_path: Path) -> None:
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    for words in (
        ["import", world.round_id, people_file(tmp_path)],
        ["send", world.round_id],
        ["status", world.round_id],
    ):
        assert "closed" in str(run(*words).exception)


def test_the_secrets_of_another_installation_are_refused(
    world: World, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links made with another pepper would open nothing."""
    secrets = world.installation.secrets.model_copy(update={"pepper": "x" * 43})
    monkeypatch.setattr(command, "load_secrets", lambda settings: secrets)
    assert "no link would open anything" in str(run("status", world.round_id).exception)


# send


def test_each_person_gets_one_message_with_a_link_that_works(
    world: World, mailed: tuple[Run, Catcher], tmp_path: Path
) -> None:
    run, catcher = mailed
    run("import", world.round_id, people_file(tmp_path, MIXED))
    told = run("send", world.round_id)
    assert told.exit_code == 0, told.output
    assert "Sent: 7." in told.output
    assert "Without e-mail address: 1." in told.output
    assert sorted(catcher.receivers) == sorted([*(f"p{n}@zorg.example" for n in range(2, 8)), "q@zorg.example"])
    found = {str(message["To"]): tokens_in(message.get_content()) for message in catcher.messages}
    assert all(len(tokens) == 1 for tokens in found.values())
    assert len({tokens[0] for tokens in found.values()}) == 7
    assert personal_link(world, found["p2@zorg.example"][0]).team == "Anemoon"
    assert personal_link(world, found["q@zorg.example"][0]).team == "Duin"


def test_a_message_says_what_it_is_and_follows_nobody(
    mailed: tuple[Run, Catcher], world: World, tmp_path: Path
) -> None:
    run, catcher = mailed
    run("import", world.round_id, people_file(tmp_path, MIXED))
    run("send", world.round_id)
    texts = {str(message["To"]): message for message in catcher.messages}
    dutch, english = texts["p2@zorg.example"], texts["q@zorg.example"]
    for words in ("Ongeveer 2 minuten", "Nee, dat kies je zelf", "enige die jouw uitkomst ziet", "werkt één keer"):
        assert words in dutch.get_content()
    assert "You are the only one who sees your outcome" in english.get_content()
    assert dutch["Subject"] == "zelfscan digitaal werken bij Testzorg"
    for message in catcher.messages:
        assert message.get_content_type() == "text/plain"
        assert len(re.findall(r"https?://", message.get_content())) == 2, "the link, and the page on privacy"
        assert "," not in str(message["To"])
        assert {"Cc", "Bcc"}.isdisjoint(message.keys())


def test_nobody_is_mailed_twice(world: World, mailed: tuple[Run, Catcher], tmp_path: Path) -> None:
    run, catcher = mailed
    for _ in range(2):
        run("import", world.round_id, people_file(tmp_path))
        run("send", world.round_id)
    assert len(catcher.messages) == 6


def test_two_runs_at_once_mail_each_person_once(
    world: World, mailed: tuple[Run, Catcher], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, catcher = mailed
    run("import", world.round_id, people_file(tmp_path))
    real, others = command.invitations_of, []

    def while_another_run_starts(session: Session, round_id: str) -> list[PersonalInvitation]:
        found = real(session, round_id)
        if not others:
            others.append(found)
            run("send", world.round_id)
        return found

    monkeypatch.setattr(command, "invitations_of", while_another_run_starts)
    run("send", world.round_id)
    assert len(catcher.messages) == len(set(catcher.receivers)) == 6


def test_what_the_server_refuses_is_named_by_row_and_tried_again(
    world: World, mailed: tuple[Run, Catcher], tmp_path: Path
) -> None:
    run, catcher = mailed
    run("import", world.round_id, people_file(tmp_path))
    catcher.refused = {"p3@zorg.example", "p6@zorg.example"}
    told = run("send", world.round_id)
    assert told.exit_code == 1
    assert "Sent: 4." in told.output
    assert "row 3, 6 of the list" in told.output
    assert "@" not in told.output
    catcher.refused = set()
    assert "Sent: 2." in run("send", world.round_id).output
    assert len(catcher.messages) == len(set(catcher.receivers)) == 6


def test_when_the_connection_breaks_nobody_gets_a_second_invitation(
    world: World, mailed: tuple[Run, Catcher], tmp_path: Path
) -> None:
    run, catcher = mailed
    run("import", world.round_id, people_file(tmp_path))
    catcher.breaks_at = "p4@zorg.example"
    assert "run the command once more" in str(run("send", world.round_id).exception)
    catcher.breaks_at = ""
    told = run("send", world.round_id)
    assert "Of row 4 of the list it is not sure" in told.output
    assert sorted(catcher.receivers) == [f"p{n}@zorg.example" for n in (2, 3, 5, 6, 7)]
    run("remind", world.round_id)
    assert "p4@zorg.example" in catcher.receivers[5:], "the reminder goes there"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "no mail server is set"),
        ({"smtp_url": "http://mail.example"}, "begins with smtp"),
        ({"smtp_url": "smtp://:geheim@"}, "names no host"),
        ({"smtp_url": "smtp://mail.example:x"}, "begins with smtp"),
        ({"smtp_url": "smtp://127.0.0.1:25"}, "needs a sender"),
        ({"smtp_url": "smtp://127.0.0.1:25", "mail_from": "nobody"}, "needs a sender"),
    ],
)
def test_a_setting_that_cannot_be_used_is_told_before_anything_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, given: dict[str, str], told: str
) -> None:
    url = {"smtp_url": SecretStr(given["smtp_url"])} if "smtp_url" in given else {}
    settings = world.installation.settings.model_copy(update=given | url)
    here = replace(world, installation=replace(world.installation, settings=settings))
    run = runner(here, monkeypatch)
    run("import", world.round_id, people_file(tmp_path))
    error = run("send", world.round_id).exception
    assert told in str(error)
    assert "geheim" not in str(error)
    assert {row.mailed for row in rows_of(world)} == {"no"}


def test_a_server_that_is_not_there_is_told(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = {"smtp_url": SecretStr(f"smtp://127.0.0.1:{free_port()}"), "mail_from": "a@zorg.example"}
    settings = world.installation.settings.model_copy(update=given)
    run = runner(replace(world, installation=replace(world.installation, settings=settings)), monkeypatch)
    run("import", world.round_id, people_file(tmp_path))
    error = run("send", world.round_id).exception
    assert isinstance(error, ClearError)
    assert "cannot be used: ConnectionRefusedError" in str(error)
    assert {row.mailed for row in rows_of(world)} == {"no"}


# remind


def test_a_reminder_goes_to_everybody_with_the_same_link(
    world: World, mailed: tuple[Run, Catcher], tmp_path: Path
) -> None:
    run, catcher = mailed
    run("import", world.round_id, people_file(tmp_path))
    run("send", world.round_id)
    first = {str(message["To"]): tokens_in(message.get_content()) for message in catcher.messages}
    catcher.messages.clear()
    told = run("remind", world.round_id)
    assert "goes to everybody" in told.output
    assert {str(message["To"]): tokens_in(message.get_content()) for message in catcher.messages} == first
    assert all("Heb je al meegedaan?" in message.get_content() for message in catcher.messages)
    assert all(str(message["Subject"]).startswith("Herinnering: ") for message in catcher.messages)


def test_a_reminder_that_broke_off_goes_on_with_the_rest(
    world: World, mailed: tuple[Run, Catcher], tmp_path: Path
) -> None:
    run, catcher = mailed
    run("import", world.round_id, people_file(tmp_path))
    run("send", world.round_id)
    catcher.messages.clear()
    catcher.breaks_at = "p4@zorg.example"
    run("remind", world.round_id)
    catcher.breaks_at = ""
    if len(catcher.receivers) < 5:
        run("remind", world.round_id)
    assert len(catcher.receivers) == len(set(catcher.receivers))
    assert set(catcher.receivers) >= {f"p{n}@zorg.example" for n in (2, 3, 5, 6, 7)}
    catcher.messages.clear()
    run("remind", world.round_id)
    assert len(catcher.messages) == 6, "the next one goes to everybody again"


def test_mail_goes_out_in_a_random_order(world: World, mailed: tuple[Run, Catcher], tmp_path: Path) -> None:
    run, catcher = mailed
    many = "e-mail;team\n" + "".join(f"p{n:02}@zorg.example;Anemoon\n" for n in range(30))
    run("import", world.round_id, people_file(tmp_path, many))
    run("send", world.round_id)
    orders = [catcher.receivers]
    catcher.messages.clear()
    run("remind", world.round_id)
    orders += [catcher.receivers]
    assert sorted(orders[0]) == sorted(orders[1])
    assert len({tuple(order) for order in (*orders, sorted(orders[0]))}) == 3


# letters


def test_letters_are_for_who_has_no_address_and_are_for_the_owner_alone(world: World, run: Run, tmp_path: Path) -> None:
    run("import", world.round_id, people_file(tmp_path, MIXED))
    path = tmp_path / "brieven.pdf"
    told = run("send", world.round_id, "--letters", str(path))
    assert told.exit_code == 0, told.output
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (page,) = pages(path)
    assert "0042" in page
    assert "Zuid · Duin" in page
    (token,) = tokens_in(page)
    assert personal_link(world, token).team == "Duin"
    assert "Nobody is left" in run("send", world.round_id, "--letters", str(tmp_path / "more.pdf")).output
    assert "exists already" in str(run("send", world.round_id, "--letters", str(path), "--again").exception)
    again = tmp_path / "again.pdf"
    run("send", world.round_id, "--letters", str(again), "--again")
    assert tokens_in(pages(again)[0]) == [token], "a second print has the same link"


def pages(path: Path) -> list[str]:
    reader = PdfReader(BytesIO(path.read_bytes()))
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in reader.pages} == {(595, 842)}
    return [page.extract_text() for page in reader.pages]


def test_reminders_on_paper_go_to_everybody_and_say_so(world: World, run: Run, tmp_path: Path) -> None:
    """What a list of the remaining letters would say is who did not take part yet."""
    run("import", world.round_id, people_file(tmp_path, MIXED))
    take_scan(world, "Duin")
    path = tmp_path / "brieven.pdf"
    run("remind", world.round_id, "--letters", str(path), "--all")
    found = pages(path)
    assert len(found) == 8
    assert all("al meegedaan?" in page or "take part already?" in page for page in found)


def test_letters_are_tagged_and_have_a_language(world: World, run: Run, tmp_path: Path) -> None:
    run("import", world.round_id, people_file(tmp_path, MIXED))
    path = tmp_path / "brieven.pdf"
    run("send", world.round_id, "--letters", str(path), "--all")
    root = PdfReader(BytesIO(path.read_bytes())).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert root["/Lang"] == "en"  # type: ignore[index]


# status


def test_status_is_coarse(world: World, run: Run) -> None:
    invited(world, "Anemoon", 20)
    told = json.loads(run("status", world.round_id, "--json").output)
    assert told == {
        "round": world.round_id,
        "invited": 20,
        "groups": [{"kind": "team", "name": "Noord · Anemoon", "invited": 20, "low": 0, "high": 25}],
    }
    assert "20 invited, 0 to 25% took part" in run("status", world.round_id).output


def test_small_teams_are_shown_together(world: World, run: Run) -> None:
    for team, people in {"Anemoon": 4, "Bosuil": 7, "Duin": 3, "Ekster": 3}.items():
        invited(world, team, people)
    told = run("status", world.round_id).output
    assert "Small teams of Noord together: 11 invited" in told
    assert "Zuid" not in told
    assert "Anemoon" not in told


def test_no_command_tells_who_took_part(world: World, run: Run, tmp_path: Path) -> None:
    tokens = invited(world, "Anemoon", 12)
    outputs = [run("status", world.round_id).output, run("status", world.round_id, "--json").output]
    assert not [row for row in rows_of(world) if any((row.email or "?") in output for output in outputs)]
    assert not [token for token in tokens if any(token in output for output in outputs)]


# rounds


def test_a_round_for_invitations_only_has_no_open_links(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here, organisation = world.installation, world.units["Testzorg"].organisation_id
    mini = parse_bank(bank_text("mini"), "mini.yaml")
    round_id = open_round(here.database, here.settings, organisation, "Alleen", [mini], TODAY, invitations_only=True)
    monkeypatch.setattr("zelfscan.rounds.command.opened_database", lambda: (here.settings, here.database))
    told = CliRunner().invoke(cli, ["round", "links", round_id]).output
    assert told == "This round has no open links: only personal invitations lead in (`zelfscan invitation`).\n"
    assert json.loads(CliRunner().invoke(cli, ["round", "links", round_id, "--json"]).output) == []
    (token,) = invited(replace(world, round_id=round_id), "Duin", 1)
    assert personal_link(world, token).title == "Alleen"


def test_who_asks_for_open_links_hears_that_invitations_are_stronger(
    world: World, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = world.installation
    monkeypatch.setattr("zelfscan.rounds.command.opened_database", lambda: (here.settings, here.database))
    assert (
        "Who has an open link can take part more than once."
        in CliRunner().invoke(cli, ["round", "links", world.round_id]).output
    )
    assert "open links of teams as well" in run("import", world.round_id, people_file(tmp_path)).output


def test_a_new_person_joins_at_the_reminder_that_the_others_had(
    world: World, mailed: tuple[Run, Catcher], tmp_path: Path
) -> None:
    run, catcher = mailed
    run("import", world.round_id, people_file(tmp_path))
    run("send", world.round_id)
    run("remind", world.round_id)
    run("import", world.round_id, people_file(tmp_path, LIST + "new@zorg.example;;Duin;\n"))
    run("send", world.round_id)
    catcher.messages.clear()
    run("remind", world.round_id)
    assert len(catcher.messages) == 7, "one reminder for everybody, not one for her alone"
    assert {row.reminders for row in rows_of(world)} == {2}


def test_nothing_is_left_of_the_password_in_settings(world: World) -> None:
    settings = world.installation.settings.model_copy(update={"smtp_url": SecretStr("smtp://u:geheim@mail.example")})
    assert "geheim" not in repr(settings) + str(settings) + settings.model_dump_json()
