"""Made-up people who fill in banks: training and test data of the classifier, and the people of the demo."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zelfscan.banks.branching import visible
from zelfscan.banks.schema import Bank, Question, Value
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.items import Floats, Integers, ItemTable, Latents, possible_answers
from zelfscan.digitypes.parameters import Parameters, Style
from zelfscan.digitypes.types import TYPES

Labels = NDArray[np.str_]

FREE_ENTRY = (0, 10)
"""Numbers that a respondent gives to a question without a minimum or maximum."""


@dataclass(frozen=True)
class People:
    """n people and their answers to the m questions of a bank that carry a facet.

    Attributes:
        items: the questions.
        latents: true type, facets and style of each person.
        levels: which level of each item was answered, -1 = missing; shape (n, m).
        scores: the same as scores from 0 to 1, NaN = missing; shape (n, m).
    """

    items: ItemTable
    latents: Latents
    levels: Integers
    scores: Floats

    def __getitem__(self, rows: slice) -> "People":
        """Some of the people."""
        return People(self.items, self.latents[rows], self.levels[rows], self.scores[rows])

    @property
    def labels(self) -> Labels:
        """True type of each person; shape (n,)."""
        return np.array(TYPES)[self.latents.types]

    @property
    def facets(self) -> tuple[str, ...]:
        """Facet of each item."""
        return tuple(FACETS[index] for index in self.items.facet)

    def answers(self, row: int) -> dict[str, Value]:
        """What one person filled in: `theme.question` -> value; missing answers are left out."""
        entries = zip(self.items.names, self.items.values, self.levels[row], strict=True)
        return {name.partition(":")[2]: values[level][0] for name, values, level in entries if level >= 0}


def simulate(parameters: Parameters, bank: Bank, n: int, rng: np.random.Generator) -> People:
    """n people who answer the questions of a bank that carry a facet; everyone is asked every question.

    Args:
        parameters: what people are like, how questions work, how forms are filled in.
        bank: the bank, usually `digitype`.
        n: number of people.
        rng: the only source of chance; the same state gives the same people.
    """
    items = ItemTable.build(parameters, [bank], facets_only=True)
    latents = draw_latents(parameters, n, rng)
    levels = _draw_levels(items, latents, rng)
    levels[_unanswered(parameters, latents, levels.shape[1], rng)] = -1
    scores = np.where(levels < 0, np.nan, items.scores[np.arange(len(items.names)), levels])
    return People(items, latents, levels, scores)


def draw_latents(
    parameters: Parameters,
    n: int,
    rng: np.random.Generator,
    type: str | None = None,
    improvement: float = 0.0,
) -> Latents:
    """Type, facets and response style of n people.

    Args:
        parameters: shares and distributions.
        n: number of people.
        rng: source of chance.
        type: everyone is of this type of `TYPES`; None: by the shares of the types.
        improvement: added to every facet, in standard deviations (people who have learned).

    Raises:
        ValueError: there is no such type.
    """
    if type is not None and type not in TYPES:
        raise ValueError(f"there is no digitype {type!r}; the digitypes are {', '.join(TYPES)}")
    types = rng.choice(len(TYPES), size=n, p=parameters.shares)
    if type is not None:
        types = np.full(n, TYPES.index(type))
    factor = np.linalg.cholesky(parameters.correlation)
    noise = rng.standard_normal((n, len(FACETS))) @ factor.T
    facets = parameters.means[types] + parameters.deviations[types] * noise + improvement
    styles = rng.choice(len(parameters.styles), size=n, p=[s.share for s in parameters.styles.values()])
    given = list(parameters.styles.values())
    return Latents(
        types=types,
        facets=facets,
        styles=styles,
        shift=np.array([s.shift for s in given])[styles],
        squeeze=np.array([s.squeeze for s in given])[styles],
        random=np.array([s.random for s in given])[styles],
    )


def thin(scores: Floats, rng: np.random.Generator) -> Floats:
    """The same answers, of which each person loses a random share: from none to all; shape (n, m).

    Args:
        scores: answers from 0 to 1, NaN = missing; shape (n, m).
        rng: source of chance.
    """
    kept = rng.random(scores.shape) < rng.random((len(scores), 1))
    return np.where(kept, scores, np.nan)


def _draw_levels(items: ItemTable, latents: Latents, rng: np.random.Generator) -> Integers:
    chance = rng.random((len(latents.types), len(items.names), 1))
    levels: Integers = (chance < items.at_least(latents)).sum(axis=2)
    return levels


def _unanswered(parameters: Parameters, latents: Latents, m: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which of m questions, in the order of asking, each person skips or never reaches; shape (n, m)."""
    given = list(parameters.styles.values())
    skip = np.array([s.skip for s in given])[latents.styles]
    least = np.array([s.reached for s in given])[latents.styles]
    reached = least + (1 - least) * rng.random(len(skip))
    skipped = rng.random((len(skip), m)) < skip[:, None]
    unreached = np.arange(m) >= np.ceil(reached * m)[:, None]
    unanswered: NDArray[np.bool_] = skipped | unreached
    return unanswered


