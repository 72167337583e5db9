"""Tables of invitations: what the database refuses, migrations with data, and rounds for invitations only."""

import json
import re

import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from tests.rounds.invitations.support import invited, personal_visit, rows_of
from tests.support import BANKS, World, complete
from zelfscan.cli import cli
from zelfscan.db import migrations
from zelfscan.rounds.invitations.models import PersonalInvitation, UsedInvitation
from zelfscan.rounds.invitations.people import Person
from zelfscan.rounds.invitations.services import begin_mail, begin_reminder, end_mail, invite
from zelfscan.rounds.invitations.tokens import Tokens, new_id
from zelfscan.rounds.models import Round

TABLES = {"invitation", "used_invitation", "shown_participation"}


def test_migrations_go_down_and_up_with_invitations(world: World) -> None:
    (token,) = invited(world, "Duin", 1)
    complete(world, personal_visit(world, token))
    database = world.installation.database
    with database.engine.connect() as connection:
        command.downgrade(migrations(connection), "0004")
        connection.commit()
        assert TABLES.isdisjoint(inspect(connection).get_table_names())
        assert "invitations_only" not in {column["name"] for column in inspect(connection).get_columns("round")}
    database.migrate()
    with database.read() as session:
        assert session.scalar(text("SELECT invitations_only FROM round")) in (False, 0)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"email": None}, "of_somebody"),
        ({"language": "fr"}, "language"),
        ({"mailed": "maybe"}, "mailed"),
        ({"lookup": b"short"}, "lookup_is_derived"),
        ({"unit_id": "nowhere"}, "(?i)foreign key"),
    ],
)
def test_the_database_refuses_what_cannot_be(world: World, wrong: dict[str, object], named: str) -> None:
    team = world.units["Duin"]
    right = {
        "round_id": world.round_id,
        "id": new_id(),
        "organisation_id": team.organisation_id,
        "unit_id": team.id,
        "lookup": b"l" * 32,
        "email": "ann@zorg.example",
        "language": "nl",
        "row": 2,
    }
    with pytest.raises(IntegrityError, match=named), world.installation.database.write() as session:
        session.add(PersonalInvitation(**right | wrong))


def test_an_address_is_invited_once_per_round(world: World) -> None:
    invited(world, "Duin", 1)
    again = Person(9, "duin.2@zorg.example", None, world.units["Duin"].id, "nl")
    with pytest.raises(IntegrityError), world.installation.database.write() as session:
        invite(session, world.installation.tokens, session.get_one(Round, world.round_id), [again])
    assert len(rows_of(world)) == 1


def test_a_mark_is_written_once(world: World) -> None:
    (token,) = invited(world, "Duin", 1)
    for value in (0, 4):
        complete(world, personal_visit(world, token, value))
    with world.installation.database.read() as session:
        assert len(session.scalars(select(UsedInvitation)).all()) == 1


def test_a_message_is_begun_once_and_ended_by_who_began_it(world: World) -> None:
    invited(world, "Duin", 1)
    (one,) = rows_of(world)
    database = world.installation.database
    assert [begin_mail(database, one), begin_mail(database, one)] == [True, False]
    end_mail(database, one, taken=False)
    assert begin_mail(database, one), "refused, so it is tried again"
    end_mail(database, one, taken=True)
    assert not begin_mail(database, one)
    assert [begin_reminder(database, one, number) for number in (1, 1, 2)] == [True, False, True]
    assert [(row.mailed, row.reminders) for row in rows_of(world)] == [("yes", 2)]


def test_tokens_follow_from_the_pepper_and_look_like_those_of_teams() -> None:
    tokens, others = Tokens(b"p" * 43), Tokens(b"q" * 43)
    id_ = bytes(16)
    assert tokens.token(id_) == Tokens(b"p" * 43).token(id_)
    assert tokens.token(id_) != others.token(id_)
    assert re.fullmatch(r"[A-Za-z0-9_-]{12}", tokens.token(id_))
    derived = [derive("abc") for which in (tokens, others) for derive in (which.lookup, which.mark)]
    assert len(set(derived)) == 4
    assert {len(one) for one in derived} == {32}


def test_a_round_for_invitations_only_from_the_command_line(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))
    asked = ["round", "open", "--organisation", "Testzorg", "--title", "Alleen", "--bank", str(BANKS / "mini.yaml")]
    made = CliRunner().invoke(cli, [*asked, "--invitations-only", "--json"])
    assert made.exit_code == 0, made.output
    links = CliRunner().invoke(cli, ["round", "links", json.loads(made.output)["round"], "--json"])
    assert json.loads(links.output) == []
