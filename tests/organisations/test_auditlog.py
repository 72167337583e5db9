"""The log of what managers and administrators did; on both databases."""

import json
import os
import pwd
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import DataError, IntegrityError

from tests.support import World
from zelfscan.cli import cli
from zelfscan.errors import ClearError
from zelfscan.organisations import auditlog
from zelfscan.organisations.auditlog import (
    AuditEvent,
    all_events,
    command_line,
    erase_old,
    events_of,
    record,
    record_sign_in,
)
from zelfscan.organisations.log_command import WORDS
from zelfscan.organisations.services import add_organisation, new_id

NOW = datetime(2026, 11, 22, 10, 59, 58, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditlog, "now", lambda: NOW)


def own(world: World) -> str:
    return world.units["Testzorg"].organisation_id


def note(world: World, kind: str = "print_links", *names: str, who: str = "all@test.example") -> None:
    record(world.installation.database, who, kind, own(world), *(names or ("Nulmeting",)))


def told(world: World) -> list[tuple[str, str, str, str]]:
    with world.installation.database.read() as session:
        return [(event.hour, event.who, event.kind, event.subject) for event in events_of(session, own(world))]


def test_who_when_and_what_is_noted(world: World) -> None:
    note(world, "look_at_dashboard", "Nulmeting", "Anemoon")
    assert told(world) == [("2026-11-22T10", "all@test.example", "look_at_dashboard", "Nulmeting · Anemoon")]


def test_the_same_in_the_same_hour_is_noted_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        note(world)
    monkeypatch.setattr(auditlog, "now", lambda: NOW.replace(hour=11))
    note(world)
    assert [hour for hour, *_ in told(world)] == ["2026-11-22T10", "2026-11-22T11"]


def test_the_time_is_that_of_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert auditlog.now().utcoffset() == NOW.utcoffset()


def test_the_command_line_is_named_with_the_user_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "somebody-else")
    monkeypatch.setenv("LOGNAME", "somebody-else")
    assert command_line() == f"command line: {pwd.getpwuid(os.getuid()).pw_name}"


def test_a_user_without_a_name_has_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999)
    assert command_line() == "command line: 3999999"


def test_an_administrator_reads_the_log_of_her_own_organisation_only(world: World) -> None:
    database = world.installation.database
    with database.write() as session:
        other = add_organisation(session, "Anderzorg").organisation_id
    note(world)
    record(database, "boss@other.example", "sign_in", other)
    record(database, "", "failed_sign_in", None)
    assert [who for _, who, *_ in told(world)] == ["all@test.example"]
    with database.read() as session:
        assert [event.who for event in events_of(session, other)] == ["boss@other.example"]
        assert len(all_events(session)) == 3


def test_the_log_is_read_from_a_day_on_from_old_to_new(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in (23, 21, 22):
        monkeypatch.setattr(auditlog, "now", lambda day=day: NOW.replace(day=day))
        note(world)
    with world.installation.database.read() as session:
        assert [event.hour[8:10] for event in events_of(session, own(world))] == ["21", "22", "23"]
        assert [event.hour[8:10] for event in all_events(session, date(2026, 11, 22))] == ["22", "23"]


def test_what_is_older_than_the_setting_is_erased(world: World) -> None:
    note(world)
    for day, left in ((date(2027, 11, 22), 1), (date(2027, 11, 23), 0)):
        with world.installation.database.write() as session:
            erase_old(session, day, 365)
        assert len(told(world)) == left


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"kind": "took_a_scan"}, "ck_audit_event_kind"),
        ({"hour": "2026-11-22"}, "whole_hours"),
        ({"hour": "20261122T1059"}, "whole_hours"),
        ({"organisation_id": None}, "of_an_organisation_or_of_nobody"),
        ({"organisation_id": None, "kind": "failed_sign_in"}, "of_an_organisation_or_of_nobody"),
    ],
)
def test_the_database_refuses_what_may_not_be_in_the_log(world: World, change: dict[str, str], constraint: str) -> None:
    event = {"hour": "2026-11-22T10", "who": "a@b", "kind": "sign_in", "subject": "", "organisation_id": own(world)}
    refused = pytest.raises(IntegrityError, match=constraint)
    with refused, world.installation.database.write() as session:
        session.add(AuditEvent(id=new_id(), **(event | change)))


def test_no_finer_time_fits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditlog, "HOUR", "%Y-%m-%dT%H:%M")
    with pytest.raises((IntegrityError, DataError)):
        note(world)


def test_a_long_name_is_cut_and_not_refused(world: World) -> None:
    note(world, "look_at_dashboard", "r" * 300, "u" * 300)
    assert len(told(world)[0][3]) == auditlog.SUBJECT_LENGTH


def test_every_kind_has_words_in_both_languages() -> None:
    for words in WORDS.values():
        assert set(words) == {*auditlog.KINDS, "nobody", "no_organisation"}


@pytest.fixture
def run(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return CliRunner()


def test_the_log_on_the_command_line(run: CliRunner, sqlite_world: World) -> None:
    note(sqlite_world)
    record(sqlite_world.installation.database, "", "failed_sign_in", None)
    shown = run.invoke(cli, ["log"]).output.splitlines()
    assert shown == [
        "2026-11-22 10h · unknown address · could not sign in",
        "2026-11-22 10h · all@test.example · asked for the links of a round · Nulmeting",
    ]
    assert run.invoke(cli, ["log", "--organisation", "Testzorg", "--language", "nl"]).output == (
        "2026-11-22 10h · all@test.example · vroeg de links van een ronde op · Nulmeting\n"
    )
    assert run.invoke(cli, ["log", "--since", "2026-11-23"]).output == ""


def test_the_log_for_a_program(run: CliRunner, sqlite_world: World) -> None:
    note(sqlite_world)
    (event,) = json.loads(run.invoke(cli, ["log", "--json"]).output)
    assert event == {
        "hour": "2026-11-22T10",
        "who": "all@test.example",
        "kind": "print_links",
        "subject": "Nulmeting",
        "organisation_id": own(sqlite_world),
    }


def test_an_unknown_organisation_is_told(run: CliRunner) -> None:
    with pytest.raises(ClearError, match="no organisation 'Ander'"):
        run.invoke(cli, ["log", "--organisation", "Ander"], catch_exceptions=False)


def test_signing_in_is_noted_with_the_account_and_an_unknown_address_is_not_kept(world: World) -> None:
    database = world.installation.database
    record_sign_in(database, " Leader@test.example ", succeeded=True)
    record_sign_in(database, "leader@test.example", succeeded=False)
    record_sign_in(database, "dor-lef-pim-wak-tus-nog-hab", succeeded=False)
    with database.read() as session:
        noted = [(event.who, event.kind, event.organisation_id) for event in all_events(session)]
    assert noted == [
        ("", "failed_sign_in", None),
        ("leader@test.example", "failed_sign_in", own(world)),
        ("leader@test.example", "sign_in", own(world)),
    ]


def test_signing_in_with_an_address_that_is_gone_meanwhile_is_refused(world: World) -> None:
    with pytest.raises(IntegrityError, match="of_an_organisation_or_of_nobody"):
        record_sign_in(world.installation.database, "gone@test.example", succeeded=True)
