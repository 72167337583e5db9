"""The four facets of a care worker, and the answers of any bank that speak to them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from zelfscan.banks.branching import visible
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Answers, Bank, Item, Value

FACETS = ("kennis", "motivatie", "houding", "zelfbeeld")

FacetAnswers = dict[str, dict[str, float]]
"""Per facet the scored answers: `bank:theme.question` -> 0 (low) .. 1 (high), `reverse` applied."""


class FacetTable(NamedTuple):
    """Many people's answers to the m questions of a bank that carry a facet.

    Attributes:
        items: `bank:theme.question` of each question.
        facets: facet of each question.
        scores: answers from 0 to 1, NaN = missing; shape (n, m).
    """

    items: tuple[str, ...]
    facets: tuple[str, ...]
    scores: NDArray[np.float64]


def facet_answers(banks: Iterable[Bank], answers: Mapping[str, Answers]) -> FacetAnswers:
    """Gather one person's answers that carry a facet.

    Skipped, missing and hidden questions are left out.

    Args:
        banks: the banks that were (partly) filled in; each may mark questions with a facet.
        answers: per bank id the answers, `theme.question` -> value or None (skipped).

    Returns:
        For each of `FACETS`, in that order, `bank:theme.question` -> score from 0 to 1.
    """
    found: FacetAnswers = {facet: {} for facet in FACETS}
    for bank in banks:
        given = answers.get(bank.bank, {})
        asked = set(visible(bank, given))
        for item, facet in facet_items(bank):
            value = given.get(item.address)
            if item.address in asked and value is not None:
                found[facet][f"{bank.bank}:{item.address}"] = _score(value, item, bank)
    return found


def facet_table(bank: Bank, addresses: Sequence[str], rows: Sequence[Sequence[Value | None]]) -> FacetTable:
    """Gather many people's answers that carry a facet; branching works as in `facet_answers`.

    Args:
        bank: the bank that was filled in.
        addresses: `theme.question` of each column.
        rows: per person the answer in each column, None = missing.
    """
    items = [(item, facet) for item, facet in facet_items(bank) if item.address in addresses]
    given = dict(zip(addresses, zip(*_without_hidden(bank, addresses, rows), strict=True), strict=False))
    columns = [_scores(given.get(item.address, ()), item, bank) for item, _ in items]
    return FacetTable(
        items=tuple(f"{bank.bank}:{item.address}" for item, _ in items),
        facets=tuple(facet for _, facet in items),
        scores=np.array(columns, dtype=np.float64).reshape(len(items), len(rows)).T,
    )


def facet_items(bank: Bank) -> Iterator[tuple[Item, str]]:
    """The questions of a bank that carry a facet, each with its facet; a checked bank has these only on kinds
    with a score."""
    for item in bank.items():
        if item.question.facet is not None:
            yield item, item.question.facet


def has_facets(banks: Iterable[Bank]) -> bool:
    """Whether any question of the banks carries a facet, so that there is a digitype to speak of."""
    return any(True for bank in banks for _ in facet_items(bank))


def _score(value: Value, item: Item, bank: Bank) -> float:
    return cast(float, KINDS[item.question.kind].score(value, item.question, bank))


def _scores(values: Sequence[Value | None], item: Item, bank: Bank) -> list[float]:
    """Score of each value, NaN where it is None; each different value is scored once."""
    several = KINDS[item.question.kind].takes_several(item.question)
    keys = [tuple(value) if isinstance(value, list) else value for value in values] if several else values
    different = dict(zip(keys, values, strict=True))
    known = {key: _score(value, item, bank) for key, value in different.items() if value is not None}
    return list(map((known | {None: np.nan}).__getitem__, keys))


def _without_hidden(
    bank: Bank, addresses: Sequence[str], rows: Sequence[Sequence[Value | None]]
) -> Sequence[Sequence[Value | None]]:
    if all(item.question.show_if is None for item in bank.items()):
        return rows
    counted = []
    for row in rows:
        asked = set(visible(bank, dict(zip(addresses, row, strict=True))))
        counted.append([value if address in asked else None for address, value in zip(addresses, row, strict=True)])
    return counted
