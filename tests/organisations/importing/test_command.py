"""`zelfscan organisation` and `zelfscan user`, on both databases: preview, import, export, passwords."""

import csv
import json
import stat
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import select

import zelfscan.organisations.command as user_command
from tests.conftest import make_app
from tests.support import ACCOUNTS, PASSWORD, TODAY, TREE, World, bank_text, cast
from zelfscan.banks.loader import parse_bank
from zelfscan.cli import cli
from zelfscan.errors import ClearError
from zelfscan.organisations.auditlog import all_events
from zelfscan.organisations.importing import command, passwords, queries, services
from zelfscan.organisations.importing.content import Role
from zelfscan.organisations.importing.planning import Present, compare
from zelfscan.organisations.importing.queries import present_organisation
from zelfscan.organisations.importing.reading import read_organisation
from zelfscan.organisations.importing.services import ChangedMeanwhile, new_password
from zelfscan.organisations.models import Account, Organisation, Unit
from zelfscan.organisations.queries import visible_units
from zelfscan.organisations.services import add_account, add_organisation, sign_in
from zelfscan.rounds.queries import links_of
from zelfscan.rounds.services import close_round, open_round

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLE = DOCS / "examples" / "organisatie.csv"
NEW = "locatie;team;e-mail;rol\nNoord;Anemoon;nieuw@test.example;teamleider\nWest;Fuut;;\n"


@dataclass
class Here:
    """A world, and the commands on it."""

    world: World
    tmp_path: Path

    def run(self, *words: str | Path, answer: str | None = None, language: str = "en") -> Result:
        return CliRunner().invoke(cli, [*map(str, words), "--language", language], input=answer)

    def file(self, content: str = NEW, name: str = "teams.csv") -> Path:
        path = self.tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    def read_in(self, content: str = NEW, *words: str | Path, **how: str) -> Result:
        return self.run("organisation", "import", self.file(content), *words, **how)

    def present(self, name: str = "Testzorg") -> Present:
        with self.world.installation.database.read() as session:
            return present_organisation(session, name, ())

    def signs_in(self, email: str, password: str) -> bool:
        with self.world.installation.database.read() as session:
            return sign_in(session, email, password) is not None


