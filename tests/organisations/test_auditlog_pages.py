"""What the pages and the command for accounts note in the log; on both databases."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.support import PASSWORD, TODAY, World, cast
from zelfscan.cli import cli
from zelfscan.installation import initialise
from zelfscan.organisations import auditlog
from zelfscan.organisations.auditlog import all_events, record
from zelfscan.organisations.models import Account
from zelfscan.rounds.services import close_round

LEADER = "leader@test.example"


def told(world: World) -> list[tuple[str, str, str]]:
    with world.installation.database.read() as session:
        return [(event.who, event.kind, event.subject) for event in all_events(session)]


def sign_in(client: FlaskClient, email: str = LEADER, password: str = PASSWORD) -> int:
    return client.post("/account/inloggen", data={"email": email, "password": password}).status_code


def break_log(world: World) -> None:
    with world.installation.database.write() as session:
        session.execute(text("DROP TABLE audit_event"))


def test_signing_in_looking_and_signing_out_are_noted(app: Flask, world: World) -> None:
    cast(world, {"Anemoon": 9})
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    client = app.test_client()
    sign_in(client)
    client.get("/dashboard/", follow_redirects=True)
    client.post("/account/uitloggen")
    assert told(world) == [
        (LEADER, "look_at_dashboard", "Nulmeting · Anemoon"),
        (LEADER, "sign_in", ""),
        (LEADER, "sign_out", ""),
    ]


def test_a_page_that_she_may_not_see_is_not_noted_as_seen(app: Flask, world: World) -> None:
    cast(world, {"Anemoon": 9})
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    client = app.test_client()
    sign_in(client)
    assert client.get(f"/dashboard/{world.round_id}/{world.units['Duin'].id}").status_code == 404
    assert [kind for _, kind, _ in told(world)] == ["sign_in"]


def test_what_was_typed_is_not_kept_when_signing_in_fails(app: Flask, world: World) -> None:
    client = app.test_client()
    for email in (LEADER, "dor-lef-pim-wak-tus-nog-hab@example", "Anemoon@nobody.example"):
        assert sign_in(client, email, "my other password") == 200
    assert told(world) == [("", "failed_sign_in", ""), (LEADER, "failed_sign_in", "")]


def test_a_known_and_an_unknown_address_cost_the_same_writes(app: Flask, world: World) -> None:
    """Otherwise the time of an answer would tell who has an account, the first time and every time after it."""
    client, counts = app.test_client(), []
    for email in (LEADER, "nobody@test.example") * 2:
        with world.installation.database.read() as session:
            before = {event.id for event in all_events(session)}
        sign_in(client, email, "wrong")
        with world.installation.database.read() as session:
            counts.append(len({event.id for event in all_events(session)} - before))
    assert counts == [1] * 4


def test_nobody_signs_in_or_looks_while_the_log_is_broken(app: Flask, world: World) -> None:
    cast(world, {"Anemoon": 9})
    close_round(world.installation.database, world.installation.settings, world.round_id, TODAY)
    inside, outside = app.test_client(), app.test_client()
    sign_in(inside)
    break_log(world)
    assert sign_in(outside) == 500
    assert outside.get("/dashboard/").status_code == 302
    page = inside.get(f"/dashboard/{world.round_id}/{world.units['Anemoon'].id}")
    assert page.status_code == 500
    assert "Anemoon" not in page.text


def test_an_account_is_made_only_if_that_is_noted(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))
    asked = ["user", "add", "--organisation", "Testzorg", "--role", "organisatiemanager", "--password", PASSWORD]
    assert CliRunner().invoke(cli, [*asked, "--email", "new@test.example"]).exit_code == 0
    assert told(sqlite_world) == [(auditlog.command_line(), "add_account", "new@test.example")]
    break_log(sqlite_world)
    failed = CliRunner().invoke(cli, [*asked, "--email", "unseen@test.example"])
    assert isinstance(failed.exception, DBAPIError)
    with sqlite_world.installation.database.read() as session:
        assert session.scalar(select(Account).where(Account.email == "unseen@test.example")) is None


def test_what_is_too_old_goes_when_the_installation_is_brought_up_to_date(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = world.units["Testzorg"].organisation_id
    monkeypatch.setattr(auditlog, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    record(world.installation.database, LEADER, "sign_in", organisation)
    monkeypatch.undo()
    record(world.installation.database, LEADER, "sign_out", organisation)
    initialise(world.installation.settings)
    assert [kind for _, kind, _ in told(world)] == ["sign_out"]
