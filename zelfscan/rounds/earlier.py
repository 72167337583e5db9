"""The rounds before a round: what it is published beside, and so has to stay anonymous with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from zelfscan.organisations.models import Organisation
from zelfscan.privacy.audit import Finding, audit
from zelfscan.privacy.differencing import Together, audit_together, settle, trends
from zelfscan.privacy.release import Release, Rules
from zelfscan.privacy.spreading import Spread
from zelfscan.rounds.measures import measures_of
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import banks_of, release_of, rounds_of


@dataclass(frozen=True)
class Earlier:
    """A round that was closed before."""

    round_id: str
    rules: Rules
    release: Release


def earlier_rounds(session: Session, round_: Round) -> list[Round]:
    """The closed rounds of the organisation that share a measure with a round, in the order of closing.

    Of a closed round those that were closed before it, or on the same day.
    """
    measures, every = _measures(session, round_), rounds_of(session, round_.organisation_id)
    before = [other for other in every if other.closed_on and other.id != round_.id and _is_before(other, round_)]
    sharing = [other for other in before if measures & _measures(session, other)]
    return sorted(sharing, key=lambda other: (other.closed_on or other.opened_on, other.opened_on, other.id))


def _is_before(other: Round, round_: Round) -> bool:
    """A round names those that it was published beside; one of before that was so is known by its day."""
    if round_.trends is not None:
        return other.id in {trend["round"] for trend in round_.trends}
    if round_.closed_on is None or other.closed_on is None:
        return True
    named = {trend["round"] for trend in other.trends or ()}
    return other.closed_on <= round_.closed_on and round_.id not in named


def _measures(session: Session, round_: Round) -> set[str]:
    return {measure.id for measure in measures_of(banks_of(session, round_))}


def earlier_of(session: Session, round_: Round) -> tuple[Earlier, ...]:
    """What was published in the rounds before."""
    return tuple(
        Earlier(other.id, Rules(other.minimum, other.minimum_distribution), release_of(session, other.id))
        for other in earlier_rounds(session, round_)
    )


def lowest(rules: Rules, earlier: Sequence[Earlier]) -> Rules:
    """What all rounds together have to meet: a round with higher minimums cannot take back what others told."""
    of = [rules, *(before.rules for before in earlier)]
    return Rules(min(one.minimum for one in of), min(one.minimum_distribution for one in of))


def are_still(session: Session, round_: Round, earlier: Sequence[Earlier]) -> bool:
    """Say whether no other round was closed since, and see to it that none is until the transaction ends."""
    session.scalars(
        select(Organisation.id).where(Organisation.id == round_.organisation_id).with_for_update(key_share=True)
    ).one()
    return [other.id for other in earlier_rounds(session, round_)] == [before.round_id for before in earlier]


@dataclass(frozen=True)
class Settled:
    """A release that can stand beside the earlier ones.

    Attributes:
        trends: as `Round.trends` keeps them.
        alone, together: what the attack on it gave, by itself and beside the earlier ones; None if there are none.
    """

    release: Release
    trends: list[dict[str, Any]]
    alone: Finding
    together: Together | None


def settled(release: Release, rules: Rules, earlier: Sequence[Earlier], spread: Spread = map) -> Settled:
    """Let a release give way to what was published before, and say what may be compared."""
    common, befores = lowest(rules, earlier), [before.release for before in earlier]
    safe = settle(release, befores, common, spread=spread)
    found = audit_together(safe, befores, common, spread=spread) if earlier else None
    kept = [
        {"round": before.round_id, "groups": _lists(trends(safe, before.release, common, found))}
        for before in earlier
        if found
    ]
    return Settled(safe, kept, audit(safe, rules), found)


def _lists(groups: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {measure: list(keys) for measure, keys in groups.items()}
