"""Opening, filling and closing rounds, on both databases."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.support import TODAY, World, bank_text, cast, complete, take_scan, visit
from zelfscan.banks.loader import parse_bank
from zelfscan.banks.schema import Bank
from zelfscan.organisations.services import new_id
from zelfscan.privacy.disclosure import Rules
from zelfscan.privacy.sealing import SealError
from zelfscan.rounds.keys import KeyMissing, destroy_key, key_file, read_key
from zelfscan.rounds.measures import counted, measures_of
from zelfscan.rounds.models import Ballot, BankVersion, Round
from zelfscan.rounds.queries import ballot_count, banks_of, invitation, links_of, released_groups, rounds_of
from zelfscan.rounds.services import (
    RoundError,
    close_round,
    open_round,
    put_ballot,
    withdraw_ballot,
)


def mini() -> Bank:
    return parse_bank(bank_text("mini"), "mini.yaml")


def open_another(world: World, title: str, rules: Rules | None = None) -> str:
    here, organisation = world.installation, world.units["Testzorg"].organisation_id
    return open_round(here.database, here.settings, organisation, title, [mini()], TODAY, rules)


def close(world: World) -> None:
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)


def test_a_round_gives_every_team_a_link_of_its_own(world: World) -> None:
    with world.installation.database.read() as session:
        links = links_of(session, world.round_id)
    assert [(location, team) for location, team, _ in links] == [
        ("Noord", "Anemoon"),
        ("Noord", "Bosuil"),
        ("Noord", "Ceder"),
        ("Zuid", "Duin"),
        ("Zuid", "Ekster"),
    ]
    assert len({token for _, _, token in links}) == 5


def test_an_unknown_link_leads_nowhere(world: World) -> None:
    with world.installation.database.read() as session:
        assert invitation(session, "unknown") is None


def test_the_private_key_is_a_file_for_the_service_alone(world: World) -> None:
    path = key_file(world.installation.settings, world.round_id)
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE KEY" in read_key(world.installation.settings, world.round_id)


def test_a_round_keeps_the_bank_as_it_was(world: World) -> None:
    with world.installation.database.read() as session:
        (bank,) = banks_of(session, session.get_one(Round, world.round_id))
        stored = session.scalars(select(BankVersion)).one()
    assert isinstance(bank, Bank)
    assert bank.hash == stored.hash == mini().hash
    assert stored.content == mini().to_json()


def test_two_rounds_share_one_bank_version(world: World) -> None:
    open_another(world, "Herhaling")
    with world.installation.database.read() as session:
        assert len(session.scalars(select(BankVersion)).all()) == 1
        assert {r.title for r in rounds_of(session, world.units["Testzorg"].organisation_id)} == {
            "Nulmeting",
            "Herhaling",
        }


def test_a_title_is_used_once_and_leaves_no_key_behind(world: World) -> None:
    before = set(world.installation.settings.keys.iterdir())
    with pytest.raises(RoundError, match="another title"):
        open_another(world, "Nulmeting")
    assert set(world.installation.settings.keys.iterdir()) == before


def test_a_round_asks_a_bank_once(world: World) -> None:
    here, organisation = world.installation, world.units["Testzorg"].organisation_id
    with pytest.raises(RoundError, match="twice"):
        open_round(here.database, here.settings, organisation, "Dubbel", [mini(), mini()], TODAY)


def test_minimum_sizes_are_settable_upwards_only(world: World) -> None:
    round_id = open_another(world, "Streng", Rules(10, 15))
    with world.installation.database.read() as session:
        assert session.get_one(Round, round_id).minimum == 10
    with pytest.raises(ValueError, match="at least 5"):
        Rules(4, 8)


def test_measures_are_the_digitype_and_the_themes() -> None:
    assert [measure.id for measure in measures_of([mini()])] == ["digitype", "mini.apps", "mini.privacy"]


def test_one_ballot_per_code(world: World) -> None:
    visited = visit(world, "Anemoon", 0)
    complete(world, visited)
    again = visit(world, "Anemoon", 4, code=visited.scan.code)
    complete(world, again)
    with world.installation.database.read() as session:
        assert ballot_count(session, world.round_id) == 1


def test_only_for_me_sends_nothing(world: World) -> None:
    take_scan(world, "Anemoon", send=False)
    with world.installation.database.read() as session:
        assert ballot_count(session, world.round_id) == 0


def test_a_withdrawn_ballot_is_gone(world: World) -> None:
    keys = world.installation.keys_of(take_scan(world, "Anemoon"))
    ballot_id = keys.ballot_id(world.round_id)
    assert withdraw_ballot(world.installation.database, world.round_id, ballot_id)
    assert not withdraw_ballot(world.installation.database, world.round_id, ballot_id)


def test_closing_counts_every_ballot(world: World) -> None:
    cast(world, {"Anemoon": 9})
    close(world)
    with world.installation.database.read() as session:
        groups = released_groups(session, world.round_id)
        round_ = session.get_one(Round, world.round_id)
    name, root = groups[world.units["Testzorg"].id]
    assert (name, root.size, round_.state, round_.closed_on) == ("Testzorg", 9, "closed", TODAY)
    assert {table.measure for table in root.tables} <= {measure.id for measure in counted([mini()])}
    assert root.tables


def test_a_round_with_few_people_shows_nothing(world: World) -> None:
    cast(world, {"Anemoon": 4})
    close(world)
    with world.installation.database.read() as session:
        assert released_groups(session, world.round_id) == {}


def test_closing_without_the_key_changes_nothing(world: World) -> None:
    take_scan(world, "Anemoon")
    destroy_key(world.installation.settings, world.round_id)
    with pytest.raises(KeyMissing, match="put it back"):
        close(world)
    with world.installation.database.read() as session:
        assert session.get_one(Round, world.round_id).state == "open"
        assert ballot_count(session, world.round_id) == 1


def test_a_forged_ballot_stops_the_count(world: World) -> None:
    keys = world.installation.keys_of(take_scan(world, "Anemoon"))
    with world.installation.database.read() as session:
        sealed = session.scalars(select(Ballot.sealed)).one()
    put_ballot(world.installation.database, world.round_id, b"x" * 32, sealed)
    assert keys
    with pytest.raises(SealError):
        close(world)
    with world.installation.database.read() as session:
        assert session.get_one(Round, world.round_id).state == "open"


def test_closing_leaves_no_room_that_ballots_lay_in(world: World) -> None:
    cast(world, {"Anemoon": 9})
    with world.installation.database.read() as session:
        sealed = session.scalars(select(Ballot.sealed)).all()
    close(world)
    database = world.installation.database
    if database.is_sqlite:
        raw = Path(str(database.engine.url.database)).read_bytes()
        assert not [blob for blob in sealed if blob[-24:] in raw]
    else:
        with database.read() as session:
            assert session.scalar(text("SELECT pg_relation_size('ballot')")) == 0


def test_closing_twice_is_closing_once(world: World) -> None:
    cast(world, {"Anemoon": 6})
    close(world)
    with world.installation.database.read() as session:
        first = released_groups(session, world.round_id)
    close(world)
    with world.installation.database.read() as session:
        assert released_groups(session, world.round_id) == first


def test_ids_carry_no_order() -> None:
    assert sorted(ids := [new_id() for _ in range(20)]) != ids
