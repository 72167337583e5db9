"""A14: every role, and who runs the server, on every route and command, with every id that there is.

They have accounts, links, ids, the database's address and the secrets of the server. They have no code, and no cookie
of an employee's browser. Nobody finds an outcome, takes one away, or opens what is another's.
"""

import hashlib
from collections.abc import Iterator
from itertools import product
from typing import Any

import click
import pytest
from click.testing import CliRunner
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from tests.conftest import make_app
from tests.support import ACCOUNTS, PASSWORD, TODAY, World, bank_text, cast, take_scan, visit
from zelfscan.banks.loader import parse_bank
from zelfscan.cli import cli
from zelfscan.organisations.models import Account
from zelfscan.organisations.services import add_account, add_organisation, add_unit
from zelfscan.outcome.models import VaultEntry
from zelfscan.privacy.code import new_code
from zelfscan.rounds.models import Ballot
from zelfscan.rounds.queries import links_of, rounds_of
from zelfscan.rounds.services import close_round, open_round
from zelfscan.scan.models import Draft
from zelfscan.web.limits import attempts

STRANGER = "stranger@test.example"
"""Manager of the whole of another organisation."""
OWN_WORDS = ("Open morgen samen één bijlage.", "Open one attachment together tomorrow.")
"""A tip for who cannot open an attachment: only on the page of an outcome."""
SENT = {"send": "team", "keep": "code", "go": "next", "apps.openen": "4", "language": "nl", "next": "/"}
LEAVES_LAST = "organisations.leave"
BEGINS = "scan.start"


@pytest.fixture
def house(sqlite_world: World) -> World:
    """A closed round; in an open one somebody finished with a low outcome, and somebody is on her way to one."""
    world, here = sqlite_world, sqlite_world.installation
    cast(world, {"Anemoon": 9, "Bosuil": 8, "Duin": 12})
    close_round(here.database, here.settings, world.round_id, TODAY)
    with here.database.write() as session:
        root = add_organisation(session, "Anderszorg")
        add_account(session, STRANGER, PASSWORD, "organisatiemanager", [root])
        world.units["Anderszorg"] = root
        world.units["Fazant"] = add_unit(session, add_unit(session, root, "location", "Oost"), "team", "Fazant")
    opened = opened_again(world)
    take_scan(opened, "Anemoon", 0)
    visit(opened, "Bosuil", 0)
    return opened


def opened_again(world: World) -> World:
    here, asked = world.installation, [parse_bank(bank_text("mini"), "mini.yaml")]
    round_id = open_round(here.database, here.settings, world.units["Testzorg"].organisation_id, "Twee", asked, TODAY)
    with here.database.read() as session:
        tokens = {team: token for _, team, token in links_of(session, round_id)}
    return World(here, world.units, round_id, tokens)


def closed_round(world: World) -> str:
    with world.installation.database.read() as session:
        rounds = rounds_of(session, world.units["Testzorg"].organisation_id)
    return next(round_.id for round_ in rounds if round_.state == "closed")


