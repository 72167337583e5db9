"""Backups: what is in one, what comes back and what must not, and what a damaged or hostile one is told."""

import base64
import json
import secrets
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from click.testing import CliRunner
from sqlalchemy import select, text

from tests.conftest import make_app, with_name
from tests.support import ACCOUNTS, PASSWORD, TODAY, TREE, World, cast, make_world, take_scan, visit
from tests.test_db import Base
from zelfscan.backup import archive as archives
from zelfscan.backup import restoring
from zelfscan.backup.archive import open_archive, part
from zelfscan.backup.held import gather, load_held, save_held
from zelfscan.backup.plan import WHILE_OPEN, Choices, KeysGone, read_through
from zelfscan.backup.restoring import Restored, rehearse, restore
from zelfscan.backup.saving import save
from zelfscan.backup.tables import KINDS, LEFT_OUT, MADE_ANEW, revisions, tables_at
from zelfscan.backup.words import WORDS, BackupError
from zelfscan.cli import cli
from zelfscan.config import Settings, secrets_file
from zelfscan.db import Database, migrations
from zelfscan.digitypes.types import TYPES
from zelfscan.installation import Installation, initialise, open_installation
from zelfscan.organisations.auditlog import record
from zelfscan.outcome.services import delete_outcomes, open_vault, withdraw
from zelfscan.rounds.custody import Custodian
from zelfscan.rounds.keys import destroy_key, key_file, read_key
from zelfscan.rounds.models import Ballot, ReleasedGroup
from zelfscan.rounds.queries import ballot_count
from zelfscan.rounds.services import close_round, open_round

PASSPHRASE = "paard batterij nietje goed"
TURNOUT = {"Anemoon": 9, "Bosuil": 8, "Duin": 8}


@pytest.fixture
def lived_in(world: World) -> tuple[World, str]:
    """An installation with ballots, an outcome, a log and a scan under way; and the code of the outcome."""
    cast(world, TURNOUT)
    record(world.installation.database, "all@test.example", "sign_in", world.units["Testzorg"].organisation_id)
    visit(world, "Bosuil", 3)
    return world, take_scan(world, "Anemoon", 4)


