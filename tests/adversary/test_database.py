"""What somebody learns who holds the database: DESIGN's 'no join' and 'nobody but the employee reads an outcome'.

Each attack is a function. It fails on the product as it is, and succeeds with the guard taken out: so it can find
something.
"""

import json
import secrets
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import Date, DateTime, Integer, Time, func, select, text

import zelfscan.mixing
from tests.support import World, complete, take_scan, visit
from zelfscan.config import Settings, create_secrets
from zelfscan.db import Base, Database
from zelfscan.digitypes.types import TYPES
from zelfscan.outcome.models import VAULT_SIZE, VaultEntry
from zelfscan.outcome.services import delete_outcomes
from zelfscan.privacy.code import CodeKeys, derive
from zelfscan.privacy.sealing import SealError, open_sealed
from zelfscan.rounds.keys import read_key
from zelfscan.rounds.models import Ballot

SEALED = ("vault_entry", "ballot")
PEOPLE = ("Anemoon",) * 10 + ("Bosuil",) * 8 + ("Duin",) * 10


def people_take_part(world: World) -> list[tuple[bytes, bytes]]:
    """28 people one after the other; returns the true pairs of vault lookup and ballot id, in order of time."""
    pairs = []
    for number, team in enumerate(PEOPLE):
        keys = world.installation.keys_of(take_scan(world, team, number % 5))
        pairs.append((keys.lookup, keys.ballot_id(world.round_id)))
    return pairs


def rank_attack(vault: Sequence[bytes], ballots: Sequence[bytes], truth: Sequence[tuple[bytes, bytes]]) -> int:
    """Pair the n-th vault entry with the n-th ballot, in the order that the attacker found; how many are right."""
    return len(set(zip(map(bytes, vault), map(bytes, ballots), strict=True)) & set(truth))


def by_hidden_column(database: Database, column: str) -> tuple[list[bytes], list[bytes]]:
    """Vault lookups and ballot ids in the order of PostgreSQL's hidden `xmin` or `ctid`."""
    order = {"xmin": "xmin::text::bigint, ctid", "ctid": "ctid"}[column]
    with database.read() as session:
        vault = session.execute(text(f"SELECT lookup FROM vault_entry ORDER BY {order}")).scalars().all()
        ballots = session.execute(text(f"SELECT id FROM ballot ORDER BY {order}")).scalars().all()
    return list(vault), list(ballots)


def by_place_in_file(database: Database, path: Path) -> tuple[list[bytes], list[bytes]]:
    """Vault lookups and ballot ids in the order in which the ends of their sealed parts lie in SQLite's file.

    A long sealed part is cut over pages, so its last bytes are looked for: they lie on the page that was taken last.
    """
    raw = path.read_bytes()
    with database.read() as session:
        vault = session.execute(select(VaultEntry.lookup, VaultEntry.sealed)).all()
        ballots = session.execute(select(Ballot.id, Ballot.sealed)).all()
    places = [
        sorted((raw.index(sealed[-24:]), key) for key, sealed in rows if raw.find(sealed[-24:]) >= 0)
        for rows in (vault, ballots)
    ]
    return [key for _, key in places[0]], [key for _, key in places[1]]


def sqlite_file(world: World) -> Path:
    return Path(str(world.installation.database.engine.url.database))


def joined_by_order(world: World, truth: Sequence[tuple[bytes, bytes]]) -> int:
    """The best that an attacker gets from the order of rows, over all orders that the database shows."""
    database = world.installation.database
    if database.is_sqlite:
        orders = [by_place_in_file(database, sqlite_file(world))]
    else:
        orders = [by_hidden_column(database, "xmin"), by_hidden_column(database, "ctid")]
    return max(rank_attack(vault, ballots, truth) for vault, ballots in orders)


def test_the_order_of_rows_joins_nobody(world: World) -> None:
    truth = people_take_part(world)
    assert joined_by_order(world, truth) <= 7, "about one in 28 by chance; 7 or more by chance: less than 1 in 10,000"


def test_without_mixing_the_order_of_rows_joins_everybody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zelfscan.mixing, "NEIGHBOURS", 0)
    truth = people_take_part(world)
    assert joined_by_order(world, truth) >= 25


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_vault_and_ballot_share_no_transaction(world: World) -> None:
    people_take_part(world)
    with world.installation.database.read() as session:
        seen = [set(session.execute(text(f"SELECT xmin::text FROM {table}")).scalars()) for table in SEALED]
    assert all(len(numbers) == 1 for numbers in seen), "up to 33 rows all carry the number of the last write"
    assert not seen[0] & seen[1]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_keeps_no_numbered_copy_of_sealed_values(world: World) -> None:
    people_take_part(world)
    stored_aside = text(
        "SELECT coalesce(sum(pg_relation_size(reltoastrelid)), 0) FROM pg_class"
        " WHERE relname IN ('vault_entry', 'ballot')"
    )
    with world.installation.database.read() as session:
        assert session.scalar(stored_aside) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_new_row_does_not_stand_out_among_its_neighbours(world: World) -> None:
    """With more rows than are mixed at once: the rows of the last write are spread evenly over all keys."""
    fill_vault(world, 150)
    keys = world.installation.keys_of(take_scan(world, "Anemoon"))
    with world.installation.database.read() as session:
        rows = session.execute(text("SELECT lookup, xmin::text::bigint FROM vault_entry ORDER BY lookup")).all()
    last = max(number for _, number in rows)
    places = [place for place, (_, number) in enumerate(rows) if number == last]
    assert len(places) == zelfscan.mixing.NEIGHBOURS + 1
    assert bytes(keys.lookup) in {bytes(rows[place][0]) for place in places}
    steps = [after - before for before, after in pairwise(places)]
    assert steps.count(1) < len(steps) / 2, "a run of neighbours would point at the one that is not in it"


