"""A16: every guard of the product, how it is taken out, and the tests that then have to turn red.

`trial` takes a guard out in a process of its own and runs its tests there. The process is a fork of one that loaded
everything and never had a thread, so that it costs little and cannot hang on a lock of another test.
"""

import contextlib
import gc
import io
import multiprocessing
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from time import process_time
from typing import Any

import hypothesis  # noqa: F401  pytest would load it anew in each process
import pytest
from sqlalchemy import Column, Date, create_engine, delete, false, text, update
from sqlalchemy.orm import Session

from zelfscan import db, installation
from zelfscan.config import Settings
from zelfscan.db import Base
from zelfscan.mixing import write_mixed
from zelfscan.organisations import queries as organisation_queries
from zelfscan.organisations import services as organisation_services
from zelfscan.organisations.auditlog import record
from zelfscan.outcome import services as outcome_services
from zelfscan.outcome.models import VaultEntry
from zelfscan.privacy import audit, banding, code, sealing
from zelfscan.privacy.release import Rules
from zelfscan.rounds import custody, keys
from zelfscan.rounds import queries as round_queries
from zelfscan.rounds import services as round_services
from zelfscan.rounds.invitations import services as invitation_services
from zelfscan.rounds.models import Ballot
from zelfscan.scan import drafts
from zelfscan.scan import services as scan_services
from zelfscan.scan.models import Draft
from zelfscan.web import metrics, security

HERE = "tests/adversary"
PATIENCE = 120
"""Seconds that one trial may take."""


@dataclass(frozen=True)
class Guard:
    """One thing that stands in the way of an attack.

    Attributes:
        attacks: A1 to A15, see docs/privacy.md.
        without: what is put in place of what, by its full name, to take the guard out.
        tests: node ids that have to turn red.
        also: what takes it out when putting something in its place does not.
    """

    attacks: str
    without: Mapping[str, Any]
    tests: tuple[str, ...]
    also: Callable[[], None] = lambda: None


def nothing(*_: Any, **__: Any) -> None:
    """Does nothing, in place of what wipes, destroys or checks."""


