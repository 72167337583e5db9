"""The database: migrations up and down, models equal head, transactions, on both kinds."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError

import zelfscan.models
from tests.support import World, bank_text, take_scan
from zelfscan.banks.loader import parse_bank
from zelfscan.db import Base, Database, DatabaseError, migrations
from zelfscan.organisations.models import Organisation
from zelfscan.rounds.models import Ballot, BankVersion

assert zelfscan.models


def test_the_models_are_what_the_migrations_make(world: World) -> None:
    with world.installation.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrations_go_down_and_up_with_data(world: World) -> None:
    take_scan(world, "Anemoon")
    database = world.installation.database
    with database.engine.connect() as connection:
        command.downgrade(migrations(connection), "base")
        connection.commit()
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    database.migrate()
    database.check()


def test_a_bank_that_was_kept_as_yaml_is_kept_as_it_was(world: World) -> None:
    database, mini = world.installation.database, bank_text("mini")
    with database.engine.connect() as connection:
        command.downgrade(migrations(connection), "0001")
        connection.execute(text("UPDATE bank_version SET source = :mini"), {"mini": mini})
        connection.commit()
    database.migrate()
    with database.read() as session:
        version = session.scalars(select(BankVersion)).one()
    assert version.content == parse_bank(mini, "mini.yaml").to_json()


def test_an_old_database_gets_a_clear_error(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.connect() as connection:
        command.downgrade(migrations(connection), "base") if inspect(connection).get_table_names() else None
        connection.commit()
    with pytest.raises(DatabaseError, match="zelfscan init"):
        database.check()
    database.close()


def test_a_failed_transaction_leaves_nothing(world: World) -> None:
    def half() -> None:
        with world.installation.database.write() as session:
            session.add(Organisation(id="x", name="Half"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    with world.installation.database.read() as session:
        assert session.scalar(select(Organisation).where(Organisation.name == "Half")) is None


def test_a_session_for_reading_refuses_to_write(world: World) -> None:
    database = world.installation.database
    with database.read() as session:
        session.add(Organisation(id="x", name="Half"))
        with pytest.raises(TypeError, match="only reads"):
            session.flush()
    for statement in (delete(Organisation), insert(Organisation).values(id="x", name="Half")):
        with database.read() as session, pytest.raises(TypeError, match="only reads"):
            session.execute(statement)
    with database.read() as session:
        assert session.scalars(select(Organisation.name)).all() == ["Testzorg"]


def test_a_ballot_of_another_length_is_refused_by_the_database(world: World) -> None:
    ballot = Ballot(
        round_id=world.round_id,
        id=b"i" * 32,
        organisation_id=world.units["Testzorg"].organisation_id,
        sealed=b"longer or shorter",
    )
    with pytest.raises(IntegrityError, match="all_of_one_length"), world.installation.database.write() as session:
        session.add(ballot)


def test_sqlite_forgets_what_is_deleted(sqlite_world: World) -> None:
    with sqlite_world.installation.database.read() as session:
        assert session.scalar(text("PRAGMA secure_delete")) == 1
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"


def test_every_table_carries_its_organisation() -> None:
    shared = {"installation", "organisation", "bank_version"}
    without = {t.name for t in Base.metadata.sorted_tables if "organisation_id" not in t.columns}
    assert without == shared
