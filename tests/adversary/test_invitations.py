"""What invitations give away, and whether one of them can count twice or get lost.

Each attack fails on the product as it is, and succeeds with its guard taken out.
"""

import base64
import os
import signal
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from itertools import combinations
from pathlib import Path
from statistics import median

import pytest
from flask import Flask
from sqlalchemy import Date, DateTime, Integer, Time, func, select, text

import zelfscan.mixing
import zelfscan.outcome.services as outcome_services
from tests.adversary.test_database import SEALED, dump, log_size, rank_attack, sqlite_file
from tests.adversary.test_nothing_lost import counts, run_and_kill
from tests.conftest import make_app
from tests.rounds.invitations.support import invited, personal_link, personal_visit, rows_of
from tests.support import TODAY, Visit, World, complete
from zelfscan.db import Base
from zelfscan.outcome.models import VaultEntry
from zelfscan.rounds.invitations.models import OF_INVITATIONS, PersonalInvitation, UsedInvitation
from zelfscan.rounds.invitations.participation import participation
from zelfscan.rounds.invitations.tokens import Tokens, hashed_claim
from zelfscan.rounds.models import Ballot
from zelfscan.rounds.queries import known_round
from zelfscan.rounds.services import close_round
from zelfscan.scan import drafts
from zelfscan.scan.services import open_scan
from zelfscan.web import cookies

TEAM = "Anemoon"
MANY = 28


def finish(world: World, token: str, value: int = 2, *, keep: bool = True, send: bool = True) -> Visit:
    """Take a whole scan with an invitation; the draft is gone after it, as in a browser."""
    visited = personal_visit(world, token, value)
    complete(world, visited, keep=keep, send=send)
    drafts.erase(world.installation.database, visited.key)
    return visited


def marks(world: World) -> list[UsedInvitation]:
    with world.installation.database.read() as session:
        return list(session.scalars(select(UsedInvitation)))


def browser(app: Flask, visited: Visit):  # type: ignore[no-untyped-def]
    client = app.test_client()
    client.set_cookie(cookies.SCAN, base64.urlsafe_b64encode(visited.key).decode())
    return client


# What the database gives away


def test_a_dump_holds_no_link(world: World) -> None:
    tokens = invited(world, TEAM, 5)
    finish(world, tokens[0])
    held = dump(world)
    for token in tokens:
        assert token.encode() not in held
        assert base64.urlsafe_b64decode(token) not in held


def test_a_dump_does_not_let_anybody_work_out_a_link(world: World) -> None:
    """Without the pepper: no plain hash, and no key derived from anything in the dump, leads from a row to its link."""
    (token,) = invited(world, TEAM, 1)
    (row,) = rows_of(world)
    parts = [row.id, row.lookup, row.email.encode(), row.round_id.encode(), world.installation.salt]  # type: ignore[union-attr]
    tried = {Tokens(part.ljust(32, b"\0")).token(row.id) for part in parts}
    assert token not in tried
    assert row.lookup not in {
        sha256(token.encode()).digest(),
        *(Tokens(p.ljust(32, b"\0")).lookup(token) for p in parts),
    }
    assert Tokens(world.installation.secrets.pepper_bytes).token(row.id) == token, "the service itself can"


def test_a_dump_does_not_tell_who_took_part(world: World) -> None:
    """No value of a mark stands in the row of an invitation, nor follows from it without the pepper."""
    tokens = invited(world, TEAM, 12)
    before = [tuple(vars(row).items())[1:] for row in rows_of(world)]
    for token in tokens[:6]:
        finish(world, token)
    assert [tuple(vars(row).items())[1:] for row in rows_of(world)] == before, "the row itself stays as it was"
    columns = {bytes(part) for row in rows_of(world) for part in (row.id, row.lookup)}
    seen = {bytes(part) for mark in marks(world) for part in (mark.mark, mark.claim)}
    guessed = {sha256(part).digest() for part in columns}
    guessed |= {sha256(one + other).digest() for one, other in combinations(columns, 2)}
    assert len(seen) == 12
    assert not seen & (columns | guessed)


