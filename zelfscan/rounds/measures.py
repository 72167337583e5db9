"""What of an outcome goes into a ballot, and so into a release: the digitype and the level per theme."""

from collections.abc import Mapping, Sequence

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.facets import has_facets
from zelfscan.digitypes.types import TYPES
from zelfscan.privacy.disclosure import BallotContent, Measure

DIGITYPE = "digitype"


COUNTED = ("employee", "leader", "colleagues")
"""Audiences whose answers are about a team. What is about a client or a whole organisation is not counted."""


def measures_of(banks: Sequence[Bank]) -> list[Measure]:
    """The measures of a round: the digitype, and each theme of each bank but the digitype bank, lowest level first.

    A bank with fewer than two levels has nothing to count, and without questions on a facet there is no digitype. A
    round without measures takes no ballots.
    """
    themes = [
        Measure(f"{bank.bank}.{theme.id}", tuple(level.id for level in bank.levels))
        for bank in banks
        if bank.bank != DIGITYPE and bank.audience in COUNTED and len(bank.levels) > 1
        for theme in bank.themes
    ]
    types = [Measure(DIGITYPE, TYPES)] if has_facets(banks) else []
    return [*types, *themes]


def ballot_content(
    unit: str, banks: Sequence[Bank], digitype: str | None, levels: Mapping[str, str | None]
) -> BallotContent:
    """What the organisation gets of one person.

    Args:
        unit: id of her team.
        banks: the banks of the round.
        digitype: her most likely type; None when there are too few answers.
        levels: level per `bank.theme`; None when there are too few answers.
    """
    values = {DIGITYPE: digitype} | dict(levels)
    return BallotContent(unit, {measure.id: values.get(measure.id) for measure in measures_of(banks)})


def largest_ballot(banks: Sequence[Bank]) -> BallotContent:
    """The longest ballot that a round with these banks can give."""
    longest = {measure.id: max(measure.categories, key=len) for measure in measures_of(banks)}
    return BallotContent("0" * 32, longest)
