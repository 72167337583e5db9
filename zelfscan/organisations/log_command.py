"""`zelfscan log`: what managers and administrators did."""

import json
from datetime import datetime

import click

from zelfscan.banks.command import language_option
from zelfscan.db import opened_database
from zelfscan.errors import ClearError
from zelfscan.organisations.auditlog import AuditEvent, all_events, events_of
from zelfscan.organisations.queries import organisation_by_name

WORDS = {
    "nl": {
        "sign_in": "logde in",
        "failed_sign_in": "inloggen mislukte",
        "sign_out": "logde uit",
        "look_at_dashboard": "bekeek een dashboard",
        "open_round": "opende een ronde",
        "close_round": "sloot een ronde",
        "check_custody": "liet sleuteldelen proberen",
        "change_passphrase": "veranderde een wachtzin van een sleuteldeel",
        "print_links": "vroeg de links van een ronde op",
        "export_release": "haalde gepubliceerde cijfers op",
        "audit_release": "liet gepubliceerde cijfers controleren",
        "add_account": "maakte een account",
        "change_roles": "veranderde rollen",
        "new_password": "gaf een nieuw wachtwoord",
        "import_organisation": "las teams en accounts in",
        "import_invitations": "las uitnodigingen in",
        "send_invitations": "verstuurde uitnodigingen",
        "remind_invitations": "verstuurde herinneringen",
        "demo": "maakte de demo",
        "nobody": "onbekend adres",
        "no_organisation": "Er is geen organisatie {name!r}.",
    },
    "en": {
        "sign_in": "signed in",
        "failed_sign_in": "could not sign in",
        "sign_out": "signed out",
        "look_at_dashboard": "looked at a dashboard",
        "open_round": "opened a round",
        "close_round": "closed a round",
        "check_custody": "had key shares tried",
        "change_passphrase": "changed the passphrase of a key share",
        "print_links": "asked for the links of a round",
        "export_release": "took out published figures",
        "audit_release": "had published figures checked",
        "add_account": "made an account",
        "change_roles": "changed roles",
        "new_password": "gave a new password",
        "import_organisation": "read in teams and accounts",
        "import_invitations": "read in invitations",
        "send_invitations": "sent invitations",
        "remind_invitations": "sent reminders",
        "demo": "made the demo",
        "nobody": "unknown address",
        "no_organisation": "There is no organisation {name!r}.",
    },
}


@click.command("log")
@click.option("--organisation", help="Name of an organisation; the whole installation when left out.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day, in UTC, such as 2026-11-22.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
def log(organisation: str | None, since: datetime | None, as_json: bool, language: str) -> None:
    """Print what managers and administrators did: the hour (UTC), who, what."""
    events = _events(organisation, since, language)
    if as_json:
        click.echo(json.dumps([_fields(event) for event in events], ensure_ascii=False, indent=2))
    else:
        for event in events:
            click.echo(_line(event, language))


def _events(organisation: str | None, since: datetime | None, language: str) -> list[AuditEvent]:
    _, database = opened_database()
    first = since.date() if since else None
    with database.read() as session:
        if organisation is None:
            return all_events(session, first)
        found = organisation_by_name(session, organisation)
        if found is None:
            raise ClearError(WORDS[language]["no_organisation"].format(name=organisation))
        return events_of(session, found.id, first)


def _fields(event: AuditEvent) -> dict[str, str | None]:
    return {name: getattr(event, name) for name in ("hour", "who", "kind", "subject", "organisation_id")}


def _line(event: AuditEvent, language: str) -> str:
    words = WORDS[language]
    parts = [f"{event.hour.replace('T', ' ')}h", event.who or words["nobody"], words[event.kind], event.subject]
    return " · ".join(filter(None, parts))
