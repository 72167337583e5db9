"""A round with custodians: nobody opens its ballots alone, and no moment of dying loses the key or leaves it behind."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import zelfscan.rounds.custody as custody_services
import zelfscan.rounds.services as round_services
from tests.adversary.test_nothing_lost import CLOSING, round_state, run_and_kill
from tests.support import TODAY, World, bank_text, cast
from zelfscan.banks.loader import parse_bank
from zelfscan.privacy import custody
from zelfscan.privacy.sealing import SealError, open_ballot
from zelfscan.rounds.custody import Custodian, Opening, change_passphrase, find_shares
from zelfscan.rounds.keys import store_key
from zelfscan.rounds.models import Ballot, Round
from zelfscan.rounds.services import close_round, open_round

PHRASES = {"Ondernemingsraad": "vier losse woorden ergens", "HR": "een heel andere zin"}
NEW = "nog een nieuwe lange zin"


@pytest.fixture(autouse=True)
def quick_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custody, "ARGON2_MEMORY", 64)


def open_held(world: World) -> str:
    here = world.installation
    organisation, asked = world.units["Testzorg"].organisation_id, [parse_bank(bank_text("mini"), "mini.yaml")]
    chosen = [Custodian(name, phrase, here.settings.keys) for name, phrase in PHRASES.items()]
    return open_round(here.database, here.settings, organisation, "Samen", asked, TODAY, custodians=chosen)


@pytest.fixture
def held(world: World) -> World:
    """A world whose round two custodians hold the key of, with eight ballots in it."""
    found = World(world.installation, world.units, open_held(world), world.tokens)
    cast(found, {"Anemoon": 8})
    return found


def opening_of(world: World) -> Opening:
    with world.installation.database.read() as session:
        round_ = session.get_one(Round, world.round_id)
    return Opening(find_shares(world.installation.settings, round_, tuple(PHRASES), ()))


def together(world: World, phrases: dict[str, str] = PHRASES) -> bytes:
    """The key, brought together by both custodians."""
    opening = opening_of(world)
    opening.open_by_name(phrases)
    with world.installation.database.read() as session:
        return opening.key(session.get_one(Round, world.round_id).public_key)


def close(world: World) -> None:
    here = world.installation
    is_open = round_state(world)[0] == "open"
    close_round(here.database, here.settings, world.round_id, TODAY, private=together(world) if is_open else None)


def opened_by(world: World, candidates: list[bytes]) -> int:
    """How many ballots somebody opens who tries everything that she holds as the private key."""
    with world.installation.database.read() as session:
        ballots = session.scalars(select(Ballot).where(Ballot.round_id == world.round_id)).all()
    return sum(any(_opens(key, ballot) for key in candidates) for ballot in ballots)


def _opens(key: bytes, ballot: Ballot) -> bool:
    try:
        return bool(open_ballot(key, ballot.sealed, ballot.round_id, ballot.id))
    except (SealError, ValueError):
        return False


def test_the_server_and_one_custodian_together_open_no_ballot(held: World) -> None:
    """The administrator has every file and the database, and one custodian gives her passphrase to her."""
    files = [path.read_bytes() for path in held.installation.settings.data_dir.rglob("*") if path.is_file()]
    for name, phrase in PHRASES.items():
        shares = find_shares(held.installation.settings, _round(held), tuple(PHRASES), ())
        own, other = sorted(shares, key=lambda found: found.share.custodian != name)
        half = custody.open_share(own.share, phrase)
        guesses = [half, custody.join(half, other.share.sealed[: len(half)]), custody.join(half, bytes(len(half)))]
        assert opened_by(held, [*files, *guesses]) == 0


def test_both_custodians_together_open_every_ballot(held: World) -> None:
    assert opened_by(held, [together(held)]) == 8


def _round(world: World) -> Round:
    with world.installation.database.read() as session:
        return session.get_one(Round, world.round_id)


def on_disk(world: World, key: bytes) -> list[Path]:
    """Files that hold the key, as PEM or as its bare body."""
    body = b"".join(key.splitlines()[1:-1])
    folder = world.installation.settings.data_dir.parent
    return [path for path in folder.rglob("*") if path.is_file() and body in path.read_bytes()]


def test_the_private_key_is_on_no_disk(held: World) -> None:
    assert on_disk(held, together(held)) == []


def test_without_custodians_it_is_found_where_the_settings_say(held: World) -> None:
    key = together(held)
    store_key(held.installation.settings, held.round_id, key)
    assert [path.parent for path in on_disk(held, key)] == [held.installation.settings.keys]


@pytest.mark.parametrize("step", [*CLOSING, "destroy_shares"])
def test_a_round_killed_while_closing_is_open_with_working_shares_or_whole(held: World, step: str) -> None:
    run_and_kill(_close_until, held, round_services, step, 1)
    state, groups, ballots = round_state(held)
    assert (state, groups > 0, ballots) in {("open", False, 8), ("closed", True, 0)}
    if state == "open":
        assert opened_by(held, [together(held)]) == 8
    close(held)
    assert (round_state(held)[0], round_state(held)[2]) == ("closed", 0)
    assert not list(held.installation.settings.keys.glob(f"round-{held.round_id}*"))


def test_killed_between_the_two_shares_the_round_is_whole_and_the_second_goes_next_time(held: World) -> None:
    run_and_kill(_close_until, held, custody_services, "destroy_file", 2)
    assert round_state(held)[::2] == ("closed", 0)
    assert len(list(held.installation.settings.keys.glob("*.share"))) == 1
    close(held)
    assert list(held.installation.settings.keys.glob("*.share")) == []


def _close_until(world: World, module: Any, step: str, time: int) -> None:
    die_at(module, step, time)
    close(world)


def die_at(module: Any, step: str, time: int) -> None:
    """Die by SIGKILL when a step is come to for the n-th time."""
    original, came = getattr(module, step), []

    def step_or_die(*args: Any, **named: Any) -> Any:
        came.append(step)
        if len(came) == time:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **named)

    setattr(module, step, step_or_die)


@pytest.mark.parametrize(
    ("module", "step", "time"),
    [
        (custody_services, "_write_new", 1),
        (custody_services, "_write_new", 2),
        (custody_services, "read_share", 1),
        (round_services, "_store_round", 1),
        (round_services, "_round_links", 1),
    ],
)
def test_killed_while_opening_there_is_no_round_and_opening_again_works(
    world: World, module: Any, step: str, time: int
) -> None:
    def open_until(target: World) -> None:
        die_at(module, step, time)
        open_held(target)

    run_and_kill(open_until, world)
    with world.installation.database.read() as session:
        assert session.scalar(select(Round).where(Round.title == "Samen")) is None
    again = World(world.installation, world.units, open_held(world), world.tokens)
    assert together(again)


@pytest.mark.parametrize(("step", "time"), [("_write_new", 1), ("overwrite", 1), ("_replace", 1)])
def test_killed_while_changing_a_passphrase_the_old_or_the_new_one_opens(held: World, step: str, time: int) -> None:
    def change_until(target: World) -> None:
        die_at(custody_services, step, time)
        (found,) = find_shares(target.installation.settings, _round(target), ("HR",), ())
        change_passphrase(found, PHRASES["HR"], NEW)

    run_and_kill(change_until, held)
    expected = NEW if step == "overwrite" else PHRASES["HR"]
    assert opened_by(held, [together(held, PHRASES | {"HR": expected})]) == 8


def test_a_share_that_was_half_written_in_the_place_of_another_goes_with_the_round(held: World) -> None:
    (share,) = held.installation.settings.keys.glob("*-2-hr.share")
    share.with_name(f"{share.name}.0a1b2c3d.new").write_bytes(share.read_bytes()[:100])
    close(held)
    assert not list(held.installation.settings.keys.glob(f"round-{held.round_id}*"))


def test_the_old_share_is_overwritten_when_its_passphrase_changes(held: World) -> None:
    """A second name for the same place on the disk shows what is left there."""
    (share,) = held.installation.settings.keys.glob("*-2-hr.share")
    witness = share.with_name("witness")
    os.link(share, witness)
    (found,) = find_shares(held.installation.settings, _round(held), ("HR",), ())
    change_passphrase(found, PHRASES["HR"], NEW)
    assert set(witness.read_bytes()) == {0}


def test_shares_are_overwritten_when_the_round_closes(held: World) -> None:
    settings = held.installation.settings
    witnesses = []
    for share in settings.keys.glob(f"round-{held.round_id}*.share"):
        witnesses.append(share.with_suffix(".witness"))
        os.link(share, witnesses[-1])
    close(held)
    assert [set(witness.read_bytes()) for witness in witnesses] == [{0}, {0}]