def test_no_foreign_key_time_or_counter_joins_a_mark_to_anything() -> None:
    table = Base.metadata.tables["used_invitation"]
    assert not [c.name for c in table.columns if isinstance(c.type, Date | DateTime | Time | Integer)]
    assert {key.column.table.name for key in table.foreign_keys} == {"organisation", "round"}
    assert not [
        c.name for c in Base.metadata.tables["invitation"].columns if isinstance(c.type, Date | DateTime | Time)
    ]
    pointing = {
        t.name
        for t in Base.metadata.sorted_tables
        for k in t.foreign_keys
        if k.column.table.name in ("invitation", "used_invitation")
    }
    assert pointing == set()


def by_order(world: World) -> list[dict[str, list[bytes]]]:
    """Keys of marks, vault entries and ballots, in each order that the database shows."""
    keys = {"used_invitation": "mark", "vault_entry": "lookup", "ballot": "id"}
    database = world.installation.database
    if database.is_sqlite:
        raw = sqlite_file(world).read_bytes()
        return [
            {
                name: sorted(_keys(world, name, key), key=lambda k: raw.find(_needle(world, name, k)))
                for name, key in keys.items()
            }
        ]
    found = []
    for order in ("xmin::text::bigint, ctid", "ctid"):
        with database.read() as session:
            found.append(
                {
                    name: [
                        bytes(k) for k in session.execute(text(f"SELECT {key} FROM {name} ORDER BY {order}")).scalars()
                    ]
                    for name, key in keys.items()
                }
            )
    return found


def _keys(world: World, name: str, key: str) -> list[bytes]:
    with world.installation.database.read() as session:
        return [bytes(k) for k in session.execute(text(f"SELECT {key} FROM {name}")).scalars()]


def _needle(world: World, name: str, key: bytes) -> bytes:
    """What of a row lies on the page that was taken last: the end of a long sealed part, or the short row's key."""
    tables = {"vault_entry": (VaultEntry.sealed, VaultEntry.lookup), "ballot": (Ballot.sealed, Ballot.id)}
    if name not in tables:
        return key
    sealed, of = tables[name]
    with world.installation.database.read() as session:
        found: bytes = session.scalars(select(sealed).where(of == key)).one()
    return found[-24:]


def people_finish(world: World) -> list[tuple[bytes, bytes, bytes]]:
    """28 invited people one after the other; returns the true (mark, vault lookup, ballot id) of each."""
    tokens, truth = invited(world, TEAM, MANY), []
    for number, token in enumerate(tokens):
        keys = world.installation.keys_of(finish(world, token, number % 5).scan.code)
        truth.append((world.installation.tokens.mark(token), keys.lookup, keys.ballot_id(world.round_id)))
    return truth


def joined(world: World, truth: Sequence[tuple[bytes, bytes, bytes]]) -> int:
    """The best that somebody who has even the pepper gets, by rank, from a mark to a ballot or vault entry.

    SQLite fills a page from its end, so that short rows lie there in the reverse order of their coming.
    """
    found = [0]
    for orders in by_order(world):
        forwards = orders["used_invitation"]
        for in_order in (forwards, forwards[::-1]):
            found.append(rank_attack(in_order, orders["vault_entry"], [(m, v) for m, v, _ in truth]))
            found.append(rank_attack(in_order, orders["ballot"], [(m, b) for m, _, b in truth]))
    return max(found)


def test_the_order_of_rows_joins_no_invitation_to_a_ballot_or_outcome(world: World) -> None:
    assert joined(world, people_finish(world)) <= 7, "about one in 28 by chance"