class Respondents:
    """Made-up people who fill in whole banks: every kind of question, branching, skipping and stopping early.

    Args:
        parameters: what people are like, how questions work, how forms are filled in.
        banks: in the order in which they are filled in.
    """

    def __init__(self, parameters: Parameters, banks: Iterable[Bank]) -> None:
        self.parameters = parameters
        self.banks = tuple(banks)
        self._items = ItemTable.build(parameters, self.banks)
        self._scored = dict(zip(self._items.names, self._items.values, strict=True))

    def answer(
        self, rng: np.random.Generator, type: str | None = None, improvement: float = 0.0
    ) -> dict[str, dict[str, Value | None]]:
        """One person's answers: bank id -> `theme.question` -> value, or None where it was skipped.

        Args:
            rng: source of chance.
            type: the person's digitype; None: by the shares of the types.
            improvement: added to every facet, in standard deviations.

        Raises:
            ValueError: there is no such type.
        """
        person = draw_latents(self.parameters, 1, rng, type, improvement)
        drawn = dict(zip(self._items.names, _draw_levels(self._items, person, rng)[0], strict=True))
        style = list(self.parameters.styles.values())[person.styles[0]]
        return _left_early([self._fill_in(bank, drawn, style, rng) for bank in self.banks], style, rng)

    def _fill_in(
        self, bank: Bank, drawn: Mapping[str, int], style: Style, rng: np.random.Generator
    ) -> tuple[str, dict[str, Value | None]]:
        """The id of a bank, and the answer, or None, to every question that is asked."""
        answers: dict[str, Value | None] = {}
        for item in bank.items():
            name = f"{bank.bank}:{item.address}"
            if rng.random() < style.skip:
                answers[item.address] = None
            elif name in drawn:
                answers[item.address] = _pick(self._scored[name][drawn[name]], rng)
            else:
                answers[item.address] = _unscored(item.question, bank, rng)
        return bank.bank, {address: answers[address] for address in visible(bank, answers)}


def respondent(
    parameters: Parameters,
    banks: Iterable[Bank],
    rng: np.random.Generator,
    type: str | None = None,
    improvement: float = 0.0,
) -> dict[str, dict[str, Value | None]]:
    """One made-up person's answers to any banks; for many people keep one `Respondents`, which is faster."""
    return Respondents(parameters, banks).answer(rng, type, improvement)


def _left_early(
    filled: Sequence[tuple[str, dict[str, Value | None]]], style: Style, rng: np.random.Generator
) -> dict[str, dict[str, Value | None]]:
    """The answers up to the point where the person stopped, per bank."""
    asked = [(bank, address) for bank, answers in filled for address in answers]
    reached = style.reached + (1 - style.reached) * rng.random()
    kept = set(asked[: int(np.ceil(reached * len(asked)))])
    return {bank: {a: value for a, value in answers.items() if (bank, a) in kept} for bank, answers in filled}


def _unscored(question: Question, bank: Bank, rng: np.random.Generator) -> Value:
    """An answer that tells nothing of the facets: each choice is as likely; a number is even in its range."""
    choices = [value for value, _ in possible_answers(question, bank)]
    if choices:
        return _pick(choices, rng)
    low = FREE_ENTRY[0] if question.minimum is None else question.minimum
    high = max(low, FREE_ENTRY[1]) if question.maximum is None else question.maximum
    return int(rng.integers(min(low, high), high + 1))


def _pick(values: Sequence[Value], rng: np.random.Generator) -> Value:
    return values[int(rng.integers(len(values)))]
