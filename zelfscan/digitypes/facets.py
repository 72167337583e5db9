"""The four facets of a care worker, and the answers of any bank that speak to them."""

from collections.abc import Iterable, Mapping

from zelfscan.banks.branching import visible
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Answers, Bank

FACETS = ("kennis", "motivatie", "houding", "zelfbeeld")

FacetAnswers = dict[str, dict[str, float]]
"""Per facet the scored answers: `bank:theme.question` -> 0 (low) .. 1 (high), `reverse` applied."""


def facet_answers(banks: Iterable[Bank], answers: Mapping[str, Answers]) -> FacetAnswers:
    """Gather the answers that carry a facet.

    Skipped, missing and hidden questions are left out, and so are kinds that have no score.

    Args:
        banks: the banks that were (partly) filled in; each may mark questions with a facet.
        answers: per bank id the answers, `theme.question` -> value or None (skipped).

    Returns:
        For each of `FACETS`, in that order, `bank:theme.question` -> score from 0 to 1.
    """
    found: FacetAnswers = {facet: {} for facet in FACETS}
    for bank in banks:
        for address, facet, score in _scored(bank, answers.get(bank.bank, {})):
            found[facet][f"{bank.bank}:{address}"] = score
    return found


def _scored(bank: Bank, answers: Answers) -> Iterable[tuple[str, str, float]]:
    for address in visible(bank, answers):
        question = bank.item(address).question
        value = answers.get(address)
        if question.facet is None or value is None:
            continue
        score = KINDS[question.kind].score(value, question, bank)
        if score is not None:
            yield address, question.facet, score


def facet_means(given: FacetAnswers) -> dict[str, float | None]:
    """Mean score per facet, 0 to 1; None for a facet without answers."""
    return {facet: sum(items.values()) / len(items) if items else None for facet, items in given.items()}