def test_without_mixing_the_order_of_rows_joins_every_invitation(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zelfscan.mixing, "NEIGHBOURS", 0)
    assert joined(world, people_finish(world)) >= 20


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_mark_vault_and_ballot_share_no_transaction(world: World) -> None:
    people_finish(world)
    with world.installation.database.read() as session:
        seen = [
            set(session.execute(text(f"SELECT xmin::text FROM {t}")).scalars()) for t in (*SEALED, "used_invitation")
        ]
    assert all(len(numbers) == 1 for numbers in seen), "all rows carry the number of the last write"
    assert len(set.union(*seen)) == 3


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_rows_of_invitations_are_not_written_when_they_are_used(world: World) -> None:
    tokens = invited(world, TEAM, 3)
    with world.installation.database.read() as session:
        before = session.execute(text("SELECT id, xmin::text, ctid::text FROM invitation ORDER BY id")).all()
    finish(world, tokens[1])
    with world.installation.database.read() as session:
        assert session.execute(text("SELECT id, xmin::text, ctid::text FROM invitation ORDER BY id")).all() == before


def test_the_log_of_sqlite_is_empty_after_an_invitation_was_used(sqlite_world: World) -> None:
    (token,) = invited(sqlite_world, TEAM, 1)
    complete(sqlite_world, personal_visit(sqlite_world, token))
    assert log_size(sqlite_world) == 0


def test_two_copies_of_the_database_around_one_person_show_that_somebody_finished_and_not_who(world: World) -> None:
    """The limit that docs/privacy.md states: three new rows are seen; without the pepper no address belongs to them."""
    tokens = invited(world, TEAM, 8)
    finish(world, tokens[0])
    before = [set(keys) for keys in by_order(world)[0].values()], dump_of_invitations(world)
    finish(world, tokens[1])
    after = [set(keys) for keys in by_order(world)[0].values()], dump_of_invitations(world)
    assert [len(now - then) for then, now in zip(before[0], after[0], strict=True)] == [1, 1, 1]
    assert before[1] == after[1], "the table with addresses is the same, so it points at nobody"


def dump_of_invitations(world: World) -> list[tuple[object, ...]]:
    with world.installation.database.read() as session:
        table = PersonalInvitation.__table__
        return sorted(
            map(
                tuple,
                session.execute(select(table.c.email, table.c.id, table.c.lookup, table.c.mailed, table.c.reminders)),
            )
        )


def test_the_claim_of_a_draft_is_in_no_outcome(world: World) -> None:
    """With a code and the pepper somebody could otherwise find whose invitation an outcome came from."""
    (token,) = invited(world, TEAM, 1)
    visited = finish(world, token)
    opened = outcome_services.open_vault(world.installation, world.installation.keys_of(visited.scan.code))
    assert opened is not None
    kept = repr(opened.outcomes[0].to_dict())
    assert visited.scan.claim not in kept
    assert token not in kept
    (mark,) = marks(world)
    parts = [visited.scan.id, visited.scan.code, token, visited.scan.id + token, token + visited.scan.id]
    assert mark.claim == hashed_claim(visited.scan.claim)
    assert mark.claim not in {hashed_claim(part) for part in parts}


def test_closing_erases_addresses_and_marks(world: World) -> None:
    tokens = invited(world, TEAM, 6)
    for token in tokens[:3]:
        finish(world, token)
    kept = [(row.email or "").encode() for row in rows_of(world)] + [row.lookup for row in rows_of(world)]
    kept += [mark.mark for mark in marks(world)]
    with world.installation.database.write() as session:
        participation(session, world.installation.tokens, known_round(session, world.round_id), TODAY)
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    held = dump(world)
    assert not [part for part in kept if part in held]
    with world.installation.database.read() as session:
        assert [session.scalar(select(func.count()).select_from(table)) for table in OF_INVITATIONS] == [0, 0, 0]
        if not world.installation.database.is_sqlite:
            sizes = [session.scalar(text(f"SELECT pg_relation_size('{t.__tablename__}')")) for t in OF_INVITATIONS]
            assert sizes == [0, 0, 0]


# What pages give away


