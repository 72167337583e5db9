"""A round whose key two custodians hold: opening, closing with both, and what is told when something is wrong."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import IntegrityError

from tests.support import BANKS, TODAY, World, bank_text, cast
from zelfscan.banks.loader import parse_bank
from zelfscan.cli import cli
from zelfscan.errors import ClearError
from zelfscan.privacy import custody as sealing
from zelfscan.rounds.custody import Custodian, CustodyError, Opening, change_passphrase, find_shares, read_share
from zelfscan.rounds.custody_words import WORDS
from zelfscan.rounds.keys import KeyMissing
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import ballot_count, custodians_of, released_groups
from zelfscan.rounds.services import close_round, open_round

COUNCIL, HR = "Ondernemingsraad", "HR"
PHRASES = {COUNCIL: "vier losse woorden ergens", HR: "een heel andere zin"}
NEW = "nog een nieuwe lange zin"


@pytest.fixture(autouse=True)
def quick_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "ARGON2_MEMORY", 64)


def with_custody(world: World, **folders: Path) -> World:
    """The same world with an open round that two custodians hold the key of."""
    here = world.installation
    chosen = [Custodian(name, PHRASES[name], folders.get(name, here.settings.keys)) for name in PHRASES]
    organisation = world.units["Testzorg"].organisation_id
    asked = [parse_bank(bank_text("mini"), "mini.yaml")]
    round_id = open_round(here.database, here.settings, organisation, "Samen", asked, TODAY, custodians=chosen)
    return World(here, world.units, round_id, world.tokens)


@pytest.fixture
def held(world: World) -> World:
    return with_custody(world)


def round_of(world: World) -> Round:
    with world.installation.database.read() as session:
        return session.get_one(Round, world.round_id)


def share_files(world: World) -> list[Path]:
    return sorted(world.installation.settings.keys.glob("*.share"))


def together(world: World, *given: Path) -> bytes:
    """The key, brought together by both custodians."""
    opening = Opening(find_shares(world.installation.settings, round_of(world), tuple(PHRASES), given))
    opening.open_by_name(PHRASES)
    return opening.key(round_of(world).public_key)


def test_a_round_says_who_holds_its_key(held: World, world: World) -> None:
    with held.installation.database.read() as session:
        assert custodians_of(session, held.round_id) == (COUNCIL, HR)
        assert custodians_of(session, world.round_id) == ()


def test_closing_takes_both_and_publishes_the_same_as_ever(held: World) -> None:
    cast(held, {"Anemoon": 9})
    here = held.installation
    close_round(here.database, here.settings, held.round_id, TODAY, private=together(held))
    with here.database.read() as session:
        assert released_groups(session, held.round_id)[held.units["Testzorg"].id][1].size == 9
        assert ballot_count(session, held.round_id) == 0
    assert share_files(held) == []
    assert round_of(held).state == "closed"


def test_without_its_custodians_a_round_is_not_counted(held: World) -> None:
    cast(held, {"Anemoon": 9})
    here = held.installation
    with pytest.raises(KeyMissing, match="Ondernemingsraad and HR"):
        close_round(here.database, here.settings, held.round_id, TODAY)
    with here.database.read() as session:
        assert ballot_count(session, held.round_id) == 9
    assert len(share_files(held)) == 2


@pytest.mark.parametrize(("first", "second"), [("HR", None), ("HR", "HR")])
def test_the_database_knows_no_single_custodian(world: World, first: str, second: str | None) -> None:
    refused = pytest.raises(IntegrityError, match="two_custodians_or_none")
    with refused, world.installation.database.write() as session:
        found = session.get_one(Round, world.round_id)
        found.first_custodian, found.second_custodian = first, second


def test_a_share_is_a_file_for_its_owner_alone(sqlite_world: World, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    held = with_custody(sqlite_world, HR=stick)
    (share,) = stick.iterdir()
    assert share.name == f"round-{held.round_id}-2-hr.share"
    assert {path.stat().st_mode & 0o777 for path in (share, *share_files(held))} == {0o600}
    assert [path.name for path in share_files(held)] == [f"round-{held.round_id}-1-ondernemingsraad.share"]
    assert "Bewaar dit tot de ronde gesloten is" in share.read_text()
    assert together(held, share)


def test_a_share_goes_to_a_disk_that_knows_no_hard_links(
    sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert len(share_files(with_custody(sqlite_world))) == 2


def test_a_share_that_cannot_be_written_opens_no_round_and_leaves_no_other(sqlite_world: World, tmp_path: Path) -> None:
    with pytest.raises(CustodyError, match="cannot write here"):
        with_custody(sqlite_world, HR=tmp_path / "nowhere")
    assert share_files(sqlite_world) == []
    with sqlite_world.installation.database.read() as session:
        assert session.query(Round).filter_by(title="Samen").count() == 0


def test_a_share_that_was_not_written_as_it_should_be_opens_no_round(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zelfscan.rounds.custody.as_document", lambda share: share.to_text()[:-60])
    with pytest.raises(CustodyError, match="damaged"):
        with_custody(sqlite_world)
    assert share_files(sqlite_world) == []


def test_names_and_passphrases_are_judged_before_anything_is_written(sqlite_world: World) -> None:
    here, organisation = sqlite_world.installation, sqlite_world.units["Testzorg"].organisation_id
    asked = [parse_bank(bank_text("mini"), "mini.yaml")]
    keys = here.settings.keys
    wrong = {
        "exactly two": [Custodian("A", NEW, keys)],
        "different names": [Custodian("hr", NEW, keys), Custodian("HR", PHRASES[HR], keys)],
        "cannot be a name": [Custodian("HR\n", NEW, keys), Custodian("OR", PHRASES[HR], keys)],
        "too easy": [Custodian("HR", "kort", keys), Custodian("OR", PHRASES[HR], keys)],
        "are the same": [Custodian("HR", NEW, keys), Custodian("OR", f" {NEW} ", keys)],
    }
    before = set(keys.iterdir())
    for words, custodians in wrong.items():
        with pytest.raises(CustodyError, match=words):
            open_round(here.database, here.settings, organisation, "Fout", asked, TODAY, custodians=custodians)
    assert set(keys.iterdir()) == before


def test_shares_of_two_rounds_are_told_apart(sqlite_world: World, tmp_path: Path) -> None:
    first = with_custody(sqlite_world)
    other = tmp_path / "other.share"
    here, organisation = first.installation, first.units["Testzorg"].organisation_id
    chosen = [Custodian(name, PHRASES[name], here.settings.keys) for name in PHRASES]
    asked = [parse_bank(bank_text("mini"), "mini.yaml")]
    later = open_round(here.database, here.settings, organisation, "Later", asked, TODAY, custodians=chosen)
    (mine,) = here.settings.keys.glob(f"round-{later}-1-*")
    other.write_bytes(mine.read_bytes())
    with pytest.raises(CustodyError, match="another round"):
        together(first, other)


def test_a_passphrase_changes_in_its_own_file(held: World) -> None:
    (found, other) = find_shares(held.installation.settings, round_of(held), tuple(PHRASES), ())
    change_passphrase(found, PHRASES[COUNCIL], NEW)
    opening = Opening([find_shares(held.installation.settings, round_of(held), (COUNCIL,), ())[0], other])
    opening.open_by_name({COUNCIL: NEW, HR: PHRASES[HR]})
    assert opening.key(round_of(held).public_key)
    with pytest.raises(CustodyError, match=r"does not open.*Ondernemingsraad"):
        change_passphrase(found, "iets heel anders hier", NEW)
    assert len(list(held.installation.settings.keys.glob(f"*{held.round_id}*"))) == 2, "and nothing else is left"


def test_every_word_is_there_in_both_languages() -> None:
    assert WORDS["nl"].keys() == WORDS["en"].keys()
    fields = [{part.split("}")[0] for part in words.split("{")[1:]} for words in WORDS["nl"].values()]
    assert fields == [{part.split("}")[0] for part in words.split("{")[1:]} for words in WORDS["en"].values()]


# The commands.


@pytest.fixture
def run(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return CliRunner()


OPEN = ["round", "open", "--organisation", "Testzorg", "--bank", str(BANKS / "mini.yaml"), "--title", "Samen"]
BOTH = ["--custodian", COUNCIL, "--custodian", HR]


def opened(run: CliRunner, *more: str, typed: str = "") -> Result:
    return run.invoke(cli, [*OPEN, *BOTH, *more], input=typed)


def lines(*words: str) -> str:
    return "".join(f"{word}\n" for word in words)


def open_typing(run: CliRunner) -> str:
    """Open a round as custodians do, at the keyboard; returns its id."""
    done = opened(run, typed=lines("y", PHRASES[COUNCIL], PHRASES[COUNCIL], PHRASES[HR], PHRASES[HR]))
    assert done.exit_code == 0, done.output
    return done.stdout.split("Round ")[1].split(" ")[0]


def test_a_round_from_opening_to_closing_at_the_keyboard(run: CliRunner, sqlite_world: World) -> None:
    round_id = open_typing(run)
    cast(World(sqlite_world.installation, sqlite_world.units, round_id, sqlite_world.tokens), {"Anemoon": 9})
    assert "custodians: Ondernemingsraad + HR" in run.invoke(cli, ["round", "status", round_id]).output
    closed = run.invoke(cli, ["round", "close", round_id], input=lines(PHRASES[HR], PHRASES[COUNCIL]))
    assert closed.exit_code == 0, closed.output
    assert "The key share of HR is open." in closed.stderr, "in any order"
    assert "destroyed" in closed.stdout
    assert list(sqlite_world.installation.settings.keys.glob("*.share")) == []


def test_what_losing_one_means_is_said_before_and_who_says_no_opens_nothing(
    run: CliRunner, sqlite_world: World
) -> None:
    refused = opened(run, typed="n\n")
    assert refused.exit_code == 1
    assert "NOBODY can ever count this round" in refused.stderr
    assert "samen" not in run.invoke(cli, ["round", "list"]).output.lower()
    assert list(sqlite_world.installation.settings.keys.glob("*.share")) == []
    dutch = opened(run, "--language", "nl", typed="n\n")
    assert "kan NIEMAND deze ronde nog tellen" in dutch.stderr


def test_a_passphrase_is_asked_until_it_is_strong_and_typed_twice_alike_and_never_shown(run: CliRunner) -> None:
    typed = ("y", "kort", PHRASES[COUNCIL], "iets anders", PHRASES[COUNCIL], PHRASES[COUNCIL], PHRASES[HR], PHRASES[HR])
    done = opened(run, typed=lines(*typed))
    assert done.exit_code == 0, done.output
    assert "too easy to guess" in done.stderr
    assert "two different things" in done.stderr
    assert not [phrase for phrase in PHRASES.values() if phrase in done.output]


def automated(folder: Path, phrases: dict[str, str] = PHRASES) -> list[str]:
    """`--passphrase-file` for each custodian."""
    options = []
    for number, (name, phrase) in enumerate(phrases.items()):
        path = folder / f"phrase-{number}"
        path.write_text(f"{phrase}\n", encoding="utf-8")
        path.chmod(0o600)
        options += ["--passphrase-file", name, str(path)]
    return options


def open_automated(run: CliRunner, tmp_path: Path) -> str:
    done = opened(run, "--yes", *automated(tmp_path))
    assert done.exit_code == 0, done.output
    return done.stdout.split("Round ")[1].split(" ")[0]


def test_automation_uses_files_or_variables_in_any_order(
    run: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id = open_automated(run, tmp_path)
    monkeypatch.setenv("PHRASE_HR", PHRASES[HR])
    council = automated(tmp_path, {COUNCIL: PHRASES[COUNCIL]})
    closed = run.invoke(cli, ["round", "close", round_id, "--passphrase-env", HR, "PHRASE_HR", *council])
    assert closed.exit_code == 0, closed.output


@pytest.mark.parametrize("wrong", [(HR,), (COUNCIL,), (COUNCIL, HR)])
def test_a_wrong_passphrase_says_whose_share_stays_shut_and_counts_nothing(
    run: CliRunner, sqlite_world: World, tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    round_id = open_automated(run, tmp_path)
    before = {path: path.read_bytes() for path in sqlite_world.installation.settings.keys.iterdir()}
    given = automated(tmp_path, PHRASES | dict.fromkeys(wrong, "dit is hem niet hoor"))
    with pytest.raises(ClearError) as caught:
        run.invoke(cli, ["round", "close", round_id, *given], catch_exceptions=False)
    assert f"this key share: {', '.join(wrong)}. Nothing was counted" in str(caught.value)
    assert {path: path.read_bytes() for path in sqlite_world.installation.settings.keys.iterdir()} == before
    with sqlite_world.installation.database.read() as session:
        assert session.get_one(Round, round_id).state == "open"


def test_who_mistypes_may_try_again_but_not_forever(run: CliRunner) -> None:
    round_id = open_typing(run)
    again = run.invoke(cli, ["round", "check-custody", round_id], input=lines("mis", "mis", *PHRASES.values()))
    assert again.exit_code == 0, again.output
    assert again.stdout.splitlines()[-1].startswith("Together they open this round.")
    failed = run.invoke(cli, ["round", "check-custody", round_id], input=lines("mis", "mis", "mis", PHRASES[HR]))
    assert isinstance(failed.exception, ClearError)


def test_one_custodian_can_check_alone_and_nothing_changes(run: CliRunner, sqlite_world: World, tmp_path: Path) -> None:
    round_id = open_automated(run, tmp_path)
    before = {path: path.read_bytes() for path in sqlite_world.installation.settings.keys.iterdir()}
    done = run.invoke(cli, ["round", "check-custody", round_id, "--custodian", HR], input=lines(PHRASES[HR]))
    assert done.stdout == "The key share of HR is open.\n"
    assert {path: path.read_bytes() for path in sqlite_world.installation.settings.keys.iterdir()} == before
    with sqlite_world.installation.database.read() as session:
        assert session.get_one(Round, round_id).state == "open"


def test_a_passphrase_is_changed_by_who_knows_the_old_one(run: CliRunner, tmp_path: Path) -> None:
    round_id = open_automated(run, tmp_path)
    asked = ["round", "change-passphrase", round_id, "--custodian", HR]
    wrong = run.invoke(cli, asked, input=lines("niet de goede zin", NEW, NEW))
    assert "does not open" in str(wrong.exception)
    assert run.invoke(cli, asked, input=lines(PHRASES[HR], NEW, NEW)).exit_code == 0
    old = run.invoke(cli, ["round", "close", round_id, *automated(tmp_path)])
    assert "HR" in str(old.exception)
    assert run.invoke(cli, ["round", "close", round_id, *automated(tmp_path, PHRASES | {HR: NEW})]).exit_code == 0


def test_a_passphrase_is_changed_by_a_program(run: CliRunner, tmp_path: Path) -> None:
    round_id = open_automated(run, tmp_path)
    new = tmp_path / "new"
    new.write_text(NEW)
    new.chmod(0o600)
    asked = ["round", "change-passphrase", round_id, "--custodian", HR, "--new-passphrase-file", str(new)]
    assert run.invoke(cli, [*asked, *automated(tmp_path, {HR: PHRASES[HR]})]).exit_code == 0
    assert run.invoke(cli, ["round", "close", round_id, *automated(tmp_path, PHRASES | {HR: NEW})]).exit_code == 0


def test_a_share_on_a_stick_is_pointed_out_and_destroyed_after_closing(run: CliRunner, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    done = opened(run, "--yes", *automated(tmp_path), "--share-folder", HR, str(stick), "--json")
    assert done.exit_code == 0, done.output
    (share,) = stick.iterdir()
    round_id = read_share(share).round_id
    assert str(share) in done.stdout
    missing = run.invoke(cli, ["round", "close", round_id, *automated(tmp_path)])
    assert "The key share of HR is missing" in str(missing.exception)
    closed = run.invoke(cli, ["round", "close", round_id, "--share", str(share), *automated(tmp_path)])
    assert closed.exit_code == 0, closed.output
    assert not share.exists()


def test_closing_again_destroys_a_share_that_was_left_and_no_other_file(run: CliRunner, tmp_path: Path) -> None:
    round_id = open_automated(run, tmp_path)
    left, poem = tmp_path / "left.share", tmp_path / "poem.txt"
    poem.write_text("roses")
    (original,) = Path(os.environ["ZELFSCAN_DATA_DIR"], "keys").glob("*-1-*.share")
    left.write_bytes(original.read_bytes())
    assert run.invoke(cli, ["round", "close", round_id, *automated(tmp_path)]).exit_code == 0
    assert "damaged" in str(run.invoke(cli, ["round", "close", round_id, "--share", str(poem)]).exception)
    assert run.invoke(cli, ["round", "close", round_id, "--share", str(left)]).exit_code == 0
    assert (poem.read_text(), left.exists()) == ("roses", False)


def test_a_damaged_share_is_told_before_anybody_types(run: CliRunner, sqlite_world: World, tmp_path: Path) -> None:
    round_id = open_automated(run, tmp_path)
    path = next(iter(sqlite_world.installation.settings.keys.glob("*-1-*.share")))
    text = path.read_text()
    path.write_text(text.replace("END ZELFSCAN", "EIND"))
    assert f"{path}: this key share is damaged" in str(run.invoke(cli, ["round", "close", round_id]).exception)


@pytest.mark.parametrize(
    ("more", "answer"),
    [
        (["--custodian", "OR"], "exactly two custodians"),
        (["--share-folder", "OR", "."], "goes with `--custodian`"),
        (["--passphrase-env", "OR", "X"], "goes with `--custodian`"),
        ([*BOTH, "--share-folder", "OR", "."], "'OR' is not a custodian"),
        ([*BOTH, "--passphrase-env", "OR", "X"], "'OR' is not a custodian"),
        ([*BOTH, "--passphrase-env", HR, "NO_SUCH_THING"], "no environment variable NO_SUCH_THING"),
        ([*BOTH, "--passphrase-file", HR, "nowhere"], "nowhere: I cannot read"),
        ([*BOTH, "--yes", "--passphrase-env", HR, "A", "--passphrase-env", HR, "A"], "more than one passphrase"),
        ([*BOTH, "--yes", "--passphrase-env", HR, "A", "--passphrase-env", COUNCIL, "A"], "are the same"),
        ([*BOTH, "--yes", "--passphrase-env", HR, "B", "--passphrase-env", COUNCIL, "A"], "too easy"),
    ],
)
def test_a_mistake_in_opening_is_a_sentence(
    run: CliRunner, monkeypatch: pytest.MonkeyPatch, more: list[str], answer: str
) -> None:
    monkeypatch.setenv("A", NEW)
    monkeypatch.setenv("B", "kort")
    with pytest.raises(ClearError) as caught:
        run.invoke(cli, [*OPEN, *more], catch_exceptions=False)
    assert answer in str(caught.value)


def test_a_passphrase_file_that_others_can_read_is_refused(run: CliRunner, tmp_path: Path) -> None:
    given = automated(tmp_path)
    Path(given[2]).chmod(0o644)
    assert "chmod 600" in str(opened(run, "--yes", *given).exception)


@pytest.mark.parametrize("command", ["check-custody", "change-passphrase"])
def test_a_round_without_custodians_says_so(run: CliRunner, sqlite_world: World, command: str) -> None:
    more = ["--custodian", HR] if command == "change-passphrase" else []
    asked = ["round", command, sqlite_world.round_id, "--language", "nl", *more]
    assert str(run.invoke(cli, asked).exception) == "Deze ronde heeft geen sleutelbewaarders."


def test_a_closed_round_says_that_its_passphrases_are_over(run: CliRunner, tmp_path: Path) -> None:
    round_id = open_automated(run, tmp_path)
    assert run.invoke(cli, ["round", "close", round_id, *automated(tmp_path)]).exit_code == 0
    assert "no longer needed" in str(run.invoke(cli, ["round", "check-custody", round_id]).exception)
    assert "custodians" in run.invoke(cli, ["round", "status", round_id]).output