def signed_in(app: Flask, email: str | None) -> FlaskClient:
    client = app.test_client()
    if email:
        attempts.storage.reset()
        answer = client.post("/account/inloggen", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 302
    return client


def sealed(world: World) -> str:
    """What all that is sealed comes to: the same as long as nobody touched it."""
    with world.installation.database.read() as session:
        found = [
            *session.scalars(select(VaultEntry.sealed).order_by(VaultEntry.lookup)),
            *session.scalars(select(Ballot.sealed).order_by(Ballot.id)),
        ]
    return hashlib.sha256(b"".join(found)).hexdigest()


def ids_of(world: World) -> dict[str, list[Any]]:
    """For each name that a route can have in its address, everything that the attacker can put there."""
    with world.installation.database.read() as session:
        drafts = [id_.hex() for id_ in session.scalars(select(Draft.id))]
        lookups = [key.hex() for key in session.scalars(select(VaultEntry.lookup))]
        ballots = [id_.hex() for id_ in session.scalars(select(Ballot.id))]
    rounds = [world.round_id, closed_round(world)]
    units = [unit.id for unit in world.units.values()]
    return {
        "round_id": [*rounds, *lookups, *ballots],
        "unit_id": [*units, *lookups],
        "token": [*world.tokens.values(), *rounds, *drafts],
        "number": [1, 2],
        "filename": ["zelfscan.css"],
        "": [*rounds, *units, *lookups],
    }


def addresses(app: Flask, rule: Rule, ids: dict[str, list[Any]]) -> Iterator[str]:
    names = sorted(rule.arguments)
    for chosen in product(*(ids.get(name, ids[""]) for name in names)):
        with app.test_request_context():
            yield url_for(rule.endpoint, **dict(zip(names, chosen, strict=True)))


def rules(app: Flask) -> list[Rule]:
    """Every route; the one that signs out comes last."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == LEAVES_LAST, rule.endpoint))


@pytest.mark.parametrize("email", [None, *ACCOUNTS, STRANGER])
def test_no_role_finds_or_touches_an_outcome_on_any_route_with_any_id(house: World, email: str | None) -> None:
    app = make_app(house)
    client, before, visited = signed_in(app, email), sealed(house), set()
    ids = ids_of(house)
    for rule in rules(app):
        for address, method in product(addresses(app, rule, ids), (rule.methods or set()) & {"GET", "POST"}):
            if (rule.endpoint, method) == (BEGINS, "POST"):
                continue
            attempts.storage.reset()
            with client.open(address, method=method, data=SENT | {"code": new_code()}) as answer:
                assert answer.status_code < 500, address
                if rule.endpoint != "static":
                    assert not [words for words in OWN_WORDS if words in answer.text], address
            visited.add(rule.endpoint)
    assert visited >= {rule.endpoint for rule in rules(app)} - {BEGINS}
    assert sealed(house) == before


def test_the_words_are_found_by_who_has_the_code(house: World) -> None:
    client = make_app(house).test_client()
    client.post("/mijn", data={"code": take_scan(house, "Anemoon", 0)})
    assert OWN_WORDS[0] in client.get("/mijn/uitkomst").text


SEES = {
    "leader@test.example": {"Anemoon"},
    "location@test.example": {"Noord", "Anemoon", "Bosuil", "Ceder"},
    "all@test.example": {"Testzorg", "Noord", "Anemoon", "Bosuil", "Ceder", "Zuid", "Duin", "Ekster"},
    STRANGER: set(),
    None: set(),
}


@pytest.mark.parametrize("email", SEES)
def test_a_dashboard_opens_for_who_has_a_role_there_and_of_closed_rounds_only(house: World, email: str | None) -> None:
    client = signed_in(make_app(house), email)
    rounds = closed_round(house), house.round_id
    found = {
        (name, round_id)
        for name, unit in house.units.items()
        for round_id in rounds
        if client.get(f"/dashboard/{round_id}/{unit.id}").status_code == 200
    }
    assert found == {(name, rounds[0]) for name in SEES[email]}


def test_a_page_of_one_organisation_names_no_unit_of_another(house: World) -> None:
    app = make_app(house)
    for email in (*ACCOUNTS, STRANGER):
        text = signed_in(app, email).get("/dashboard/", follow_redirects=True).text
        others = {"Anderszorg", "Fazant"} if email != STRANGER else set(SEES["all@test.example"])
        assert not [name for name in others if name in text], email


def test_the_server_s_own_secret_signs_anybody_in_and_still_opens_no_outcome(house: World) -> None:
    """Who runs the server can make a session of any account: that gives what the account sees, and no more."""
    app = make_app(house)
    client, before = app.test_client(), sealed(house)
    with house.installation.database.read() as session:
        keys = session.scalars(select(Account.session_key)).all()
    for key in keys:
        with client.session_transaction() as forged:
            forged["_user_id"] = key
        text = client.get("/dashboard/", follow_redirects=True).text
        assert not [words for words in OWN_WORDS if words in text]
        for path in ("/mijn/uitkomst", "/uitkomst", "/uitkomst/code", "/scan/1"):
            assert client.get(path).status_code == 302
        client.post("/mijn/verwijderen")
        client.post("/mijn/terugtrekken")
    assert sealed(house) == before


# The command line.

HANDS_OFF = {"serve", "demo", "init", "digitype"}
"""Commands that run a server, make an installation, or are about the model."""


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


def arguments(command: click.Command, given: dict[str, str]) -> list[str] | None:
    """What a command demands, from what the administrator knows; None if it demands something else."""
    found: list[str] = []
    for parameter in command.params:
        if parameter.required and parameter.name not in given:
            return None
        if parameter.required:
            found += [parameter.opts[0]] * isinstance(parameter, click.Option) + [given[str(parameter.name)]]
    return found


def test_no_command_prints_or_touches_an_outcome(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that demands a round, an organisation or an account only, but for closing the round."""
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(house.installation.settings.data_dir))
    known = {"round_id": house.round_id, "organisation": "Testzorg", "name": "Testzorg", "email": STRANGER}
    before, ran = sealed(house), set()
    listed = [each for each in commands(cli) if each[0][0] not in HANDS_OFF and each[0] != ("round", "close")]
    for path, command in listed:
        asked = arguments(command, known)
        if asked is None:
            continue
        result = CliRunner().invoke(cli, [*path, *asked], input="\n")
        assert not [words for words in OWN_WORDS if words in result.output], path
        ran.add(path)
    assert {("round", "links"), ("round", "list"), ("round", "status"), ("release", "audit"), ("user", "list")} <= ran
    assert sealed(house) == before