def fill_vault(world: World, count: int) -> None:
    with world.installation.database.write() as session:
        for _ in range(count):
            session.add(
                VaultEntry(
                    organisation_id=world.units["Testzorg"].organisation_id,
                    lookup=secrets.token_bytes(32),
                    sealed=secrets.token_bytes(VAULT_SIZE),
                )
            )


def test_the_write_ahead_log_is_empty_after_each_scan(sqlite_world: World) -> None:
    take_scan(sqlite_world, "Anemoon")
    complete(sqlite_world, visit(sqlite_world, "Anemoon"))
    assert log_size(sqlite_world) == 0


def test_without_its_guard_the_log_keeps_what_was_written(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Database, "forget_traces", lambda self: None)
    complete(sqlite_world, visit(sqlite_world, "Anemoon"))
    assert log_size(sqlite_world) > 0


def log_size(world: World) -> int:
    path = sqlite_file(world)
    return path.with_name(f"{path.name}-wal").stat().st_size


def test_what_was_deleted_is_not_in_the_file(sqlite_world: World) -> None:
    code = take_scan(sqlite_world, "Anemoon")
    keys = sqlite_world.installation.keys_of(code)
    assert keys.lookup in sqlite_file(sqlite_world).read_bytes()
    delete_outcomes(sqlite_world.installation, keys)
    assert keys.lookup not in sqlite_file(sqlite_world).read_bytes()


def test_sealed_tables_hold_no_person_time_or_counter() -> None:
    for name in SEALED:
        table = Base.metadata.tables[name]
        assert not [c.name for c in table.columns if isinstance(c.type, Date | DateTime | Time | Integer)]
        assert {key.column.table.name for key in table.foreign_keys} <= {"organisation", "round"}


def dump(world: World) -> bytes:
    """Everything that the database holds, as an attacker's copy: each value of each table, and SQLite's raw file."""
    database, found = world.installation.database, []
    with database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                found += [v if isinstance(v, bytes) else json.dumps(v, default=str).encode() for v in row]
    raw = sqlite_file(world).read_bytes() if database.is_sqlite else b""
    return b"\n".join(found) + raw


def test_a_dump_holds_no_answer_outcome_or_code_in_plain(world: World) -> None:
    under_way = visit(world, "Bosuil", 3)
    code = take_scan(world, "Anemoon", 4)
    held = dump(world)
    for secret in (code, under_way.scan.code):
        assert secret.encode() not in held
        assert secret.replace("-", "").encode() not in held
    assert not [type_ for type_ in TYPES if type_.encode() in held], "the name of a digitype"
    assert b'"apps.openen"' not in held
    assert b'"answers"' not in held


def test_the_server_s_own_secrets_open_no_outcome(world: World) -> None:
    """The administrator has the database, the pepper, the salt, the session secret and the round's private key."""
    take_scan(world, "Anemoon", 4)
    here = world.installation
    with here.database.read() as session:
        entry = session.scalars(select(VaultEntry)).one()
        ballot = session.scalars(select(Ballot)).one()
    held = [here.secrets.pepper_bytes, here.secrets.session.encode(), here.salt, entry.lookup, ballot.id]
    held += [read_key(here.settings, world.round_id)]
    keys = {part[:32].ljust(32, b"\0") for part in held}
    keys |= {derived for part in held for derived in (CodeKeys(part).vault_key, CodeKeys(part).lookup)}
    for key in keys:
        with pytest.raises(SealError):
            open_sealed(key, entry.sealed, b"vault")


def test_sealed_lengths_say_nothing(world: World) -> None:
    take_scan(world, "Anemoon", 4)
    take_scan(world, "Bosuil", 0)
    with world.installation.database.read() as session:
        for column in (VaultEntry.sealed, Ballot.sealed):
            assert session.scalar(select(func.count(func.length(column).distinct()))) == 1


def test_keep_nothing_stores_nothing(world: World) -> None:
    take_scan(world, "Anemoon", keep=False, send=False)
    with world.installation.database.read() as session:
        counts = [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in (*SEALED, "draft")]
    assert counts == [0, 0, 0]


def test_the_private_key_lies_outside_the_database(world: World) -> None:
    private = read_key(world.installation.settings, world.round_id)
    body = b"".join(private.splitlines()[1:-1])
    assert body not in dump(world)


def test_a_code_from_another_installation_opens_nothing(world: World, tmp_path: Path) -> None:
    """A dump alone is not enough to try codes: the pepper is not in it."""
    code = take_scan(world, "Anemoon")
    other = Settings(data_dir=tmp_path / "other")
    stranger = derive(code, world.installation.salt, create_secrets(other).pepper_bytes)
    assert stranger.lookup != world.installation.keys_of(code).lookup


def test_packed_outcomes_are_compressed_before_they_are_padded(world: World) -> None:
    """The room of an entry is used by compressed text, which the seal makes unreadable and of one length."""
    code = take_scan(world, "Anemoon")
    keys = world.installation.keys_of(code)
    with world.installation.database.read() as session:
        entry = session.scalars(select(VaultEntry)).one()
    assert json.loads(zlib.decompress(open_sealed(keys.vault_key, entry.sealed, b"vault")))[0]["round_id"]
