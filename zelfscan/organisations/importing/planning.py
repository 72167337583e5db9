"""What a file comes to: its rows beside the organisation as it is. Pure functions on plain data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from zelfscan.organisations.importing.content import (
    ORGANISATION_MANAGER,
    TEAM_LEADER,
    Content,
    Entry,
    Remark,
    Role,
    Team,
)
from zelfscan.organisations.importing.reading import alike, begins_like_formula, folded
from zelfscan.spreadsheets import ADDRESS, LONGEST_ADDRESS


@dataclass(frozen=True)
class Present:
    """An organisation as it is.

    Attributes:
        exists: whether there is such an organisation already.
        accounts: addresses of its accounts, also those without a role.
        roles: those that a file can tell: of a team leader on a team, and so on.
        other_roles: the others: role by address, location and team.
        elsewhere: addresses of the file that have an account in another organisation.
    """

    name: str
    exists: bool = False
    locations: frozenset[str] = frozenset()
    teams: frozenset[Team] = frozenset()
    accounts: frozenset[str] = frozenset()
    roles: frozenset[Role] = frozenset()
    other_roles: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()

    @cached_property
    def by_folded(self) -> Mapping[tuple[str, ...], list[str]]:
        """Names by their folded form: of locations, and of teams behind the exact name of their location."""
        found: dict[tuple[str, ...], list[str]] = {}
        for location in sorted(self.locations):
            found.setdefault((folded(location),), []).append(location)
        for location, team in sorted(self.teams):
            found.setdefault((location, folded(team)), []).append(team)
        return found


@dataclass(frozen=True)
class Plan:
    """What will change, and what stays although the file does not name it; each sorted.

    Attributes:
        absent: locations (with an empty team) and teams that are not in the file; they stay.
        kept_roles: roles that are not in the file and stay.
    """

    organisation: str
    is_new: bool
    locations: tuple[str, ...]
    teams: tuple[Team, ...]
    accounts: tuple[str, ...]
    roles: tuple[Role, ...]
    taken_away: tuple[Role, ...]
    absent: tuple[Team, ...]
    kept_roles: tuple[Role, ...]

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.is_new or any((self.locations, self.teams, self.accounts, self.roles, self.taken_away))


class Comparison(NamedTuple):
    """What a file comes to, and what is wrong or worth knowing only beside the organisation as it is."""

    plan: Plan
    mistakes: list[Remark]
    notes: list[Remark]


def compare(content: Content, present: Present, take_away: bool = False) -> Comparison:
    """Compare a file with the organisation as it is.

    Args:
        take_away: whether a role that the file does not tell goes.
    """
    entries = [_as_named_here(entry, present) for entry in content.entries]
    mistakes = chain(_unclear(entries, present), _unlisted(entries, present), _unfit(entries, present))
    notes = chain(_named_otherwise(content.entries, entries), _replacements(entries, present))
    return Comparison(_plan(entries, present, content.tells_roles, take_away), list(mistakes), list(notes))


def _plan(entries: Sequence[Entry], present: Present, tells_roles: bool, take_away: bool) -> Plan:
    wanted, roles = _units(entries), set(_roles(entries))
    here = present.teams | {(location, "") for location in present.locations}
    gone = tuple(sorted(present.roles - roles))
    return Plan(
        organisation=present.name,
        is_new=not present.exists,
        locations=tuple(sorted(location for location, team in wanted - here if not team)),
        teams=tuple(sorted((location, team) for location, team in wanted - here if team)),
        accounts=tuple(sorted({role.email for role in roles} - present.accounts)),
        roles=tuple(sorted(roles - present.roles)),
        taken_away=gone if take_away else (),
        absent=tuple(sorted(here - wanted)),
        kept_roles=gone if tells_roles and not take_away else (),
    )


def _units(entries: Iterable[Entry]) -> set[Team]:
    """Locations (with an empty team) and teams that the rows name."""
    return {(entry.location, team) for entry in entries if entry.location for team in ("", entry.team)}


def _roles(entries: Iterable[Entry]) -> Iterator[Role]:
    for entry in entries:
        if entry.email and entry.role:
            location = "" if entry.role == ORGANISATION_MANAGER else entry.location
            yield Role(entry.email, entry.role, location, entry.team if entry.role == TEAM_LEADER else "")


def _as_named_here(entry: Entry, present: Present) -> Entry:
    """The row with the names that its location and team have already, if they differ by capitals or spaces only."""
    location = _name_here(entry.location, present.by_folded.get((folded(entry.location),), ()))
    return entry._replace(
        location=location, team=_name_here(entry.team, present.by_folded.get((location, folded(entry.team)), ()))
    )


def _name_here(name: str, found: Sequence[str]) -> str:
    return found[0] if name and len(found) == 1 else name


def _named_otherwise(written: Iterable[Entry], entries: Iterable[Entry]) -> Iterator[Remark]:
    """Names that are written in another way than they are here; each told once."""
    seen = set()
    for before, after in zip(written, entries, strict=True):
        for column, key in (("location", (after.location,)), ("team", (after.location, after.team))):
            name, here = getattr(before, column), getattr(after, column)
            if name != here and key not in seen:
                seen.add(key)
                yield before.remark(column, "named_otherwise", name=name, here=here)


def _names(entries: Iterable[Entry]) -> Iterator[tuple[Entry, str, tuple[str, ...]]]:
    """(first row, column, location and team) of each name of a location or team: each is judged once."""
    seen: set[tuple[str, ...]] = set()
    for entry in entries:
        for column, key in (("location", (entry.location,)), ("team", (entry.location, entry.team))):
            if key[-1] and key not in seen:
                seen.add(key)
                yield entry, column, key


def _unclear(entries: Iterable[Entry], present: Present) -> Iterator[Remark]:
    """Names that resemble several that there are, and are none of them."""
    for entry, column, (*above, name) in _names(entries):
        found = present.by_folded.get((*above, folded(name)), ())
        if len(found) > 1 and name not in found:
            yield entry.remark(column, "several_here", name=name, names=", ".join(found))


def _unlisted(entries: Iterable[Entry], present: Present) -> Iterator[Remark]:
    """Rows of a sheet with accounts that name a unit that neither exists nor stands on the sheet with teams."""
    units = _units(entry for entry in entries if entry.lists_units) | present.teams
    units |= {(location, "") for location in present.locations}
    for entry in entries:
        if entry.lists_units or not entry.location:
            continue
        if (entry.location, "") not in units:
            meant = alike(entry.location, {location for location, _ in units})
            yield entry.remark("location", "unknown_location", location=entry.location, meant=meant)
        elif (entry.location, entry.team) not in units:
            meant = alike(entry.team, {team for location, team in units if team and location == entry.location})
            yield entry.remark("team", "unknown_team", team=entry.team, meant=meant)


def _unfit(entries: Iterable[Entry], present: Present) -> Iterator[Remark]:
    """Names and addresses that are new here, and not fit to be."""
    here = present.teams | {(location,) for location in present.locations}
    for entry, column, key in _names(entries):
        if key not in here and begins_like_formula(key[-1]):
            yield entry.remark(column, "looks_like_formula", text=key[-1], sign=key[-1][0])
    for entry in entries:
        if entry.email in present.elsewhere:
            yield entry.remark("email", "elsewhere", email=entry.email)
        elif entry.email and entry.email not in present.accounts:
            yield from _unfit_address(entry)


def _unfit_address(entry: Entry) -> Iterator[Remark]:
    email = entry.email
    if begins_like_formula(email):
        yield entry.remark("email", "looks_like_formula", text=email, sign=email[0])
    elif len(email) > LONGEST_ADDRESS or not ADDRESS.fullmatch(email):
        yield entry.remark("email", "bad_email", email=email)


def _replacements(entries: Iterable[Entry], present: Present) -> Iterator[Remark]:
    """Roles that come in the place of one that a file cannot tell."""
    told = set()
    for entry in entries:
        for role in _roles([entry]):
            before = present.other_roles.get((role.email, role.location, role.team))
            if before and role not in told:
                told.add(role)
                yield entry.remark("role", "replaces_role", email=role.email, role=before, new=role.role)
