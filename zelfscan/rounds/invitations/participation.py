"""How many people used their invitation, in ranges so wide that nobody is told by them.

A range is at least the minimum of the round wide, and nobody and everybody lie in a range with others. Groups have
nobody in common. What was shown on a day is shown for the rest of that day, so that to look before and after one person
finishes gives the same answer; from one day to the next a range moves when somebody crosses its edge.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from zelfscan.rounds.invitations.models import ShownParticipation
from zelfscan.rounds.invitations.queries import Turnout, turnouts
from zelfscan.rounds.invitations.tokens import Tokens
from zelfscan.rounds.models import Round

RANGES = (10, 5, 4, 2)
"""Into how many equal ranges a group can be divided: steps of 10, 20, 25 or 50 percent."""


@dataclass(frozen=True)
class Participation:
    """A group, how many people of it are invited, and between which percentages the share that took part lies.

    `kind` is that of `Turnout`.
    """

    kind: str
    name: str
    invited: int
    low: int
    high: int


def participation(session: Session, tokens: Tokens, round_: Round, today: date) -> list[Participation]:
    """Participation of each group that is large enough for two ranges; writes down what it shows.

    Args:
        session: a writing session.
    """
    found = turnouts(session, tokens, round_, RANGES[-1] * round_.minimum)
    return [_shown(session, round_, one, today) for one in found]


def _shown(session: Session, round_: Round, turnout: Turnout, today: date) -> Participation:
    row = session.get(ShownParticipation, (round_.id, turnout.key))
    if row is None or row.shown_on != today:
        low, high = share_range(turnout.used, turnout.invited, round_.minimum)
        row = session.merge(
            ShownParticipation(
                round_id=round_.id,
                key=turnout.key,
                organisation_id=round_.organisation_id,
                low=low,
                high=high,
                shown_on=today,
            )
        )
    return Participation(turnout.kind, turnout.name, turnout.invited, row.low, row.high)


def share_range(used: int, invited: int, minimum: int) -> tuple[int, int]:
    """The range of percentages that a share lies in.

    Args:
        used, invited: people; at least twice the minimum are invited.
        minimum: fewest numbers of people that a range covers.

    Returns:
        from (included) and to (not included, but for 100).
    """
    ranges = next(number for number in RANGES if invited // number >= minimum)
    place = min(used * ranges // invited, ranges - 1)
    return 100 * place // ranges, 100 * (place + 1) // ranges