def test_a_used_link_and_a_link_that_never_was_answer_alike(world: World, app: Flask) -> None:
    tokens = invited(world, TEAM, 2)
    finish(world, tokens[0])
    client = app.test_client()
    client.get("/")
    for method in ("GET", "POST"):
        used, never = (client.open(f"/s/{token}", method=method) for token in (tokens[0], "AAAAAAAAAAAA"))
        assert (used.status_code, used.text) == (never.status_code, never.text.replace("AAAAAAAAAAAA", tokens[0]))
        assert used.status_code == 404
        assert sorted(name for name, _ in used.headers) == sorted(name for name, _ in never.headers)


def test_a_used_link_and_one_that_never_was_take_as_long(sqlite_world: World) -> None:
    (token,) = invited(sqlite_world, TEAM, 1)
    finish(sqlite_world, token)
    client = make_app(sqlite_world).test_client()

    def took(address: str) -> float:
        began = time.perf_counter()
        client.get(f"/s/{address}")
        return time.perf_counter() - began

    took(token), took("AAAAAAAAAAAA")
    pairs = [(took(token), took("AAAAAAAAAAAA")) for _ in range(60)]
    used, never = (median(times) for times in zip(*pairs, strict=True))
    assert abs(used - never) < max(used, never) / 2


def test_a_personal_link_looks_like_that_of_a_team(world: World) -> None:
    (token,) = invited(world, TEAM, 1)
    assert len(token) == len(world.tokens[TEAM]) == 12


def test_many_tokens_lead_nowhere(world: World, app: Flask) -> None:
    token = invited(world, TEAM, 1)[0]
    client = app.test_client()
    near = [token[:-1] + letter for letter in "abcABC019-_" if letter != token[-1]] + [
        token.lower(),
        token[:-1],
        token + "A",
    ]
    assert {client.get(f"/s/{one}").status_code for one in near if one != token} == {404}


# What participation gives away


def shown(world: World, day: int = 0) -> list[tuple[str, int, int]]:
    with world.installation.database.write() as session:
        round_ = known_round(session, world.round_id)
        found = participation(session, world.installation.tokens, round_, TODAY + timedelta(days=day))
    return [(one.name, one.low, one.high) for one in found]


def test_participation_on_one_day_is_the_same_before_and_after_each_person(world: World) -> None:
    tokens = invited(world, TEAM, 12)
    first = shown(world)
    for token in tokens:
        finish(world, token)
        assert shown(world) == first
    assert shown(world, day=1) != first, "the next day it has moved"


def test_participation_says_nothing_of_small_groups_nobody_or_everybody(world: World) -> None:
    small, large = invited(world, "Ekster", 9), invited(world, TEAM, 10)
    assert shown(world) == [("Noord · Anemoon", 0, 50)]
    for token in (*small, *large):
        finish(world, token)
    assert shown(world, day=1) == [("Noord · Anemoon", 50, 100)], "as with five of ten"


# One invitation, one ballot


def test_one_invitation_gives_one_ballot_whoever_finishes_first(world: World) -> None:
    (token,) = invited(world, TEAM, 1)
    one, other = personal_visit(world, token, 0), personal_visit(world, token, 4)
    first, second = complete(world, other), complete(world, one)
    assert (first.sent, first.elsewhere) == (True, False)
    assert (second.kept, second.sent, second.elsewhere) == (True, False, True)
    assert counts(world) == (2, 1), "both may keep their outcome; one counts"
    assert complete(world, other).sent, "the first may press once more"


@pytest.mark.parametrize("without", [False, True], ids=["guarded", "without the guard"])
def test_many_browsers_at_once_give_one_ballot(world: World, monkeypatch: pytest.MonkeyPatch, without: bool) -> None:
    (token,) = invited(world, TEAM, 1)
    visits = [personal_visit(world, token, n) for n in range(4)]
    if without:
        monkeypatch.setattr(outcome_services, "is_used_elsewhere", lambda *_: False)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda visited: complete(world, visited), visits))
    assert counts(world)[1] == sum(one.sent for one in done) == (4 if without else 1)