def always(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


# The release.


def everything(areas: Sequence[Any], counts: Mapping[str, int], minimum: int) -> frozenset[str]:
    """Suppression that shows whatever is large enough by itself."""
    return frozenset(area.key for area in areas if counts[area.key] >= minimum)


def no_minimum(*given: int) -> Rules:
    """Rules for counting under which one person is enough; those of a round that opens stay as they are."""
    rules = Rules()
    for name in ("minimum", "minimum_distribution") if given else ():
        object.__setattr__(rules, name, 1)
    return rules


def exactly(count: int, _: int) -> tuple[int, int]:
    return count, count


def finished_only(attack: Callable[..., Any]) -> Callable[..., Any]:
    """An attack that takes what it could not solve for safe."""

    def lenient(*given: Any, **more: Any) -> Any:
        found = attack(*given, **more)
        if isinstance(found, tuple):
            return found[0], [leak for leak in found[1] if leak.kind != "unfinished"]
        return [leak for leak in found if leak.kind != "unfinished"]

    return lenient


def outsiders_only(search: Any, thorough: bool = True) -> Any:
    found = _certainties(search, thorough)
    return replace(found, colleague=found.colleague[:0])


_certainties = audit.certainties

NO_REHEARSAL = {
    "zelfscan.privacy.disclosure._settled_groups": lambda groups, *_: groups,
    "zelfscan.privacy.disclosure._settled": lambda groups, ladder, *_, **__: ladder,
}
"""The attack on the release before it is published makes up for other guards; without it they stand alone."""
TOGETHER = f"{HERE}/test_rounds_together.py::"
RELEASES, DRAFTS = f"{HERE}/test_releases.py::", "tests/privacy/test_disclosure.py::"

OF_RELEASES = {
    "minimum sizes": Guard(
        "A1",
        {
            "zelfscan.rounds.services.Rules": no_minimum,
            "zelfscan.privacy.release.MINIMUM": 1,
            "zelfscan.privacy.release.MINIMUM_DISTRIBUTION": 1,
        },
        (
            f"{RELEASES}test_a_parent_minus_its_children_leaves_nobody_or_enough[one small team]",
            f"{HERE}/test_dashboards.py::test_no_group_under_the_minimum_is_published[sqlite]",
        ),
    ),
    "complementary suppression": Guard(
        "A1",
        {"zelfscan.privacy.disclosure.suppress": everything},
        (f"{DRAFTS}test_without_a_guard_the_audit_turns_red[complementary suppression]",),
    ),
    "suppression and rehearsal": Guard(
        "A1",
        {"zelfscan.privacy.disclosure.suppress": everything, **NO_REHEARSAL},
        (
            f"{RELEASES}test_a_parent_minus_its_children_leaves_nobody_or_enough[a small location]",
            f"{RELEASES}test_nor_does_it_of_the_people_with_an_answer",
        ),
    ),
    "small teams rolled up": Guard(
        "A1",
        {"zelfscan.privacy.units.rolled_up": always(())},
        ("tests/privacy/test_units.py::test_areas_are_units_and_other_teams_with_parents_first",),
    ),
    "suppression of crossings and rehearsal": Guard(
        "A2",
        {
            "zelfscan.privacy.disclosure.suppress_crossings": lambda areas, counts, minimum: {a.key for a in areas},
            **NO_REHEARSAL,
        },
        (f"{RELEASES}test_background_and_place_together_isolate_nobody[few of one age]",),
    ),
    "halves for small groups": Guard(
        "A1",
        {"zelfscan.privacy.disclosure.versions": lambda measure, counts, full: banding.versions(measure, counts, True)},
        (f"{DRAFTS}test_without_a_guard_the_audit_turns_red[halves for small groups]",),
    ),
    "bands": Guard(
        "A3",
        {"zelfscan.privacy.banding.band": exactly},
        (f"{DRAFTS}test_without_a_guard_the_audit_turns_red[bands]",),
    ),
    "bands and rehearsal": Guard(
        "A3 A4",
        {"zelfscan.privacy.banding.band": exactly, **NO_REHEARSAL},
        (
            f"{RELEASES}test_of_a_group_that_is_all_the_same_no_answer_is_certain[everybody in one]",
            f"{RELEASES}test_to_the_one_who_differs_no_answer_of_her_colleagues_is_certain[all the others in one]",
        ),
    ),
    "bands wide enough for a colleague": Guard(
        "A4",
        {"zelfscan.privacy.banding.LOOSE": 1, **NO_REHEARSAL},
        (f"{RELEASES}test_to_the_one_who_differs_no_answer_of_her_colleagues_is_certain[all the others in one half]",),
    ),
    "rehearsal": Guard(
        "A3",
        NO_REHEARSAL,
        (
            f"{DRAFTS}test_a_team_that_is_all_the_same_stays_uncertain_beside_exact_neighbours",
            f"{RELEASES}test_of_a_group_that_is_all_the_same_no_answer_is_certain[nobody in the middle]",
        ),
    ),
    "colleagues in the attack": Guard(
        "A4",
        {"zelfscan.privacy.audit.certainties": outsiders_only},
        ("tests/privacy/test_audit.py::test_a_colleague_leaves_herself_out",),
    ),
    "what is not solved counts as found, in the audit": Guard(
        "A6",
        {
            "zelfscan.privacy.audit._small_sets": finished_only(audit._small_sets),
            "zelfscan.privacy.audit.certain_answers": finished_only(audit.certain_answers),
        },
        ("tests/privacy/test_audit.py::test_one_program_that_fails_is_a_finding",),
    ),
    "what is not solved counts as found, before publishing": Guard(
        "A6",
        {
            "zelfscan.privacy.disclosure.small_sets": finished_only(audit.small_sets),
            "zelfscan.privacy.disclosure.certain_answers": finished_only(audit.certain_answers),
        },
        (f"{DRAFTS}test_an_audit_that_never_ends_publishes_nothing",),
    ),
    "the audit itself": Guard(
        "A6",
        {"zelfscan.privacy.audit._small_sets": always(([], [])), "zelfscan.privacy.audit.certain_answers": always([])},
        ("tests/privacy/test_audit.py::test_a_plain_threshold_leaves_one_person_over",),
    ),
    "rounds attacked together": Guard(
        "A5 A6",
        {"zelfscan.rounds.earlier.settle": lambda later, *_, **__: later},
        (
            f"{TOGETHER}test_who_joined_between_two_rounds_stays_hidden[sqlite]",
            f"{TOGETHER}test_who_left_between_two_rounds_stays_hidden[sqlite]",
            f"{TOGETHER}test_releases_that_stand_beside_each_other_cannot_be_reconstructed",
        ),
    ),
    "no round overlooked that was closed meanwhile": Guard(
        "A5",
        {"zelfscan.rounds.services.are_still": always(True)},
        (f"{TOGETHER}test_a_round_that_is_closed_while_another_is_counted_is_not_overlooked[sqlite]",),
    ),
    "trends of groups that stayed or changed enough": Guard(
        "A5",
        {"zelfscan.privacy.differencing._fits": always(True)},
        ("tests/privacy/test_differencing.py::test_a_trend_needs_nobody_or_enough_who_joined_or_left",),
    ),
    "a release never says what it hides": Guard(
        "A13",
        {"zelfscan.rounds.services._released_groups": lambda *given: list(map(_telling, _released(*given)))},
        (f"{RELEASES}test_the_release_says_that_something_is_hidden_and_never_what",),
    ),
    "one sentence for whatever is hidden": Guard(
        "A13",
        {"zelfscan.dashboard.view._hides": always(False)},
        (f"{RELEASES}test_a_table_that_goes_because_of_what_was_answered_is_not_shown_in_the_words_of_any_other",),
    ),
}

_released = round_services._released_groups


def _telling(row: Any) -> Any:
    row.content = {**row.content, "why": "too few"}
    return row


# The database.


def keeping_deleted(connection: Any, record: Any) -> None:
    _prepare(connection, record)
    connection.execute("PRAGMA secure_delete = OFF")


_prepare, _migrate = db._prepare_sqlite, db.Database.migrate


def stored_aside(self: db.Database) -> None:
    """Tables as PostgreSQL makes them by itself: what is long goes to a numbered table beside them."""
    _migrate(self)
    if not self.is_sqlite:
        with self.engine.begin() as connection:
            for table in ("ballot", "vault_entry"):
                connection.execute(text(f"ALTER TABLE {table} ALTER COLUMN sealed SET STORAGE EXTERNAL"))


def in_plain(_: bytes, plaintext: bytes, size: int, aad: bytes) -> bytes:
    return bytes(sealing.NONCE_SIZE) + sealing._pad(plaintext, size) + bytes(sealing.TAG_SIZE)


def from_plain(_: bytes, blob: bytes, aad: bytes) -> bytes:
    return sealing._unpad(blob[sealing.NONCE_SIZE : -sealing.TAG_SIZE])


def ballot_in_plain(_: bytes, ballot: Any, round_id: str, ballot_id: bytes) -> bytes:
    return ballot.to_bytes().ljust(sealing.BALLOT_SIZE, b"\0")  # type: ignore[no-any-return]


def unpadded(plaintext: bytes, _: int) -> bytes:
    return len(plaintext).to_bytes(sealing.LENGTH_PREFIX, "big") + plaintext


def with_the_outcome(database: db.Database, round_id: str, ballot_id: bytes, sealed: bytes) -> None:
    """Put a ballot, and write the vault in the same transaction."""
    with database.write() as session:
        round_ = round_services.lock_open(session, round_id)
        ballot = Ballot(round_id=round_id, id=ballot_id, organisation_id=round_.organisation_id, sealed=sealed)
        write_mixed(session, ballot, Ballot.id, Ballot.round_id == round_id)
        session.execute(update(VaultEntry).values(sealed=VaultEntry.sealed))


def with_the_ballot(session: Session, *given: Any) -> bool:
    """Mark an invitation as used, and write ballots in the same transaction."""
    session.execute(update(Ballot).values(sealed=Ballot.sealed))
    return _use(session, *given)


def with_a_day() -> None:
    Base.metadata.tables["vault_entry"].append_column(Column("made_on", Date))


_use = invitation_services._use
DATABASE, SNAPSHOTS = f"{HERE}/test_database.py::", f"{HERE}/test_snapshots.py::"

OF_THE_DATABASE = {
    "neighbours written anew": Guard(
        "A8",
        {"zelfscan.mixing.NEIGHBOURS": 0},
        (
            f"{DATABASE}test_the_order_of_rows_joins_nobody[sqlite]",
            f"{HERE}/test_invitations.py::test_the_order_of_rows_joins_no_invitation_to_a_ballot_or_outcome[sqlite]",
        ),
    ),
    "log of SQLite emptied": Guard(
        "A8",
        {"zelfscan.db.Database.forget_traces": nothing},
        (f"{DATABASE}test_the_write_ahead_log_is_empty_after_each_scan",),
    ),
    "deleted bytes overwritten": Guard(
        "A8",
        {"zelfscan.db._prepare_sqlite": keeping_deleted},
        (f"{DATABASE}test_what_was_deleted_is_not_in_the_file",),
    ),
    "tables rewritten at closing": Guard(
        "A8",
        {"zelfscan.db.Database.rewrite": nothing},
        (f"{SNAPSHOTS}test_after_closing_there_is_no_ballot_in_the_file_and_no_page_that_one_was_on",),
    ),
    "no TOAST for sealed tables": Guard(
        "A8",
        {"zelfscan.db.Database.migrate": stored_aside},
        (f"{DATABASE}test_postgresql_keeps_no_numbered_copy_of_sealed_values[postgresql]",),
    ),
    "ballot and outcome in transactions of their own": Guard(
        "A8 A9",
        {"zelfscan.outcome.services.put_ballot": with_the_outcome},
        (f"{SNAPSHOTS}test_no_transaction_writes_in_two_tables_about_one_person[sqlite]",),
    ),
    "an invitation marked in a transaction of its own": Guard(
        "A8 A9",
        {"zelfscan.rounds.invitations.services._use": with_the_ballot},
        (f"{SNAPSHOTS}test_no_transaction_writes_in_two_tables_about_one_person[sqlite]",),
    ),
    "drafts sealed": Guard(
        "A7",
        {"zelfscan.scan.drafts.seal": in_plain, "zelfscan.scan.drafts.open_sealed": from_plain},
        (f"{DATABASE}test_a_dump_holds_no_answer_outcome_or_code_in_plain[sqlite]",),
    ),
    "vault sealed": Guard(
        "A7",
        {"zelfscan.outcome.services.seal": in_plain, "zelfscan.outcome.services.open_sealed": from_plain},
        (f"{SNAPSHOTS}test_nothing_that_is_sealed_can_be_read_or_unpacked[sqlite]",),
    ),
    "ballots sealed": Guard(
        "A7",
        {"zelfscan.outcome.services.seal_ballot": ballot_in_plain},
        (
            f"{DATABASE}test_a_dump_holds_no_answer_outcome_or_code_in_plain[sqlite]",
            f"{SNAPSHOTS}test_nothing_that_is_sealed_can_be_read_or_unpacked[sqlite]",
        ),
    ),
    "a vault key of the code alone": Guard(
        "A7",
        {"zelfscan.privacy.code.CodeKeys.vault_key": property(lambda self: self.lookup)},
        (f"{DATABASE}test_the_server_s_own_secrets_open_no_outcome[sqlite]",),
    ),
    "padding": Guard(
        "A15",
        {"zelfscan.privacy.sealing._pad": unpadded},
        (
            "tests/privacy/test_sealing.py::test_all_ballots_are_equally_long",
            "tests/privacy/test_sealing.py::test_what_is_sealed_opens_and_is_as_long_as_asked",
        ),
    ),
    "cost of trying codes": Guard(
        "A15",
        {"zelfscan.privacy.code.ARGON2_MEMORY": 64},
        ("tests/privacy/test_code.py::test_known_answers",),
    ),
    "no time beside what is sealed": Guard(
        "A7",
        {},
        (f"{DATABASE}test_sealed_tables_hold_no_person_time_or_counter",),
        with_a_day,
    ),
}


# Pages and logs.


def quoting(url: str, **options: Any) -> Any:
    return create_engine(url, **options | {"hide_parameters": False})


def kept_a_while(response: Any) -> Any:
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


def in_the_address(key: str) -> Callable[..., Any]:
    return lambda base, code: f"{base}/mijn?{key}={code}"


CODE, ENUMERATION, ROLES = (f"{HERE}/test_{name}.py::" for name in ("code", "enumeration", "roles"))

OF_PAGES = {
    "statements without values": Guard(
        "A11",
        {"zelfscan.db.create_engine": quoting},
        (f"{CODE}test_a_database_error_quotes_no_value[sqlite]",),
    ),
    "no cache": Guard(
        "A11",
        {"zelfscan.web.security.set_headers": kept_a_while},
        (f"{CODE}test_no_page_may_be_kept_by_a_cache[sqlite]",),
    ),
    "no referrer for other sites": Guard(
        "A11",
        {"zelfscan.web.security.HEADERS": {**security.HEADERS, "Referrer-Policy": "unsafe-url"}},
        (f"{CODE}test_no_other_site_hears_the_address_of_a_page[sqlite]",),
    ),
    "cookies out of reach of scripts": Guard(
        "A11",
        {"zelfscan.web.cookies.set_cookie": lambda response, name, value, *_: response.set_cookie(name, value)},
        (f"{CODE}test_no_script_and_no_other_site_gets_at_a_cookie_that_holds_a_key[sqlite]",),
    ),
    "crashes without their message": Guard(
        "A11", {"zelfscan.web.errors.where": repr}, (f"{CODE}test_a_crash_writes_no_code[sqlite]",)
    ),
    "the code of a QR in the fragment": Guard(
        "A11",
        {"zelfscan.outcome.routes.code_address": in_the_address("code")},
        (f"{CODE}test_the_qr_holds_the_code_in_the_fragment[sqlite]",),
    ),
    "the code put away for good": Guard(
        "A11",
        {"zelfscan.scan.drafts.erase": nothing},
        (
            f"{SNAPSHOTS}test_copies_around_the_last_press_show_that_this_draft_became_this_outcome_and_this_ballot"
            "[sqlite]",
        ),
    ),
    "limit on codes": Guard(
        "A12",
        {"zelfscan.web.limits.attempts.hit": always(True)},
        (
            f"{CODE}test_attempts_are_limited[sqlite]",
            f"{ENUMERATION}test_who_tries_too_often_gets_no_work_done_and_another_link_does_not_help[sqlite-start]",
        ),
    ),
    "an unknown code looked up as a known one": Guard(
        "A12",
        {"zelfscan.outcome.services.open_vault": lambda installation, keys: _in_two_steps(installation, keys)},
        (f"{ENUMERATION}test_a_code_that_opens_nothing_answers_alike_for_whatever_reason[sqlite-return]",),
    ),
    "an unknown address verified as a known one": Guard(
        "A12",
        {"zelfscan.organisations.routes.sign_in": lambda session, email, password: _at_once(session, email, password)},
        (f"{ENUMERATION}test_an_address_without_an_account_and_a_wrong_password_answer_alike[sqlite]",),
    ),
    "routes closed unless declared open": Guard(
        "A14",
        {"zelfscan.web.access.guard": nothing},
        ("tests/web/test_access.py::test_a_route_that_nobody_declared_opens_for_nobody",),
    ),
    "dashboards limited to own units": Guard(
        "A14",
        {
            "zelfscan.dashboard.queries.visible_units": lambda session, account: organisation_queries.units_of(
                session, account.organisation_id
            )
        },
        (
            f"{HERE}/test_dashboards.py::test_everybody_sees_own_units_only[sqlite-leader@test.example]",
            f"{ROLES}test_a_dashboard_opens_for_who_has_a_role_there_and_of_closed_rounds_only[leader@test.example]",
        ),
    ),
    "dashboards limited to closed rounds": Guard(
        "A14",
        {
            "zelfscan.dashboard.queries.closed_rounds": lambda session, account: round_queries.rounds_of(
                session, account.organisation_id
            )
        },
        (f"{ROLES}test_a_dashboard_opens_for_who_has_a_role_there_and_of_closed_rounds_only[all@test.example]",),
    ),
    "dashboards read releases alone": Guard(
        "A14",
        {"zelfscan.dashboard.queries.released_groups": lambda session, round_id: _counting(session, round_id)},
        (f"{HERE}/test_dashboards.py::test_dashboards_read_no_secret_table[sqlite]",),
    ),
    "scans unknown to the log": Guard(
        "A14",
        {"zelfscan.scan.routes.begin": lambda database, link, *more: _noted(database, link, *more)},
        (f"{HERE}/test_audit_log.py::test_a_whole_scan_and_what_comes_after_it_are_not_in_the_log[sqlite]",),
    ),
    "metrics without a counter": Guard(
        "A9",
        {"zelfscan.web.metrics.exposition": lambda found: _exposition(found) + f"# {process_time():.4f}\n".encode()},
        (f"{HERE}/test_metrics.py::test_taking_a_scan_changes_nothing[sqlite]",),
    ),
    "turnout in ranges": Guard(
        "A9",
        {
            "zelfscan.rounds.invitations.participation.share_range": lambda used, invited, _: (
                100 * used // invited,
                100 * used // invited,
            )
        },
        (f"{HERE}/test_invitations.py::test_participation_says_nothing_of_small_groups_nobody_or_everybody[sqlite]",),
    ),
    "status in steps": Guard(
        "A9",
        {"zelfscan.rounds.queries.STEP": 1},
        (f"{HERE}/test_audit_log.py::test_status_does_not_tell_when_one_person_finished[sqlite]",),
    ),
}

_exposition = metrics.exposition
_open_vault, _sign_in = outcome_services.open_vault, organisation_services.sign_in
_groups, _begin = round_queries.released_groups, scan_services.begin


def _in_two_steps(installation: Any, keys: Any) -> Any:
    """A code that has a ballot somewhere is looked for longer."""
    with installation.database.read() as session:
        ids = [keys.ballot_id(round_.id) for _, round_ in round_queries.all_rounds(session)]
        if session.scalar(text("SELECT count(*) FROM ballot WHERE id = :id"), {"id": ids[0]}):
            session.execute(text("SELECT 1"))
    return _open_vault(installation, keys)


def _at_once(session: Session, email: str, password: str) -> Any:
    known = session.scalar(text("SELECT count(*) FROM account WHERE email = :email"), {"email": email})
    return _sign_in(session, email, password) if known else None


def _counting(session: Session, round_id: str) -> Any:
    session.execute(text("SELECT count(*) FROM ballot"))
    return _groups(session, round_id)


def _noted(database: Any, link: Any, *more: Any) -> bytes:
    record(database, "somebody", "demo", link.organisation_id, link.team)
    return _begin(database, link, *more)


# Nothing lost, nothing double; keys.


def another_code(content: Mapping[str, Any]) -> Any:
    return replace(_from_dict(content), code=code.new_code())


def kept_as_well(settings: Any, round_: Any, private: bytes, custodians: Any) -> None:
    """Give the custodians their shares, and keep the key."""
    custody.keep_key(settings, round_, private, custodians)
    if custodians:
        keys.store_key(settings, round_.id, private)


def whatever_was_there(database: db.Database, key: bytes, held: drafts.Held, content: Any, last_day: Any) -> bool:
    """Replace a draft without a look at what another tab made of it."""
    with database.write() as session:
        session.execute(update(Draft).where(Draft.id == drafts._id(key)).values(sealed=drafts._seal(key, content)))
    return True


_from_dict = scan_services.Scan.from_dict
LOST, INVITATIONS, CUSTODY = (f"{HERE}/test_{name}.py::" for name in ("nothing_lost", "invitations", "custody"))

OF_COUNTING = {
    "one code for every retry": Guard(
        "A10",
        {"zelfscan.scan.services.Scan.from_dict": another_code},
        (f"{LOST}test_a_worker_killed_while_finishing_loses_and_doubles_nothing[sqlite-_keep]",),
    ),
    "the ballots that were counted are those that are there": Guard(
        "A10",
        {"zelfscan.rounds.services._fingerprint": always(frozenset())},
        (f"{LOST}test_a_ballot_that_comes_while_the_round_is_counted_is_counted[sqlite]",),
    ),
    "an outcome of the last answers": Guard(
        "A10",
        {"zelfscan.scan.services.Scan.__eq__": always(True)},
        (f"{LOST}test_an_answer_that_another_tab_saves_while_finishing_is_in_the_outcome_and_the_ballot[sqlite]",),
    ),
    "tabs that do not overwrite each other": Guard(
        "A10",
        {"zelfscan.scan.drafts._replace": whatever_was_there},
        (f"{LOST}test_two_tabs_keep_each_other_s_answers[sqlite]",),
    ),
    "key destroyed at closing": Guard(
        "A7",
        {"zelfscan.rounds.services.destroy_key": nothing},
        (f"{HERE}/test_dashboards.py::test_ballots_are_gone_after_closing[sqlite]",),
    ),
    "ballots destroyed at closing": Guard(
        "A7",
        {"zelfscan.rounds.services.delete": lambda table: delete(table).where(false())},
        (f"{HERE}/test_dashboards.py::test_ballots_are_gone_after_closing[sqlite]",),
    ),
    "an invitation counts once": Guard(
        "A10",
        {"zelfscan.outcome.services.is_used_elsewhere": always(False)},
        (f"{INVITATIONS}test_one_invitation_gives_one_ballot_whoever_finishes_first[sqlite]",),
    ),
    "addresses and marks erased at closing": Guard(
        "A7",
        {"zelfscan.rounds.services.OF_INVITATIONS": ()},
        (f"{INVITATIONS}test_closing_erases_addresses_and_marks[sqlite]",),
    ),
    "shares overwritten before they go": Guard(
        "A7",
        {"zelfscan.rounds.keys.overwrite": nothing},
        (f"{CUSTODY}test_shares_are_overwritten_when_the_round_closes[sqlite]",),
    ),
    "a shared key on no disk": Guard(
        "A7",
        {"zelfscan.rounds.services.keep_key": kept_as_well},
        (f"{CUSTODY}test_the_private_key_is_on_no_disk[sqlite]",),
    ),
    "two halves of a key": Guard(
        "A7",
        {"zelfscan.privacy.custody.split": lambda secret: (secret, bytes(len(secret)))},
        (f"{CUSTODY}test_the_server_and_one_custodian_together_open_no_ballot[sqlite]",),
    ),
    "shares destroyed at closing": Guard(
        "A7",
        {"zelfscan.rounds.services.destroy_shares": nothing},
        (f"{CUSTODY}test_shares_are_overwritten_when_the_round_closes[sqlite]",),
    ),
}

GUARDS: dict[str, Guard] = OF_RELEASES | OF_THE_DATABASE | OF_PAGES | OF_COUNTING


# Trying them.

ALL_TESTS = tuple(dict.fromkeys(test for guard in GUARDS.values() for test in guard.tests))
MODULES = sorted({test.partition(".py")[0].replace("/", ".") for test in ALL_TESTS})
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.conftest", __name__, *MODULES])
LEFT_OUT = ("cacheprovider", "xdist", "unraisableexception", "threadexception")
"""Plugins of pytest that a trial can do without."""
OPTIONS = ("-q", "--no-header", "--assert=plain", "--tb=line", *(f"-pno:{plugin}" for plugin in LEFT_OUT))
EXPECTED = (AssertionError, pytest.fail.Exception)
"""How a test turns red; anything else is a crash, which would say nothing of what the test demands."""


@dataclass
class Verdict:
    """What became of tests.

    Attributes:
        code: that pytest ended with.
        passed, red: node ids of those that passed, and that failed at what they demand.
        crashed: node ids of those that failed otherwise, or before they began.
        said: the end of what pytest printed.
    """

    code: int = -1
    passed: list[str] = field(default_factory=list)
    red: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    said: str = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Any:
        report = yield
        if call.excinfo is None:
            self.passed += [item.nodeid] if report.when == "call" else []
        elif report.when == "call" and call.excinfo.errisinstance(EXPECTED):
            self.red.append(item.nodeid)
        else:
            self.crashed.append(f"{item.nodeid}: {call.excinfo.exconly()}")
        return report


def trial(name: str, template: Path, folder: Path) -> Verdict:
    """Take a guard out and run its tests.

    Args:
        template: a migrated SQLite file, to spare each test the making of one.
        folder: where the tests may write; new.
    """
    answer, own = CONTEXT.Pipe(duplex=False)
    process = CONTEXT.Process(target=_try, args=(name, template, folder, own))
    process.start()
    own.close()
    try:
        return answer.recv() if answer.poll(PATIENCE) else Verdict(said=f"no end after {PATIENCE} seconds")
    except EOFError:
        return Verdict(said="the process died")
    finally:
        process.kill()
        process.join()


def _try(name: str, template: Path, folder: Path, answer: Connection) -> None:
    guard = GUARDS[name]
    patch, verdict, said = pytest.MonkeyPatch(), Verdict(), io.StringIO()
    patch.setattr(db.Database, "migrate", _from(template))
    patch.setattr(installation, "known_materials", _materials)
    gc.freeze()
    for attribute, value in guard.without.items():
        patch.setattr(attribute, value)
    guard.also()
    with contextlib.redirect_stdout(said):
        verdict.code = int(pytest.main([*OPTIONS, f"--basetemp={folder}", *guard.tests], plugins=[verdict]))
    verdict.said = said.getvalue()[-3000:]
    answer.send(verdict)


_materials = cache(installation.known_materials)
_materials(Settings().bank_folders)


def _from(template: Path) -> Callable[[db.Database], None]:
    def migrate(self: db.Database) -> None:
        if not self.is_sqlite:
            _migrate(self)
        elif not Path(str(self.engine.url.database)).exists():
            shutil.copy(template, str(self.engine.url.database))

    return migrate
