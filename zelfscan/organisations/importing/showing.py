"""A plan as people and as programs read it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from zelfscan.organisations.importing.content import Content, Remark, Role, Team
from zelfscan.organisations.importing.planning import Plan
from zelfscan.organisations.importing.words import say

MOST = 10
"""What stays as it is can be much more than what changes; so many of it are named."""


def preview(content: Content, plan: Plan, notes: Sequence[Remark], language: str) -> Iterator[str]:
    """Lines that say what will change, what stays, and what is worth knowing."""
    yield say("new_organisation" if plan.is_new else "organisation", language, name=plan.organisation)
    yield from _listed("new_locations", plan.locations, language)
    yield from _listed("new_teams", [place(team, language) for team in plan.teams], language)
    yield from _listed("new_accounts", plan.accounts, language)
    yield from _listed("new_roles", [role_line(role, language) for role in plan.roles], language)
    yield from _listed("taken_away", [role_line(role, language) for role in plan.taken_away], language)
    yield from _listed("absent", [place(team, language) for team in plan.absent], language, MOST)
    if plan.kept_roles:
        yield say("kept_roles", language, count=len(plan.kept_roles))
    if notes:
        yield say("notes", language)
        yield from (f"  {_note(note, content, language)}" for note in notes)
    if not plan.changes:
        yield say("nothing", language)


def _note(note: Remark, content: Content, language: str) -> str:
    """A note with its place, if it is about one."""
    return note.line(content.file, language) if any(note[:3]) else note.text(language)


def _listed(key: str, items: Sequence[str], language: str, most: int | None = None) -> Iterator[str]:
    if items:
        yield say(key, language, count=len(items))
        yield from (f"  {item}" for item in items[:most])
    if most is not None and len(items) > most:
        yield f"  {say('more', language, count=len(items) - most)}"


def place(team: Team, language: str) -> str:
    """A team with its location, a location, or the whole organisation, in words."""
    return " · ".join(filter(None, team)) or say("whole", language)


def role_line(role: Role, language: str) -> str:
    """Who has which role where, in words."""
    unit = place((role.location, role.team), language)
    return say("role_here", language, email=role.email, role=say(role.role, language), unit=unit)


def as_dict(plan: Plan, notes: Sequence[Remark], language: str) -> dict[str, Any]:
    """A plan for a program; it holds no password."""
    return {
        "organisation": plan.organisation,
        "new_organisation": plan.is_new,
        "new_locations": list(plan.locations),
        "new_teams": _places(plan.teams),
        "new_accounts": list(plan.accounts),
        "new_roles": [role._asdict() for role in plan.roles],
        "taken_away": [role._asdict() for role in plan.taken_away],
        "not_in_file": _places(plan.absent),
        "kept_roles": [role._asdict() for role in plan.kept_roles],
        "notes": [note.to_dict(language) for note in notes],
    }


def _places(teams: Iterable[Team]) -> list[dict[str, str]]:
    return [{"location": location, "team": team} for location, team in teams]