@pytest.fixture
def here(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    for module in (command, user_command):
        opened = (world.installation.settings, world.installation.database)
        monkeypatch.setattr(module, "opened_database", lambda opened=opened: opened)
    return Here(world, tmp_path)


def names(world: World) -> list[str]:
    with world.installation.database.read() as session:
        return sorted(session.scalars(select(Unit.name)))


# Preview and confirmation


@pytest.mark.parametrize(
    ("words", "answer", "code"),
    [(["--dry-run"], None, 0), ([], "n\n", 1), ([], "", 1), ([], "\n", 1), (["--json", "--dry-run"], None, 0)],
)
def test_nothing_is_written_before_somebody_says_yes(
    here: Here, words: list[str], answer: str | None, code: int
) -> None:
    before = here.present()
    told = here.read_in(NEW, *words, answer=answer)
    assert told.exit_code == code, told.output
    assert "West · Fuut" in told.output
    assert "nieuw@test.example: team leader, Noord · Anemoon" in told.output
    assert here.present() == before
    with here.world.installation.database.read() as session:
        assert all_events(session) == []


@pytest.mark.parametrize(("words", "answer"), [(["--yes"], None), ([], "y\n"), ([], "Ja\n")])
def test_what_the_preview_showed_is_done(here: Here, words: list[str], answer: str | None) -> None:
    before = here.present()
    told = here.read_in(NEW, *words, answer=answer)
    assert told.exit_code == 0, told.output
    after = here.present()
    assert after.locations - before.locations == {"West"}
    assert after.teams - before.teams == {("West", "Fuut")}
    assert after.accounts - before.accounts == {"nieuw@test.example"}
    assert after.roles - before.roles == {Role("nieuw@test.example", "teamleider", "Noord", "Anemoon")}
    assert not before.roles - after.roles


def test_what_is_not_in_the_file_is_named_and_stays(here: Here) -> None:
    told = here.read_in(NEW, "--yes")
    assert "Not in the file, stays as it is (5):" in told.output
    assert "  Zuid · Duin" in told.output
    assert "Roles that are not in the file and stay: 3." in told.output
    assert {name for teams in TREE.values() for name in teams} <= {team for _, team in here.present().teams}


def test_the_same_file_again_changes_nothing(here: Here) -> None:
    here.read_in(NEW, "--yes")
    before = here.present()
    told = here.read_in(NEW)
    assert (told.exit_code, "Nothing needs to change." in told.output) == (0, True)
    assert here.present() == before
    assert names(here.world).count("Fuut") == 1


def test_one_mistake_keeps_the_whole_file_out(here: Here) -> None:
    before = here.present()
    told = here.read_in(NEW + "Noord;Bosuil;bad;teamleider\n;Lost;;\n", "--yes")
    assert told.exit_code == 1
    assert "teams.csv:4:e-mail: ‘bad’ is not an e-mail address" in told.stderr
    assert "teams.csv:5:locatie: team ‘Lost’ has no location" in told.stderr
    assert "Nothing has changed. Mistakes: 2." in told.stderr
    assert here.present() == before


def test_mistakes_for_a_program(here: Here) -> None:
    told = here.read_in(NEW + "Noord;Bosuil;bad;teamleider\n", "--yes", "--json", language="nl")
    assert told.exit_code == 1
    (mistake,) = json.loads(told.stdout)["mistakes"]
    assert (mistake["row"], mistake["column"], mistake["code"]) == (4, "e-mail", "bad_email")
    assert "geen e-mailadres" in mistake["text"]


def test_roles_are_taken_away_only_when_asked(here: Here) -> None:
    content = "locatie;team;e-mail;rol\nNoord;Bosuil;leader@test.example;teamleider\n"
    here.read_in(content, "--yes")
    assert Role("leader@test.example", "teamleider", "Noord", "Anemoon") in here.present().roles
    told = here.read_in(content, "--yes", "--take-away")
    assert "Roles that go (3):" in told.output
    assert here.present().roles == {Role("leader@test.example", "teamleider", "Noord", "Bosuil")}
    assert here.present().accounts == set(ACCOUNTS), "accounts stay"


def test_a_file_without_people_takes_no_roles_away(here: Here) -> None:
    before = here.present()
    for content in ("locatie;team\nNoord;Fuut\n", "locatie;team;e-mail;rol\nNoord;Fuut;;\n"):
        assert "everybody would lose her role" in str(here.read_in(content, "--yes", "--take-away").exception)
    assert here.present() == before


def test_what_changed_between_preview_and_answer_is_looked_at_again(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(how: object) -> bool:
        monkeypatch.setattr(command, "_is_sure", lambda how: True)
        assert here.run("organisation", "import", here.file("locatie;team\nZuid;Gans\n", "other.csv")).exit_code == 0
        return True

    monkeypatch.setattr(command, "_is_sure", meanwhile)
    kept = here.tmp_path / "passwords.csv"
    told = here.read_in(NEW, "--passwords", kept)
    assert "Something else changed meanwhile" in str(told.exception)
    assert not kept.exists(), "no passwords of accounts that were not made"
    assert ("Gans" in names(here.world), "Fuut" in names(here.world)) == (True, False)


def test_what_somebody_else_made_at_the_same_moment_is_not_made_twice(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who looked before the other wrote is stopped by the database."""
    database = here.world.installation.database
    content = read_organisation(here.file())
    looked = compare(content, here.present())
    here.read_in(NEW, "--yes")
    before = here.present()
    monkeypatch.setattr(services, "compare", lambda *_: looked)
    with pytest.raises(ChangedMeanwhile):
        services.carry_out(database, content, looked.plan, {"nieuw@test.example": "x"})
    assert here.present() == before


def test_a_failure_half_way_leaves_nothing(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the machine stops here")

    before, kept = here.present(), here.tmp_path / "passwords.csv"
    monkeypatch.setattr(services, "_give", fails)
    assert isinstance(here.read_in(NEW, "--yes", "--passwords", kept).exception, RuntimeError)
    assert here.present() == before
    assert not kept.exists()


# Which organisation


def test_two_organisations_never_see_or_change_each_other(here: Here) -> None:
    before = here.present()
    content = "locatie;team;e-mail;rol\nNoord;Anemoon;boss@other.example;teamleider\n"
    told = here.read_in(content, "--yes", "--organisation", "Anderzorg")
    assert "New organisation: Anderzorg" in told.output
    assert "Not in the file" not in told.output
    assert here.present() == before
    other = here.present("Anderzorg")
    assert (other.teams, other.accounts) == ({("Noord", "Anemoon")}, {"boss@other.example"})
    with here.world.installation.database.read() as session:
        account = session.scalars(select(Account).where(Account.email == "boss@other.example")).one()
        (seen,) = visible_units(session, account)
        assert seen.id != here.world.units["Anemoon"].id
    told = here.read_in(content.replace("boss@other", "leader@test"), "--yes", "--organisation", "Anderzorg")
    assert "teams.csv:2:e-mail: leader@test.example has an account in another organisation" in told.stderr
    assert "Testzorg" not in told.output
    exported = here.run("organisation", "export", "Anderzorg").stdout
    assert "test.example" not in exported
    assert "Bosuil" not in exported


def test_taking_away_in_one_organisation_leaves_the_other(here: Here) -> None:
    content = "locatie;team;e-mail;rol\nNoord;Anemoon;boss@other.example;teamleider\n"
    here.read_in(content, "--yes", "--organisation", "Anderzorg")
    before = here.present("Anderzorg")
    told = here.read_in(
        content.replace("boss@other", "leader@test"), "--yes", "--take-away", "--organisation", "Testzorg"
    )
    assert told.exit_code == 0, told.output
    assert len(here.present().roles) == 1
    assert here.present("Anderzorg") == before


def test_the_organisation_has_to_be_clear(here: Here) -> None:
    assert "‘Testzorg’ already. Write its name exactly so" in str(
        here.read_in(NEW, "--organisation", "test zorg").exception
    )
    assert (
        "an organisation ‘Testzorg’ already. If you mean"
        in here.read_in(NEW, "--dry-run", "--organisation", "Testzorgg").output
    )
    assert "not with ‘=’" in str(here.read_in(NEW, "--organisation", "=1").exception)
    assert "1 to 200" in str(here.read_in(NEW, "--organisation", "x" * 201).exception)
    with here.world.installation.database.write() as session:
        add_organisation(session, "Anderzorg")
    assert "There are: Anderzorg, Testzorg." in str(here.read_in(NEW).exception)
    with_column = "organisatie;locatie;team\nTestzorg;Noord;Fuut\n"
    assert "Organisation: Testzorg" in here.read_in(with_column, "--dry-run").output
    assert "is the right file" in here.read_in(with_column, "--dry-run", "--organisation", "Anderzorg").stderr


def test_a_first_organisation_needs_a_name(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "organisation_names", lambda session: [])
    assert "There is no organisation yet" in str(here.read_in(NEW).exception)


# Rounds


def test_a_new_team_takes_part_from_the_next_round_on(here: Here) -> None:
    installation = here.world.installation
    told = here.read_in(NEW, "--yes")
    assert (
        "A round is open: Nulmeting. A new team gets no link in it and takes part from the next round on."
        in told.output
    )
    with installation.database.read() as session:
        assert "Fuut" not in [team for _, team, _ in links_of(session, here.world.round_id)]
    cast(here.world, {"Anemoon": 14, "Bosuil": 9})
    close_round(installation.database, installation.settings, here.world.round_id, TODAY)
    bank = parse_bank(bank_text("mini"), "mini.yaml")
    organisation = here.world.units["Testzorg"].organisation_id
    second = open_round(installation.database, installation.settings, organisation, "Herhaling", [bank], TODAY)
    with installation.database.read() as session:
        assert "Fuut" in [team for _, team, _ in links_of(session, second)]


def test_a_round_is_no_matter_without_new_teams_or_when_it_is_closed(here: Here) -> None:
    assert "round is open" not in here.read_in("locatie;team\nNoord;Anemoon\n").output
    installation = here.world.installation
    close_round(installation.database, installation.settings, here.world.round_id, TODAY)
    assert "round is open" not in here.read_in(NEW, "--dry-run").output


# Passwords


def test_passwords_go_to_a_file_that_only_its_owner_reads(here: Here) -> None:
    kept = here.tmp_path / "passwords.csv"
    told = here.read_in(NEW, "--yes", "--passwords", kept)
    assert f"The passwords are in {kept}." in told.output
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    rows = list(csv.reader(StringIO(kept.read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["e-mail", "password"]
    ((email, password),) = rows[1:]
    assert here.signs_in(email, password)
    assert password not in told.output


def test_a_file_with_passwords_is_never_replaced(here: Here) -> None:
    kept, before = here.file("precious", "passwords.csv"), here.present()
    assert "exists already" in str(here.read_in(NEW, "--yes", "--passwords", kept).exception)
    assert "exists already" in str(here.run("user", "password", "leader@test.example", "--passwords", kept).exception)
    gone = here.tmp_path / "none" / "passwords.csv"
    assert "cannot be written" in str(here.read_in(NEW, "--yes", "--passwords", gone).exception)
    assert (kept.read_text(), here.present()) == ("precious", before)
    assert here.signs_in("leader@test.example", PASSWORD)


def test_a_file_that_came_meanwhile_is_not_replaced_either(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = here.file("precious", "passwords.csv")
    monkeypatch.setattr(passwords, "require_free", lambda path, language: None)
    with pytest.raises(ClearError, match="exists already"):
        passwords.write_passwords(kept, {"a@zorg.example": "x"}, "en")
    assert kept.read_text() == "precious"


@pytest.mark.parametrize("words", [["--show-passwords"], []], ids=["asked", "on a terminal"])
def test_passwords_are_shown_once_at_the_end(here: Here, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "_is_terminal", lambda: not words)
    told = here.read_in(NEW, "--yes", *words)
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("  nieuw@test.example  ")]
    assert here.signs_in("nieuw@test.example", line.split()[-1])


@pytest.mark.parametrize("words", [["--json"], []])
def test_passwords_are_not_in_a_log_or_in_json(here: Here, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(command, "new_password", lambda: made.append(new_password()) or made[-1])
    told = here.read_in(NEW, "--yes", *words)
    assert len(made) == 1
    assert made[0] not in told.output
    assert "Nobody knows the passwords" in told.stderr
    assert "zelfscan user password" in told.stderr
    with here.world.installation.database.read() as session:
        assert not [event for event in all_events(session) if made[0] in repr(vars(event))]


def test_a_program_gets_the_plan_and_the_passwords_when_it_asks(here: Here) -> None:
    content = json.loads(here.read_in(NEW, "--yes", "--json", "--show-passwords").stdout)
    assert content["done"] is True
    assert content["new_teams"] == [{"location": "West", "team": "Fuut"}]
    assert content["new_accounts"] == ["nieuw@test.example"]
    assert {"location": "Zuid", "team": ""} in content["not_in_file"]
    assert here.signs_in("nieuw@test.example", content["passwords"]["nieuw@test.example"])
    again = json.loads(here.read_in(NEW, "--yes", "--json").stdout)
    assert (again["done"], again["new_teams"], "passwords" in again) == (False, [], False)


def test_a_password_is_random_long_and_easy_to_type_over() -> None:
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 23 and not set(password) & set("0o1liI") for password in made)


def test_a_new_password_ends_the_sessions(here: Here) -> None:
    client: FlaskClient = make_app(here.world).test_client()
    client.post("/account/inloggen", data={"email": "leader@test.example", "password": PASSWORD})
    assert client.get("/dashboard/").status_code == 200
    told = here.run("user", "password", " Leader@test.example")
    password = told.output.splitlines()[0].split()[-1]
    assert client.get("/dashboard/").status_code == 302
    assert not here.signs_in("leader@test.example", PASSWORD)
    assert here.signs_in("leader@test.example", password)
    assert here.signs_in("all@test.example", PASSWORD)
    assert "no account with address nobody@x.example" in str(here.run("user", "password", "nobody@x.example").exception)


# The log, the list, the export


def test_what_is_done_is_noted_in_the_log(here: Here) -> None:
    here.read_in(NEW + "Zuid;Duin;leader@test.example;teamleider\n", "--yes")
    here.read_in(NEW, "--yes", "--organisation", "Anderzorg")
    here.read_in(NEW.replace("nieuw@test", "a@other"), "--yes", "--organisation", "Anderzorg")
    here.run("user", "password", "all@test.example")
    with here.world.installation.database.read() as session:
        organisations = {one.id: one.name for one in session.scalars(select(Organisation))}
        noted = {
            (organisations[event.organisation_id or ""], event.kind, event.subject) for event in all_events(session)
        }
    assert noted == {
        ("Testzorg", "import_organisation", "Testzorg"),
        ("Anderzorg", "import_organisation", "Anderzorg"),
        ("Testzorg", "add_account", "nieuw@test.example"),
        ("Testzorg", "change_roles", "leader@test.example"),
        ("Anderzorg", "add_account", "a@other.example"),
        ("Testzorg", "new_password", "all@test.example"),
    }


def test_an_account_from_the_command_line_is_noted(here: Here) -> None:
    asked = ["user", "add", "--organisation", "Testzorg", "--email", "new@test.example", "--role", "teamleider"]
    CliRunner().invoke(cli, [*asked, "--unit", "Duin", "--password", PASSWORD])
    with here.world.installation.database.read() as session:
        assert [(event.kind, event.subject) for event in all_events(session)] == [("add_account", "new@test.example")]


def test_accounts_are_listed_with_their_roles(here: Here) -> None:
    here.read_in(NEW.replace("nieuw@test", "boss@other"), "--yes", "--organisation", "Anderzorg")
    own = here.run("user", "list", "--organisation", "Testzorg", language="nl").output.splitlines()
    assert own == [
        "Testzorg · all@test.example: organisatiemanager, de hele organisatie",
        "Testzorg · leader@test.example: teamleider, Noord · Anemoon",
        "Testzorg · location@test.example: locatiemanager, Noord",
    ]
    assert len(here.run("user", "list").output.splitlines()) == 4
    (other,) = json.loads(here.run("user", "list", "--organisation", "Anderzorg", "--json").output)
    assert (other["email"], other["role"], other["team"]) == ("boss@other.example", "teamleider", "Anemoon")
    assert "no organisation ‘Nope’" in str(here.run("user", "list", "--organisation", "Nope").exception)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_an_export_is_private_and_changes_nothing_when_it_is_read_in(here: Here, name: str) -> None:
    here.read_in(NEW, "--yes")
    before, made = here.present(), here.tmp_path / name
    assert here.run("organisation", "export", "Testzorg", "--output", made).exit_code == 0
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    told = here.run("organisation", "import", made, "--take-away")
    assert "Nothing needs to change." in told.output
    assert here.present() == before
    assert "exists already" in str(here.run("organisation", "export", "Testzorg", "--output", made).exception)


def test_an_export_tells_what_does_not_fit_and_holds_no_password(here: Here) -> None:
    with here.world.installation.database.write() as session:
        add_account(session, "odd@test.example", PASSWORD, "teamleider", [here.world.units["Noord"]])
    told = here.run("organisation", "export", "Testzorg")
    assert "odd@test.example (team leader, Noord)" in told.stderr
    assert "odd@test.example" not in told.stdout
    assert "argon2" not in told.output
    assert told.stdout.splitlines()[0].endswith("location,team,e-mail,role")
    assert "ends in .csv or .xlsx" in str(
        here.run("organisation", "export", "Testzorg", "--output", here.tmp_path / "x.ods").exception
    )
    assert "There are: Testzorg" in str(here.run("organisation", "export", "Nope").exception)


def test_the_example_of_the_documentation_can_be_imported(here: Here) -> None:
    assert "(examples/organisatie.csv)" in (DOCS / "organisation.md").read_text(encoding="utf-8")
    told = here.run("organisation", "import", EXAMPLE, "--organisation", "Voorbeeldzorg", "--yes")
    assert told.exit_code == 0, told.output
    made = here.present("Voorbeeldzorg")
    assert (len(made.locations), len(made.teams), len(made.accounts), len(made.roles)) == (2, 6, 5, 7)


def test_every_option_is_documented() -> None:
    page = (DOCS / "organisation.md").read_text(encoding="utf-8") + (DOCS / "commands.md").read_text(encoding="utf-8")
    options = {option for one in command.organisation.commands.values() for p in one.params for option in p.opts}
    assert {option for option in options if option.startswith("--") and option != "--language"} - set(
        page.replace("`", " ").replace(",", " ").replace("(", " ").split()
    ) == set()
