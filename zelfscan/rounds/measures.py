"""What of an outcome goes into a ballot, and so into a release: the digitype and the level per theme."""

from collections.abc import Mapping, Sequence

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.facets import has_facets
from zelfscan.digitypes.types import TYPES
from zelfscan.privacy.disclosure import BallotContent, Measure

DIGITYPE = "digitype"
RECOGNISED, OWN_TYPE = "recognised", "own_type"
ANOTHER, THIS = "another", "this"
"""Whether somebody sees herself as another type than the test gave, or as this one."""


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


def recognition_of(banks: Sequence[Bank]) -> list[Measure]:
    """What people say of their digitype, counted for the whole organisation only.

    Whether they recognise themselves in it (`recognised`), and as which type they see themselves (`own_type`).
    """
    whole = [Measure(RECOGNISED, (ANOTHER, THIS), whole_only=True), Measure(OWN_TYPE, TYPES, whole_only=True)]
    return whole if has_facets(banks) else []


def _recognition(digitype: str | None, own_type: str | None) -> dict[str, str | None]:
    """Of who was given no type nothing is counted."""
    if digitype is None or own_type is None:
        return {}
    return {RECOGNISED: THIS if own_type == digitype else ANOTHER, OWN_TYPE: own_type}


def ballot_content(
    unit: str,
    banks: Sequence[Bank],
    digitype: str | None,
    levels: Mapping[str, str | None],
    background: Mapping[str, str | None] | None = None,
    own_type: str | None = None,
) -> BallotContent:
    """What the organisation gets of one person.

    Args:
        unit: id of her team.
        banks: the banks of the round.
        digitype: her most likely type; None when there are too few answers.
        levels: level per `bank.theme`; None when there are too few answers.
        background: category per background question; None is 'rather not say'.
        own_type: the type that she sees herself as; None is 'rather not say'.
    """
    values = {DIGITYPE: digitype} | dict(levels) | _recognition(digitype, own_type)
    return BallotContent(unit, {measure.id: values.get(measure.id) for measure in counted(banks)}, background or {})


def counted(banks: Sequence[Bank]) -> list[Measure]:
    """All that a ballot of a round holds a value for: its measures, and what people say of their digitype."""
    return [*measures_of(banks), *recognition_of(banks)]


def largest_ballot(banks: Sequence[Bank], backgrounds: Sequence[Measure] = ()) -> BallotContent:
    """The longest ballot that a round with these banks and background questions can give."""
    return BallotContent("0" * 32, _longest(counted(banks)), _longest(backgrounds))


def _longest(measures: Sequence[Measure]) -> dict[str, str]:
    return {measure.id: max(measure.categories, key=len) for measure in measures}