@pytest.fixture
def other_database(settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An address of the other kind of database than `settings` has; on PostgreSQL without any table."""
    if settings.database.startswith("postgresql"):
        yield f"sqlite:///{tmp_path / 'other.sqlite'}"
        return
    address, name = request.getfixturevalue("postgres_address"), f"other_{abs(hash(str(tmp_path)))}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield with_name(address, name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def saved(world: World, path: Path) -> Path:
    save(world.installation.database, path, TODAY)
    return path


def put_back(path: Path, settings: Settings, **choices: Any) -> Restored:
    with open_archive(path) as opened:
        return restore(opened, settings, Choices(**choices), TODAY)


def beside(world: World, database_url: str = "") -> Settings:
    """Another, new installation, with the secrets and keys of this one."""
    here = world.installation.settings
    there = Settings(data_dir=here.data_dir.parent / "there", database_url=database_url)
    there.data_dir.mkdir(mode=0o700)
    there.data_dir.joinpath("secrets.json").write_bytes(secrets_file(here).read_bytes())
    there.data_dir.joinpath("secrets.json").chmod(0o600)
    there.keys.mkdir(mode=0o700)
    for path in here.keys.iterdir():
        (there.keys / path.name).write_bytes(path.read_bytes())
    return there


def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that goes into a backup, by table, in the order of keys."""
    with database.read() as session:
        return {
            table.name: [
                table.to_json(row)
                for row in session.execute(
                    select(table.clause).order_by(*(table.clause.c[name] for name in table.key))
                ).mappings()
            ]
            for table in tables_at(revisions()[0])
        }


def opened(settings: Settings) -> Installation:
    return open_installation(settings)


# What is in it.


def test_a_backup_holds_every_table_but_drafts() -> None:
    there = {table.name for table in tables_at(revisions()[0])}
    assert there | LEFT_OUT - {"alembic_version"} == set(Base.metadata.tables)
    assert "draft" not in there


def test_its_columns_are_those_of_the_models() -> None:
    for table in tables_at(revisions()[0]):
        model = Base.metadata.tables[table.name]
        assert {column.name: column.nullable for column in table.columns} == {c.name: c.nullable for c in model.columns}
        for column in table.columns:
            assert any(isinstance(model.columns[column.name].type, t) for t in KINDS if KINDS[t] is column.kind)


def test_sessions_that_could_be_revived_are_not_in_it(lived_in: tuple[World, str], tmp_path: Path) -> None:
    path = saved(lived_in[0], tmp_path / "a.zip")
    accounts = [json.loads(line) for line in parts(path)[part("account")].splitlines()]
    assert len(accounts) == len(ACCOUNTS)
    assert not [name for account in accounts for name in account if name in MADE_ANEW["account"]]


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as opened_zip:
        return {name: opened_zip.read(name) for name in opened_zip.namelist()}


def test_a_backup_gives_no_outcome_answer_code_or_secret(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world, code = lived_in
    held = b"".join([*parts(saved(world, tmp_path / "a.zip")).values()])
    here = world.installation
    key = b"".join(read_key(here.settings, world.round_id).splitlines()[1:-1])
    forbidden = [code.encode(), code.replace("-", "").encode(), key, here.secrets.pepper_bytes]
    forbidden += [here.secrets.session.encode(), b'"apps.openen"', b'"answers"', *(name.encode() for name in TYPES)]
    forbidden += [base64.b64encode(value) for value in forbidden[:5]]
    assert [value for value in forbidden if value in held] == []
    keys = here.keys_of(code)
    assert base64.b64encode(keys.lookup) in held, "the sealed outcome itself is there"
    assert base64.b64encode(keys.vault_key) not in held


def test_rows_are_in_the_order_of_their_keys(lived_in: tuple[World, str], tmp_path: Path) -> None:
    lines = parts(saved(lived_in[0], tmp_path / "a.zip"))[part("ballot")].splitlines()
    ids = [base64.b64decode(json.loads(line)["id"]) for line in lines]
    assert len(ids) == sum(TURNOUT.values()) + 1
    assert ids == sorted(ids)


def test_nothing_in_the_file_tells_the_time_of_day(lived_in: tuple[World, str], tmp_path: Path) -> None:
    path = saved(lived_in[0], tmp_path / "a.zip")
    with zipfile.ZipFile(path) as opened_zip:
        assert {info.date_time for info in opened_zip.infolist()} == {archives.NO_DATE}
        manifest = json.loads(opened_zip.read("manifest.json"))
    assert manifest["made_on"] == "2026-11-22"
    assert set(manifest) == {"format", "version", "program", "revision", "made_on", "tables"}


def test_two_backups_of_the_same_moment_are_the_same(lived_in: tuple[World, str], tmp_path: Path) -> None:
    first, second = (saved(lived_in[0], tmp_path / f"{name}.zip") for name in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_the_file_is_for_its_owner_alone_and_never_written_over(lived_in: tuple[World, str], tmp_path: Path) -> None:
    path = saved(lived_in[0], tmp_path / "a.zip")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(BackupError, match="exists"):
        saved(lived_in[0], path)
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.glob("*a.zip*")] == ["a.zip"]


def test_a_failed_backup_leaves_no_file(
    lived_in: tuple[World, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "LONGEST_LINE", 100)
    with pytest.raises(BackupError, match="more than 100 bytes"):
        saved(lived_in[0], tmp_path / "a.zip")
    assert list(tmp_path.glob("*a.zip*")) == []


def test_a_backup_is_of_one_moment_and_holds_up_nobody(
    lived_in: tuple[World, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody finishes while the first table is written: she does not wait, and is in no later table either."""
    world, taken = lived_in[0], []
    add = archives.Writer.add

    def somebody_finishes(self: archives.Writer, table: Any, batches: Any) -> None:
        add(self, table, batches)
        if not taken:
            taken.append(take_scan(world, "Ceder"))

    monkeypatch.setattr(archives.Writer, "add", somebody_finishes)
    before = everything(world.installation.database)
    found = parts(saved(world, tmp_path / "a.zip"))
    assert taken
    for name in ("ballot", "vault_entry"):
        assert [json.loads(line) for line in found[part(name)].splitlines()] == before[name]
        assert len(everything(world.installation.database)[name]) == len(before[name]) + 1


# What comes back.


def test_it_moves_between_sqlite_and_postgresql(
    lived_in: tuple[World, str], other_database: str, tmp_path: Path
) -> None:
    world, code = lived_in
    there = beside(world, other_database)
    done = put_back(saved(world, tmp_path / "a.zip"), there)
    assert (done.safety, done.old_secrets, done.plan.lost) == (None, None, ())
    moved = opened(there)
    assert everything(moved.database) == everything(world.installation.database)
    outcome = open_vault(moved, moved.keys_of(code))
    assert outcome is not None
    assert len(outcome.outcomes) == 1
    close_round(moved.database, there, world.round_id, TODAY)
    with moved.database.read() as session:
        assert session.scalars(select(ReleasedGroup)).all()
    moved.database.close()


def test_back_and_forth_gives_the_same_file(lived_in: tuple[World, str], other_database: str, tmp_path: Path) -> None:
    there = beside(lived_in[0], other_database)
    first = saved(lived_in[0], tmp_path / "a.zip")
    put_back(first, there)
    moved = Database(there.database)
    save(moved, tmp_path / "b.zip", TODAY)
    moved.close()
    assert parts(first) == parts(tmp_path / "b.zip")


def test_after_a_restore_the_tables_are_those_of_the_migrations(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world = lived_in[0]
    put_back(saved(world, tmp_path / "a.zip"), world.installation.settings, replace=True)
    world.installation.database.check()
    if not world.installation.database.is_sqlite:
        with world.installation.database.read() as session:
            storage = text("SELECT attstorage FROM pg_attribute WHERE attrelid = 'ballot'::regclass AND attnum > 0")
            assert {value if isinstance(value, str) else value.decode() for value in session.scalars(storage)} == {"p"}


def test_a_restored_session_is_over_and_passwords_still_work(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world = lived_in[0]
    client = make_app(world).test_client()
    given = {"email": "all@test.example", "password": PASSWORD}
    client.post("/account/inloggen", data=given)
    assert client.get("/dashboard/").status_code == 200
    put_back(saved(world, tmp_path / "a.zip"), world.installation.settings, replace=True)
    assert client.get("/dashboard/").status_code == 302
    client.post("/account/inloggen", data=given)
    assert client.get("/dashboard/").status_code == 200


def test_drafts_do_not_come_back(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world = lived_in[0]
    put_back(saved(world, tmp_path / "a.zip"), world.installation.settings, replace=True)
    with world.installation.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM draft")) == 0


def test_an_old_log_does_not_come_back(
    lived_in: tuple[World, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = lived_in[0]
    path = saved(world, tmp_path / "a.zip")
    with open_archive(path) as opened_archive:
        restore(opened_archive, beside(world, ""), Choices(), TODAY.replace(year=TODAY.year + 2))
    there = Database(f"sqlite:///{world.installation.settings.data_dir.parent / 'there' / 'zelfscan.sqlite'}")
    assert everything(there)["audit_event"] == []
    assert len(everything(world.installation.database)["audit_event"]) == 1
    there.close()


def test_the_order_of_restored_rows_is_that_of_their_keys(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world = lived_in[0]
    put_back(saved(world, tmp_path / "a.zip"), world.installation.settings, replace=True)
    database = world.installation.database
    if database.is_sqlite:
        raw = Path(str(database.engine.url.database)).read_bytes()
        with database.read() as session:
            rows = session.execute(select(Ballot.sealed).order_by(Ballot.id)).scalars().all()
        places = [raw.index(sealed[-24:]) for sealed in rows]
        assert places == sorted(places)
    else:
        with database.read() as session:
            ids = session.execute(text("SELECT id FROM ballot ORDER BY ctid")).scalars().all()
            numbers = session.execute(text("SELECT DISTINCT xmin::text FROM ballot")).scalars().all()
        assert [bytes(id_) for id_ in ids] == sorted(bytes(id_) for id_ in ids)
        assert len(numbers) == 1


def test_a_scan_goes_on_after_a_restore(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world, code = lived_in
    put_back(saved(world, tmp_path / "a.zip"), world.installation.settings, replace=True)
    assert take_scan(world, "Duin") != code
    with world.installation.database.read() as session:
        assert ballot_count(session, world.round_id) == sum(TURNOUT.values()) + 2


@pytest.mark.parametrize("revision", ["0002", "0004", revisions()[1]])
def test_a_backup_of_an_older_version_is_brought_up_to_date(
    lived_in: tuple[World, str], tmp_path: Path, revision: str
) -> None:
    """As an older program would have written it: the same rows, in the tables of then."""
    world, code = lived_in
    path = written_at(saved(world, tmp_path / "a.zip"), tmp_path / "old.zip", revision)
    there = beside(world)
    put_back(path, there)
    moved = opened(there)
    assert open_vault(moved, moved.keys_of(code)) is not None
    with moved.database.read() as session:
        assert ballot_count(session, world.round_id) == sum(TURNOUT.values()) + 1
    moved.database.check()
    moved.database.close()


def written_at(path: Path, new: Path, revision: str) -> Path:
    """A backup as it would have been at an older version of the tables."""
    tables = {table.name: table for table in tables_at(revision)}
    with open_archive(path) as now, archives.new_file(new) as file, archives.Writer(file) as writer:
        for name, table in tables.items():
            rows = [row for batch in now.batches(now[name]) for row in batch]
            writer.add(table, iter([rows]))
        writer.finish("0.0.9", revision, TODAY)
    return new


# What must not come back.


def test_a_round_whose_key_is_gone_is_refused_or_comes_back_closed_and_empty(
    lived_in: tuple[World, str], tmp_path: Path
) -> None:
    world, code = lived_in
    path, there = saved(world, tmp_path / "a.zip"), beside(world)
    destroy_key(there, world.round_id)
    with pytest.raises(KeysGone) as caught:
        put_back(path, there)
    assert "Testzorg · Nulmeting: its key is not in" in str(caught.value)
    assert "de sleutel ligt niet in" in caught.value.in_("nl")
    assert not Path(there.database.removeprefix("sqlite:///")).exists()
    done = put_back(path, there, drop_ballots=True)
    moved = opened(there)
    found = everything(moved.database)
    assert [lost.title for lost in done.plan.lost] == ["Nulmeting"]
    assert [(row["state"], row["closed_on"]) for row in found["round"]] == [("closed", "2026-11-22")]
    assert [name for name in WHILE_OPEN if found[name]] == []
    assert open_vault(moved, moved.keys_of(code)) is not None
    moved.database.close()


def test_another_round_s_key_is_no_key(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world = lived_in[0]
    path, there = saved(world, tmp_path / "a.zip"), beside(world)
    here = world.installation
    organisation = world.units["Testzorg"].organisation_id
    second = open_round(here.database, here.settings, organisation, "Twee", world.link("Anemoon").banks, TODAY)
    key_file(there, world.round_id).write_bytes(read_key(here.settings, second))
    with pytest.raises(KeysGone):
        put_back(path, there)


def test_a_round_that_was_closed_since_stays_closed(lived_in: tuple[World, str], tmp_path: Path) -> None:
    """Even when an old copy of its key is brought along: closing is for good."""
    world, here = lived_in[0], lived_in[0].installation
    path, held = saved(world, tmp_path / "a.zip"), gather(here.settings, [world.round_id])
    close_round(here.database, here.settings, world.round_id, TODAY)
    with pytest.raises(KeysGone, match="closed after this backup"):
        put_back(path, here.settings, replace=True, held=held)
    put_back(path, here.settings, replace=True, held=held, drop_ballots=True)
    assert everything(here.database)["ballot"] == []
    assert not key_file(here.settings, world.round_id).exists()
    client = make_app(world).test_client()
    client.post("/account/inloggen", data={"email": "all@test.example", "password": PASSWORD})
    assert client.get("/dashboard/", follow_redirects=True).status_code == 200


def test_what_was_deleted_or_withdrawn_since_stays_away(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world, code = lived_in
    here, path = world.installation, saved(lived_in[0], tmp_path / "a.zip")
    stays = take_scan(world, "Duin")
    later = saved(world, tmp_path / "b.zip")
    keys = here.keys_of(code)
    assert withdraw(here, keys) == 1
    delete_outcomes(here, keys)
    assert put_back(later, here.settings, replace=True).plan.present is not None
    assert open_vault(here, keys) is None
    assert open_vault(here, here.keys_of(stays)) is not None
    with here.database.read() as session:
        assert ballot_count(session, world.round_id) == sum(TURNOUT.values()) + 1
    put_back(path, here.settings, replace=True, bring_back=True)
    assert open_vault(here, keys) is not None


def test_ballots_of_a_closed_round_in_an_archive_are_left_out(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world = lived_in[0]
    path = saved(world, tmp_path / "a.zip")
    forged = changed(path, "round", lambda row: row | {"state": "closed", "closed_on": "2026-11-22"})
    there = beside(world)
    put_back(forged, there)
    moved = Database(there.database)
    assert everything(moved)["ballot"] == []
    moved.close()


def test_custodians_have_to_have_their_shares(sqlite_world: World, tmp_path: Path) -> None:
    here, folder = sqlite_world.installation, tmp_path / "stick"
    folder.mkdir()
    custodians = [Custodian("OR", "een wachtzin van de OR", folder), Custodian("HR", "een zin van hr zelf", folder)]
    organisation, banks = sqlite_world.units["Testzorg"].organisation_id, sqlite_world.link("Anemoon").banks
    open_round(here.database, here.settings, organisation, "Samen", banks, TODAY, custodians=custodians)
    path, there = saved(sqlite_world, tmp_path / "a.zip"), beside(sqlite_world)
    shares = tuple(sorted(folder.iterdir()))
    for given in ((), shares[:1]):
        with pytest.raises(KeysGone, match="Samen: its two shares"):
            put_back(path, there, shares=given)
    assert put_back(path, there, shares=shares).plan.lost == ()
    assert put_back(path, there, replace=True, shares_elsewhere=True).plan.lost == ()


# Secrets in a second file.


def test_secrets_and_keys_come_back_from_the_second_file(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world, code = lived_in
    here, path = world.installation, saved(lived_in[0], tmp_path / "a.zip")
    save_held(gather(here.settings, [world.round_id]), tmp_path / "s", PASSPHRASE)
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o600
    there = Settings(data_dir=tmp_path / "new")
    put_back(path, there, held=load_held(tmp_path / "s", PASSPHRASE.replace(" ", "  ")))
    moved = opened(there)
    assert open_vault(moved, moved.keys_of(code)) is not None
    close_round(moved.database, there, world.round_id, TODAY)
    assert {stat.S_IMODE(found.stat().st_mode) for found in (secrets_file(there),)} == {0o600}
    moved.database.close()


def test_the_second_file_opens_with_its_passphrase_alone(sqlite_world: World, tmp_path: Path) -> None:
    here = sqlite_world.installation
    save_held(gather(here.settings, [sqlite_world.round_id]), tmp_path / "s", PASSPHRASE)
    raw = (tmp_path / "s").read_bytes()
    plain = base64.b64decode(json.loads(raw)["sealed"])
    for secret in (here.secrets.pepper_bytes, here.secrets.session.encode(), b"PRIVATE KEY", b"round-"):
        assert secret not in raw + plain
    with pytest.raises(BackupError, match="does not open"):
        load_held(tmp_path / "s", "another passphrase altogether")
    with pytest.raises(BackupError, match="too easy"):
        save_held(gather(here.settings, []), tmp_path / "t", "kort")


def test_keys_of_closed_rounds_are_not_in_the_second_file(sqlite_world: World, tmp_path: Path) -> None:
    here = sqlite_world.installation
    (here.settings.keys / f"round-{'a' * 32}.pem").write_bytes(b"left by a close that was broken off")
    assert list(gather(here.settings, [sqlite_world.round_id]).files) == [f"round-{sqlite_world.round_id}.pem"]


def test_the_length_of_the_second_file_does_not_tell_how_many_rounds_are_open(
    sqlite_world: World, tmp_path: Path
) -> None:
    here = sqlite_world.installation
    save_held(gather(here.settings, []), tmp_path / "none", PASSPHRASE)
    save_held(gather(here.settings, [sqlite_world.round_id]), tmp_path / "one", PASSPHRASE)
    assert (tmp_path / "none").stat().st_size == (tmp_path / "one").stat().st_size


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"[]", b"\xff\xfe", b'{"format": "zelfscan secrets 1"}', b"[" * 100_000, b"half"]
)
def test_a_damaged_second_file_is_told(sqlite_world: World, tmp_path: Path, damage: bytes) -> None:
    save_held(gather(sqlite_world.installation.settings, []), tmp_path / "s", PASSPHRASE)
    raw = (tmp_path / "s").read_bytes()
    (tmp_path / "s").write_bytes(raw.replace(b"A", b"B", 3) if damage == b"half" else damage)
    with pytest.raises(BackupError, match="damaged"):
        load_held(tmp_path / "s", PASSPHRASE)


def test_a_name_that_leads_elsewhere_is_refused(sqlite_world: World, tmp_path: Path) -> None:
    held = gather(sqlite_world.installation.settings, [])
    save_held(replace(held, files={"../../round.pem": b"x"}), tmp_path / "s", PASSPHRASE)
    with pytest.raises(BackupError, match="damaged"):
        load_held(tmp_path / "s", PASSPHRASE)


# Where it may go.


def test_an_installation_in_use_is_refused_and_a_safety_copy_made_on_request(
    lived_in: tuple[World, str], tmp_path: Path
) -> None:
    world, here = lived_in[0], lived_in[0].installation
    path = saved(world, tmp_path / "a.zip")
    take_scan(world, "Duin")
    now = everything(here.database)
    with pytest.raises(BackupError, match="--replace"):
        put_back(path, here.settings)
    assert everything(here.database) == now
    done = put_back(path, here.settings, replace=True)
    assert done.safety is not None
    assert stat.S_IMODE(done.safety.stat().st_mode) == 0o600
    assert len(everything(here.database)["ballot"]) == len(now["ballot"]) - 1
    put_back(done.safety, here.settings, replace=True, bring_back=True)
    assert everything(here.database) == now


def test_other_secrets_are_refused_and_put_aside_when_the_right_ones_are_given(
    lived_in: tuple[World, str], tmp_path: Path
) -> None:
    world, code = lived_in
    path, there = saved(world, tmp_path / "a.zip"), Settings(data_dir=tmp_path / "new")
    with pytest.raises(BackupError, match="secrets are missing"):
        put_back(path, there)
    initialise(there)
    own = secrets_file(there).read_bytes()
    with pytest.raises(BackupError, match="not those of this backup"):
        put_back(path, there)
    assert secrets_file(there).read_bytes() == own
    done = put_back(path, there, held=gather(world.installation.settings, [world.round_id]))
    assert done.old_secrets is not None
    assert done.old_secrets.read_bytes() == own
    moved = opened(there)
    assert open_vault(moved, moved.keys_of(code)) is not None
    moved.database.close()


def test_a_restore_that_fails_half_way_changes_nothing(
    lived_in: tuple[World, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, here = lived_in[0], lived_in[0].installation
    path = saved(world, tmp_path / "a.zip")
    other = make_world_elsewhere(tmp_path / "elsewhere")
    before, files = everything(other.database), tree(other.settings.data_dir)
    monkeypatch.setattr("zelfscan.backup.restoring.erase_old", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        put_back(path, other.settings, replace=True, held=gather(here.settings, [world.round_id]))
    assert everything(other.database) == before
    after = tree(other.settings.data_dir)
    assert {name: content for name, content in after.items() if "before-restore" not in name} == files
    other.database.close()


def make_world_elsewhere(folder: Path) -> Installation:
    settings = Settings(data_dir=folder)
    initialise(settings)
    return make_world(open_installation(settings), "Elders").installation


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.*") if "sqlite" not in p.name}


def test_tables_of_another_version_are_not_replaced(lived_in: tuple[World, str], tmp_path: Path) -> None:
    world = lived_in[0]
    path, database = saved(world, tmp_path / "a.zip"), world.installation.database
    with database.engine.connect() as connection:
        command.downgrade(migrations(connection), "-1")
        connection.commit()
    with pytest.raises(Exception, match="zelfscan init"):
        put_back(path, world.installation.settings, replace=True)


# Damaged and hostile archives.


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The backup with other parts; manifest and sums stay as they were, unless `change` changes them."""
    found, new = parts(path), path.with_name("rewritten.zip")
    change(found)
    with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in found.items():
            file.writestr(name, content)
    return new


def changed(path: Path, table: str, change: Callable[[dict[str, Any]], object]) -> Path:
    """The backup with each row of a table changed, and a manifest that agrees with it: by somebody who knows how."""
    lines = [json.dumps(change(json.loads(line))).encode() for line in parts(path)[part(table)].splitlines()]
    return with_lines(path, table, lines)


def with_lines(path: Path, table: str, lines: list[bytes]) -> Path:
    content = b"".join(line + b"\n" for line in lines)

    def forge(found: dict[str, bytes]) -> None:
        manifest = json.loads(found["manifest.json"])
        facts = {"rows": len(lines), "sha256": archives.hashlib.sha256(content).hexdigest()}
        manifest["tables"][table] = facts
        found["manifest.json"], found[part(table)] = json.dumps(manifest).encode(), content

    return rewritten(path, forge)


def why_refused(path: Path) -> str:
    with pytest.raises(BackupError) as caught, open_archive(path) as opened_archive:
        read_through(opened_archive)
    assert WORDS["nl"].keys() == WORDS["en"].keys()
    assert caught.value.in_("nl") != caught.value.in_("en")
    return str(caught.value)


@pytest.fixture
def backup(sqlite_world: World, tmp_path: Path) -> Path:
    cast(sqlite_world, {"Anemoon": 6})
    take_scan(sqlite_world, "Anemoon")
    return saved(sqlite_world, tmp_path / "a.zip")


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04" + bytes(40)])
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    assert "no backup of Zelfscan" in why_refused(tmp_path / "a.zip")
    assert "cannot read" in why_refused(tmp_path / "nothing.zip")


def test_any_other_zip_is_told(tmp_path: Path) -> None:
    for name, content in {"else.txt": b"x", "manifest.json": b"{}"}.items():
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
            file.writestr(name, content)
        assert "no backup of Zelfscan" in why_refused(tmp_path / "a.zip")


def test_every_damaged_byte_is_found(backup: Path, tmp_path: Path) -> None:
    """A byte turned over anywhere is told in a sentence, or changes nothing that is read."""
    raw, whole = backup.read_bytes(), parts(backup)
    told = 0
    for place in range(0, len(raw), len(raw) // 150):
        (tmp_path / "b.zip").write_bytes(raw[:place] + bytes([raw[place] ^ 0x55]) + raw[place + 1 :])
        try:
            with open_archive(tmp_path / "b.zip") as opened_archive:
                read_through(opened_archive)
        except BackupError:
            told += 1
        else:
            assert parts(tmp_path / "b.zip") == whole, place
    assert told > 100


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_half_a_backup_is_told(backup: Path, tmp_path: Path, share: float) -> None:
    raw = backup.read_bytes()
    (tmp_path / "b.zip").write_bytes(raw[: int(len(raw) * share)])
    assert "no backup of Zelfscan" in why_refused(tmp_path / "b.zip")


def test_a_changed_row_is_found_by_its_sum(backup: Path) -> None:
    def rename(found: dict[str, bytes]) -> None:
        found[part("unit")] = found[part("unit")].replace(b"Anemoon", b"Angelie")

    assert "tables/unit.jsonl: damaged or changed" in why_refused(rewritten(backup, rename))


def test_missing_and_unknown_parts_are_named(backup: Path) -> None:
    missing = rewritten(backup, lambda found: found.pop(part("round")) and None)
    assert "missing: tables/round.jsonl" in why_refused(missing)
    for name in ("../../etc/cron.d/x", "/etc/passwd", "tables/draft.jsonl", "extra"):
        extra = rewritten(backup, lambda found, name=name: found.update({name: b"x"}))
        assert "does not belong in a backup" in why_refused(extra)
        assert name in why_refused(extra)


def test_a_part_that_is_there_twice_is_refused(backup: Path) -> None:
    with zipfile.ZipFile(backup, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr(part("unit"), b"")
    assert "no backup of Zelfscan" in why_refused(backup)


def other_manifest(path: Path, **facts: Any) -> Path:
    def change(found: dict[str, bytes]) -> None:
        found["manifest.json"] = json.dumps(json.loads(found["manifest.json"]) | facts).encode()

    return rewritten(path, change)


def test_a_newer_backup_says_which_version_to_use(backup: Path) -> None:
    assert "tables are of version 9999" in why_refused(other_manifest(backup, revision="9999", program="3.1"))
    assert "Restore it with Zelfscan 3.1" in why_refused(other_manifest(backup, revision="9999", program="3.1"))
    later = other_manifest(backup, version=2, program="3.1", new_field=1)
    assert "a backup in format 2" in why_refused(later)


@pytest.mark.parametrize(
    "facts",
    [
        {"tables": []},
        {"tables": {"unit": {"rows": -1, "sha256": "x"}}},
        {"made_on": "yesterday"},
        {"program": "\n\n\x1b[31m"},
        {"revision": "../0001"},
        {"version": "1"},
        {"more": 1},
    ],
)
def test_a_manifest_of_wrong_types_is_told(backup: Path, facts: dict[str, Any]) -> None:
    assert "manifest.json: damaged" in why_refused(other_manifest(backup, **facts))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(backup: Path) -> None:
    bomb = rewritten(backup, lambda found: found.update({part("ballot"): b" " * 50_000_000}))
    assert "unpacks to far more" in why_refused(bomb)


def test_a_huge_line_is_refused_without_reading_it_whole(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LONGEST_LINE", 20_000)
    assert "table unit, line 1: > 20000 bytes" in why_refused(with_lines(backup, "unit", [b'"' + b"x" * 30_000 + b'"']))


def test_more_rows_than_promised_are_not_read_on(backup: Path) -> None:
    def add(found: dict[str, bytes]) -> None:
        found[part("unit")] += found[part("unit")]

    assert "damaged or changed" in why_refused(rewritten(backup, add))


WRONG_ROWS: dict[str, tuple[str, Callable[[dict[str, Any]], object]]] = {
    "no object": ("columns", lambda row: [row]),
    "a column less": ("columns", lambda row: {"id": row["id"]}),
    "a column more": ("columns", lambda row: row | {"x": 1}),
    "a number for a text": ("title", lambda row: row | {"title": 1}),
    "a text for a number": ("minimum", lambda row: row | {"minimum": "5"}),
    "true for a number": ("minimum", lambda row: row | {"minimum": True}),
    "a number too large": ("minimum", lambda row: row | {"minimum": 2**40}),
    "a number for true": ("adaptive", lambda row: row | {"adaptive": 1}),
    "no day": ("opened_on", lambda row: row | {"opened_on": "2026-13-01"}),
    "no bytes": ("public_key", lambda row: row | {"public_key": "%%%"}),
    "nothing where something must be": ("title", lambda row: row | {"title": None}),
    "a text too long": ("title", lambda row: row | {"title": "x" * 201}),
    "a NUL": ("title", lambda row: row | {"title": "a\0b"}),
    "half a character": ("title", lambda row: row | {"title": "\ud800"}),
    "half a character deep down": ("attack", lambda row: row | {"attack": {"x": "\ud800"}}),
    "a text for an object": ("attack", lambda row: row | {"attack": "x"}),
}


@pytest.mark.parametrize("name", WRONG_ROWS)
def test_a_row_of_wrong_types_is_named(backup: Path, name: str) -> None:
    column, change = WRONG_ROWS[name]
    assert f"table round, line 1: {column}" in why_refused(changed(backup, "round", change))


@pytest.mark.parametrize("line", [b"", b"{", b"[" * 200_000, b'{"id": NaN}', b"\xff", b"1" * 5000])
def test_a_line_that_is_no_json_is_named(backup: Path, line: bytes) -> None:
    assert "table round, line 1:" in why_refused(with_lines(backup, "round", [line]))


@pytest.mark.parametrize(
    ("table", "change", "why"),
    [
        ("round", lambda row: row | {"minimum": 2}, "table round"),
        ("round_link", lambda row: row | {"unit_id": "nowhere"}, "table"),
        ("unit", lambda row: row | {"name": "same"} if row["kind"] == "team" else row, "table unit"),
        ("unit", lambda row: row | {"parent_id": row["id"]} if row["kind"] == "team" else row, "circle"),
        ("vault_entry", lambda row: row | {"sealed": "AAAA"}, "table vault_entry"),
    ],
)
def test_what_the_database_refuses_leaves_it_as_it_was(
    backup: Path, sqlite_world: World, table: str, change: Callable[[dict[str, Any]], object], why: str
) -> None:
    forged, there = changed(backup, table, change), beside(sqlite_world)
    initialise(there)
    with pytest.raises(BackupError, match=why):
        put_back(forged, there)
    kept = Database(there.database)
    kept.check()
    assert everything(kept)["organisation"] == []
    kept.close()


def test_an_archive_that_changes_after_it_was_checked_is_not_restored(
    backup: Path, sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was checked is checked again while it is written."""
    here = sqlite_world.installation
    make_plan, raw, before = restoring.make_plan, backup.read_bytes(), everything(here.database)
    with zipfile.ZipFile(backup) as file:
        place = file.getinfo(part("vault_entry")).header_offset + 2000

    def somebody_changes_it(*given: Any) -> Any:
        backup.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        return make_plan(*given)

    monkeypatch.setattr(restoring, "make_plan", somebody_changes_it)
    with pytest.raises(BackupError, match="Nothing was restored"):
        put_back(backup, here.settings, replace=True)
    assert everything(here.database) == before


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from zelfscan.backup import restoring
from zelfscan.backup.archive import open_archive
from zelfscan.backup.held import load_held
from zelfscan.backup.plan import Choices
from zelfscan.config import Settings

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(restoring, sys.argv[4], die)
with open_archive(Path(sys.argv[1])) as archive:
    held = load_held(Path(sys.argv[3]), sys.argv[5])
    restoring.restore(archive, Settings(data_dir=Path(sys.argv[2])), Choices(replace=True, held=held), date.today())
"""


@pytest.mark.parametrize("step", ["_make_tables", "erase_old", "_secrets_and_keys"])
def test_a_restore_that_is_killed_leaves_what_was_there(
    backup: Path, sqlite_world: World, tmp_path: Path, step: str
) -> None:
    here, other = sqlite_world.installation, make_world_elsewhere(tmp_path / "elsewhere")
    save_held(gather(here.settings, [sqlite_world.round_id]), tmp_path / "s", PASSPHRASE)
    before = everything(other.database)
    other.database.close()
    asked = [sys.executable, "-c", KILLED, str(backup), str(other.settings.data_dir), str(tmp_path / "s"), step]
    ended = subprocess.run([*asked, PASSPHRASE], timeout=120)
    assert ended.returncode == -9
    again = opened(other.settings)
    assert everything(again.database) == before
    again.database.close()


def test_memory_stays_within_bounds(sqlite_world: World, tmp_path: Path) -> None:
    import tracemalloc

    with sqlite_world.installation.database.write() as session:
        organisation = sqlite_world.units["Testzorg"].organisation_id
        table = Base.metadata.tables["vault_entry"]
        rows = [
            {"organisation_id": organisation, "lookup": n.to_bytes(32, "big"), "sealed": secrets.token_bytes(7168)}
            for n in range(4000)
        ]
        session.execute(table.insert(), rows)
    del rows
    there = beside(sqlite_world)
    tracemalloc.start()
    put_back(saved(sqlite_world, tmp_path / "a.zip"), there)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000, "the rows alone are 29 million bytes, and 38 million as they are written"


# On the command line.


@pytest.fixture
def run(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))
    return lambda *words, **given: CliRunner().invoke(cli, [str(word) for word in words], **given)


def test_backup_and_restore_on_the_command_line(
    run: Callable[..., Any], sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = take_scan(sqlite_world, "Anemoon")
    asked = ("backup", tmp_path / "a.zip", "--with-secrets", "--language", "en")
    made = run(*asked, input=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert made.exit_code == 0
    assert "Do NOT keep this file with the backup" in made.output
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(tmp_path / "new"))
    back = ("restore", tmp_path / "a.zip", "--secrets", tmp_path / "a.zip.secrets", "--language", "nl")
    done = run(*back, input=f"{PASSPHRASE}\n")
    assert "opnieuw inloggen" in done.output
    moved = opened(Settings(data_dir=tmp_path / "new"))
    assert open_vault(moved, moved.keys_of(code)) is not None
    moved.database.close()


def test_a_dry_run_says_what_it_holds_and_changes_nothing(
    run: Callable[..., Any], sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast(sqlite_world, {"Anemoon": 13})
    run("backup", tmp_path / "a.zip")
    (tmp_path / "new").mkdir()
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(tmp_path / "new"))
    told = run("restore", tmp_path / "a.zip", "--dry-run", "--language", "en")
    assert "secrets are missing" in str(told.exception)
    assert "round: Testzorg · Nulmeting · open" in told.output
    assert "ballot: at least 10" in told.output
    assert f"unit: {1 + len(TREE) + sum(len(teams) for teams in TREE.values())}" in told.output
    assert list((tmp_path / "new").iterdir()) == []
    held = run("restore", tmp_path / "a.zip", "--dry-run", "--json").stdout
    assert json.loads(held[: held.rindex("}") + 1])["tables"]["ballot"] == 10


def test_a_dry_run_where_it_fits_says_so(run: Callable[..., Any], sqlite_world: World, tmp_path: Path) -> None:
    run("backup", tmp_path / "a.zip")
    before = everything(sqlite_world.installation.database)
    told = run("restore", tmp_path / "a.zip", "--dry-run", "--replace", "--language", "en")
    assert "can be restored here" in told.output
    assert everything(sqlite_world.installation.database) == before
    with open_archive(tmp_path / "a.zip") as opened_archive, pytest.raises(BackupError, match="--replace"):
        rehearse(read_through(opened_archive), sqlite_world.installation.settings, Choices())


def test_replacing_tells_of_the_copy_and_of_what_stayed_away(run: Callable[..., Any], tmp_path: Path) -> None:
    run("backup", tmp_path / "a.zip")
    told = run("restore", tmp_path / "a.zip", "--replace", "--language", "en").output
    assert "Copy of what was there" in told
    assert "has stayed away" in told
    again = run("restore", tmp_path / "a.zip", "--replace", "--bring-back", "--language", "en").output
    assert "is there again" in again


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("--passphrase-file", "p"), "--with-secrets"),
        (("--with-secrets", "--passphrase-file", "open"), "chmod 600"),
        (("--with-secrets", "--passphrase-file", "nothing"), "cannot read"),
        (("--with-secrets", "--passphrase-file", "weak"), "too easy"),
    ],
)
def test_a_mistake_with_the_passphrase_is_a_sentence(
    run: Callable[..., Any], tmp_path: Path, words: tuple[str, ...], answer: str
) -> None:
    for name, mode in {"open": 0o644, "weak": 0o600}.items():
        (tmp_path / name).write_text("kort")
        (tmp_path / name).chmod(mode)
    given = [tmp_path / word if not word.startswith("--") else word for word in words]
    assert answer in str(run("backup", tmp_path / "a.zip", *given, "--language", "en").exception)
    assert not (tmp_path / "a.zip").exists()


def test_the_bar_counts_no_rows(
    run: Callable[..., Any], sqlite_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that does would tell, looked at again and again, when somebody finished."""
    watched: list[tuple[str, int]] = []
    monkeypatch.setattr("zelfscan.progress.tqdm", lambda items, desc, **_: watched.append((desc, len(items))) or items)
    cast(sqlite_world, {"Anemoon": 13})
    run("backup", tmp_path / "a.zip")
    assert ("ballot", 1) in watched


def test_a_database_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    failed = CliRunner().invoke(cli, ["backup", str(tmp_path / "a.zip"), "--language", "en"])
    assert "database cannot be used" in str(failed.exception)