def test_two_tabs_of_one_browser_count_once(world: World) -> None:
    (token,) = invited(world, TEAM, 1)
    visited = personal_visit(world, token)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: complete(world, visited), range(4)))
    assert [one.elsewhere for one in done] == [False] * 4
    assert counts(world) == (1, 1)


STEPS = ("_keep", "is_used_elsewhere", "put_ballot")


@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_while_an_invitation_is_used_loses_and_doubles_nothing(world: World, step: str) -> None:
    (token,) = invited(world, TEAM, 1)
    visited, rival = personal_visit(world, token, 4), personal_visit(world, token, 0)
    run_and_kill(_finish_until, world, visited, step)
    found = open_scan(world.installation.database, visited.key, TODAY)
    assert found is not None, "the draft is still there"
    if step != "_keep":
        assert complete(world, rival).elsewhere, "what was claimed stays claimed"
    assert complete(world, Visit(visited.key, found.scan, visited.link)).sent
    assert complete(world, rival).elsewhere
    assert counts(world)[1] == 1


def _finish_until(world: World, visited: Visit, step: str) -> None:
    original = getattr(outcome_services, step)

    def step_then_die(*args: object) -> None:
        original(*args)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(outcome_services, step, step_then_die)
    complete(world, visited)


def test_only_for_me_and_keeping_nothing_use_the_invitation_too(world: World, app: Flask) -> None:
    tokens = invited(world, TEAM, 2)
    finish(world, tokens[0], send=False)
    finish(world, tokens[1], keep=False, send=False)
    assert len(marks(world)) == 2
    assert counts(world) == (1, 0)
    assert [app.test_client().get(f"/s/{token}").status_code for token in tokens] == [404, 404]


def test_a_scan_that_is_not_finished_uses_nothing(world: World, app: Flask) -> None:
    (token,) = invited(world, TEAM, 1)
    for _ in range(3):
        personal_visit(world, token)
    assert marks(world) == []
    assert app.test_client().get(f"/s/{token}").status_code == 200


def test_the_second_browser_does_not_take_the_first_one_s_ballot_away(world: World) -> None:
    """Both were begun with the code of an earlier outcome, so both have the same ballot."""
    code = finish(world, invited(world, "Duin", 1)[0], send=False).scan.code
    (token,) = invited(world, TEAM, 1)
    one, other = personal_visit(world, token, 1, code), personal_visit(world, token, 3, code)
    assert complete(world, one).sent
    assert complete(world, other, send=False).elsewhere
    assert counts(world)[1] == 1


def test_who_finishes_after_closing_keeps_her_outcome(world: World) -> None:
    """The invitation is erased by then; the draft remembers where it counts."""
    (token,) = invited(world, TEAM, 1)
    visited = personal_visit(world, token)
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    client = browser(make_app(world), visited)
    assert client.get("/uitkomst").status_code == 200
    assert client.post("/uitkomst", data={"send": "team", "keep": "code"}).location == "/uitkomst/code"
    assert counts(world) == (1, 0)
    assert marks(world) == []


def test_marks_of_neighbours_stay_whole(world: World) -> None:
    tokens = invited(world, TEAM, 40)
    for token in tokens:
        finish(world, token, keep=False)
    assert all(personal_link(world, token).used for token in tokens)
    assert len(marks(world)) == counts(world)[1] == 40


def test_the_round_is_never_joined_with_marks_in_one_statement_of_the_product() -> None:
    """Addresses and marks meet in `turnouts` alone, as numbers per group."""
    package = Path(zelfscan.mixing.__file__).parent
    naming = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "UsedInvitation" in path.read_text(encoding="utf-8")
    }
    assert naming == {
        "models.py",
        "rounds/invitations/models.py",
        "rounds/invitations/queries.py",
        "rounds/invitations/services.py",
        "rounds/queries.py",
    }
