"""Reading invitations: who is new in a list, who gets mail or a letter, how many took part, coarsely."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from zelfscan.organisations.models import Organisation, Unit
from zelfscan.organisations.queries import units_of
from zelfscan.rounds.invitations.models import PersonalInvitation, UsedInvitation
from zelfscan.rounds.invitations.people import Person, same_person
from zelfscan.rounds.invitations.reading import PeopleList, Remark
from zelfscan.rounds.invitations.tokens import Tokens
from zelfscan.rounds.measures import measures_of
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import banks_of


@dataclass(frozen=True)
class Plan:
    """What importing a list comes to: who is new, and who was invited already, with what the list says of her."""

    new: list[Person]
    known: list[tuple[PersonalInvitation, Person]]


def plan(session: Session, round_id: str, found: PeopleList) -> Plan:
    """Compare a list with the invitations that there are; adds what is wrong or worth knowing to the list."""
    here = _by_key(invitations_of(session, round_id))
    result = Plan([], [])
    for person in found.people:
        same = {one.id: one for key in (person.email, person.number) if key and (one := here.get(key))}
        if not same:
            result.new.append(person)
        elif len(same) > 1 or not all(same_person(person, _as_person(one)) for one in same.values()):
            column = found.columns["email" if person.email else "number"]
            found.mistakes.append(Remark(person.row, column, "two_of_one_here", {}))
        else:
            result.known.extend((one, person) for one in same.values())
    moved = [person for one, person in result.known if one.unit_id != person.unit_id]
    found.notes.extend(Remark(person.row, found.columns["team"], "other_team_here", {}) for person in moved)
    return result


def _by_key(found: Iterable[PersonalInvitation]) -> dict[str, PersonalInvitation]:
    return {key: one for one in found for key in (one.email, one.number) if key}


def _as_person(one: PersonalInvitation) -> Person:
    return Person(one.row, one.email, one.number, one.unit_id, one.language)


def invitations_of(session: Session, round_id: str) -> list[PersonalInvitation]:
    """All invitations of a round, in a random order: what is done with them one by one tells nothing by its order."""
    found = list(session.scalars(select(PersonalInvitation).where(PersonalInvitation.round_id == round_id)))
    secrets.SystemRandom().shuffle(found)
    return found


@dataclass(frozen=True)
class Occasion:
    """What a mail or letter tells about a round: the same for everybody in it."""

    organisation: str
    title: str
    minutes: int
    minimum: int
    teams: Mapping[str, str]
    counts: bool


def occasion(session: Session, round_: Round) -> Occasion:
    """What a mail or letter tells about this round."""
    banks = banks_of(session, round_)
    names = _units(session, round_)
    return Occasion(
        organisation=session.get_one(Organisation, round_.organisation_id).name,
        title=round_.title,
        minutes=sum(bank.minutes for bank in banks),
        minimum=round_.minimum,
        teams={id_: _team(unit, names) for id_, unit in names.items() if unit.kind == "team"},
        counts=bool(measures_of(banks)),
    )


def _units(session: Session, round_: Round) -> dict[str, Unit]:
    return {unit.id: unit for unit in units_of(session, round_.organisation_id)}


def _team(unit: Unit, units: Mapping[str, Unit]) -> str:
    return f"{units[unit.parent_id or ''].name} · {unit.name}"


@dataclass(frozen=True)
class Turnout:
    """How many people of a group are invited, and how many used their invitation: exact, so never shown.

    Attributes:
        kind: `team`, or of what the group is the small teams together: `location` or `organisation`.
    """

    key: str
    kind: str
    name: str
    invited: int
    used: int


def turnouts(session: Session, tokens: Tokens, round_: Round, fewest: int) -> list[Turnout]:
    """Turnout of groups that have nobody in common, so that no difference between two of them tells of a third.

    A team with fewer than `fewest` people goes with the other small teams of its location, those with the other small
    ones of the organisation, and if even these are fewer, they are left out.
    """
    marks = set(session.scalars(select(UsedInvitation.mark).where(UsedInvitation.round_id == round_.id)))
    units = _units(session, round_)
    people: dict[str, list[bool]] = {}
    for one in invitations_of(session, round_.id):
        people.setdefault(one.unit_id, []).append(tokens.mark(tokens.token(one.id)) in marks)
    shown = []
    for level in ("team", "location", "organisation"):
        shown += [(id_, used) for id_, used in people.items() if len(used) >= fewest]
        people = _one_up({id_: used for id_, used in people.items() if len(used) < fewest}, units, level)
    found = [Turnout(id_, units[id_].kind, _group_name(units[id_], units), len(used), sum(used)) for id_, used in shown]
    return sorted(found, key=lambda one: (one.kind != "team", one.name))


def _one_up(people: Mapping[str, Sequence[bool]], units: Mapping[str, Unit], level: str) -> dict[str, list[bool]]:
    above: dict[str, list[bool]] = {}
    for id_, used in people.items():
        parent = units[id_].parent_id
        if units[id_].kind == level and parent:
            above.setdefault(parent, []).extend(used)
    return above


def _group_name(unit: Unit, units: Mapping[str, Unit]) -> str:
    return _team(unit, units) if unit.kind == "team" else unit.name
