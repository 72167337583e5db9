"""What changed between two outcomes of one person, over the questions that both had."""

from dataclasses import dataclass

from zelfscan.banks.schema import Answers, Bank
from zelfscan.banks.versions import comparable
from zelfscan.scoring.scores import MINIMUM_SHARE, scored_items


@dataclass(frozen=True)
class ThemeProgress:
    """One theme, then and now.

    Attributes:
        theme: id of the theme.
        before: mean score then, 0 to 1, of the questions that count.
        after: mean score now, of the same questions.
        questions: how many questions count: answered both times, with the same meaning in both versions.
    """

    theme: str
    before: float
    after: float
    questions: int


def progress(old: Bank, then: Answers, new: Bank, now: Answers) -> tuple[ThemeProgress, ...]:
    """Compare two outcomes per theme of the new version; knowledge questions are left out, as in a level.

    A theme is left out when fewer than `MINIMUM_SHARE` of its self-rating questions count.

    Args:
        old: the version of the bank then; `new`: the version now.
        then: `theme.question` -> value; None = skipped; `now` likewise.
    """
    before, after, same = _scores(old, then), _scores(new, now), comparable(old, new)
    counting = [address for address in same if address in before and address in after]
    found = []
    for theme in new.themes:
        mine = [address for address in counting if new.item(address).theme.id == theme.id]
        rated = [one for one in scored_items(new, now) if one.item.theme.id == theme.id and not one.rates_knowledge]
        if mine and len(mine) >= MINIMUM_SHARE * len(rated):
            found.append(ThemeProgress(theme.id, _mean(before, mine), _mean(after, mine), len(mine)))
    return tuple(found)


def _scores(bank: Bank, answers: Answers) -> dict[str, float]:
    rated = (one for one in scored_items(bank, answers) if not one.rates_knowledge)
    return {one.item.address: one.score for one in rated if one.score is not None}


def _mean(scores: dict[str, float], addresses: list[str]) -> float:
    return sum(scores[address] for address in addresses) / len(addresses)
