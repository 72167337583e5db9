"""Reading for dashboards: releases and structure, never a ballot, a draft or the vault (tests/adversary)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from zelfscan.banks.schema import Bank
from zelfscan.organisations.models import Account, Unit
from zelfscan.organisations.queries import visible_units
from zelfscan.privacy.disclosure import Group
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import banks_of, released_groups, round_by_id, rounds_of


@dataclass(frozen=True)
class Shown:
    """What one account sees of one round: its units, and the released groups among them by key."""

    round: Round
    rounds: tuple[Round, ...]
    units: tuple[Unit, ...]
    groups: dict[str, tuple[str, Group]]
    banks: tuple[Bank, ...]


def shown_to(session: Session, account: Account, round_id: str | None = None) -> Shown | None:
    """What an account may see of a closed round, by default the newest.

    Returns:
        None when there is no such closed round in the account's organisation.
    """
    rounds = closed_rounds(session, account)
    round_ = rounds[0] if rounds and round_id is None else round_by_id(session, round_id or "")
    if round_ is None or round_.id not in {r.id for r in rounds}:
        return None
    units = visible_units(session, account)
    allowed = {unit.id for unit in units} | {other_key(unit) for unit in units if unit.kind != "team"}
    released = released_groups(session, round_.id)
    groups = {key: (name, group) for key, (name, group) in released.items() if _place(group) in allowed}
    return Shown(round_, tuple(rounds), tuple(units), groups, banks_of(session, round_))


def closed_rounds(session: Session, account: Account) -> list[Round]:
    """The closed rounds of an account's organisation, newest first."""
    return [r for r in rounds_of(session, account.organisation_id) if r.state == "closed"]


def _place(group: Group) -> str | None:
    """Key of the group that an account has to see to see this one: a crossing belongs to its unit."""
    return group.parent if group.kind == "crossing" else group.key


def other_key(unit: Unit) -> str:
    """Key of the group of what is too small below a unit to be shown by itself."""
    return f"{unit.id}/other"


def below(units: Sequence[Unit], parent: str) -> list[Unit]:
    """The units below a unit, at any depth; `units` has parents before children."""
    found = {parent}
    for unit in units:
        if unit.parent_id in found:
            found.add(unit.id)
    return [unit for unit in units if unit.id in found - {parent}]
