"""How a person's facets become answers: the graded response model, item by item.

Source: F. Samejima (1969), Estimation of latent ability using a response pattern of graded scores, Psychometrika
Monograph 17; with two answers it is the two-parameter logistic model, with a chance of guessing right (knowledge
questions) the three-parameter one (A. Birnbaum, 1968).
"""

import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Question, Value
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.parameters import ListedItem, Parameters

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Latents:
    """What lies behind the answers of n people: facets and response style.

    Attributes:
        types: index in `TYPES`; shape (n,).
        facets: standard deviations from the middle care worker; shape (n, 4), columns as `FACETS`.
        styles: index in the parameters' styles; shape (n,).
        shift, squeeze, random: the numbers of that style (models/simulation.yaml); shape (n,).
    """

    types: Integers
    facets: Floats
    styles: Integers
    shift: Floats
    squeeze: Floats
    random: Floats

    def __getitem__(self, rows: slice) -> "Latents":
        """The people of some rows."""
        return Latents(**{name: column[rows] for name, column in vars(self).items()})


@dataclass(frozen=True)
class ItemTable:
    """The scored questions of one or more banks as arrays: m items with at most K + 1 levels (distinct scores).

    Attributes:
        names: `bank:theme.question` per item.
        facet: index in `FACETS`; shape (m,).
        discrimination, location: of the graded response model; shape (m,).
        steps: thresholds around the location, infinite where an item has fewer levels; shape (m, K).
        guess: chance of the highest level without knowing anything; shape (m,).
        direction: 1 where agreeing scores high, -1 where it scores low, 0 where there is nothing to agree
            with; shape (m,).
        scores: score per level, ascending, NaN where an item has fewer levels; shape (m, K + 1).
        values: per item and level the answers that give that score.
    """

    names: tuple[str, ...]
    facet: Integers
    discrimination: Floats
    location: Floats
    steps: Floats
    guess: Floats
    direction: Floats
    scores: Floats
    values: tuple[tuple[tuple[Value, ...], ...], ...]

    @classmethod
    def build(cls, parameters: Parameters, banks: Iterable[Bank], facets_only: bool = False) -> Self:
        """The table of every scored question, or only of those that carry a facet.

        Args:
            parameters: response models of listed questions, and the defaults for all others.
            banks: in the order in which they are filled in.
            facets_only: leave out questions that carry no facet (else they follow `kennis`).
        """
        rows = [_row(parameters, *entry) for entry in scored_questions(banks, facets_only)]
        width = max((len(row.scores) for row in rows), default=2)
        return cls(
            names=tuple(row.name for row in rows),
            facet=np.array([FACETS.index(row.facet) for row in rows], dtype=np.int64),
            discrimination=np.array([row.model.discrimination for row in rows]),
            location=np.array([row.model.location for row in rows]),
            steps=_padded([_steps(row, parameters) for row in rows], width - 1, np.inf),
            guess=np.array([row.guess for row in rows]),
            direction=np.array([row.direction for row in rows], dtype=np.float64),
            scores=_padded([row.scores for row in rows], width, np.nan),
            values=tuple(row.values for row in rows),
        )

    def at_least(self, people: Latents) -> Floats:
        """Chance of answering at level k or higher, k = 1 .. K; shape (n people, m items, K)."""
        pushed = people.facets[:, self.facet] + people.shift[:, None] * self.direction - self.location
        squeezed = people.squeeze[:, None, None] * self.steps
        chance = expit(self.discrimination[:, None] * (pushed[:, :, None] - squeezed))
        chance = self.guess[:, None] + (1 - self.guess[:, None]) * chance
        careless = people.random[:, None, None]
        return np.where(np.isinf(self.steps), 0.0, (1 - careless) * chance + careless * self._blind())

    def chances(self, people: Latents) -> Floats:
        """Chance of each level; shape (n people, m items, K + 1)."""
        above = self.at_least(people)
        ends = np.ones((*above.shape[:2], 1))
        stairs = np.concatenate([ends, above, np.zeros_like(ends)], axis=2)
        chances: Floats = -np.diff(stairs, axis=2)
        return chances

    def _blind(self) -> Floats:
        """Chance of level k or higher for who answers without reading; shape (m, K)."""
        levels = np.isfinite(self.scores).sum(axis=1)[:, None]
        even = 1 - np.arange(1, self.scores.shape[1]) / levels
        return np.where(self.guess[:, None] > 0, self.guess[:, None], even)


def scored_questions(banks: Iterable[Bank], facets_only: bool = False) -> Iterator[tuple[Bank, str, Question]]:
    """Bank, address and question of everything that a person can score on, in the order of asking."""
    for bank in banks:
        for item in bank.items():
            if facets_only and item.question.facet is None:
                continue
            if any(score is not None for _, score in possible_answers(item.question, bank)):
                yield bank, item.address, item.question


def possible_answers(question: Question, bank: Bank) -> list[tuple[Value, float | None]]:
    """Answers that the simulation gives to a question with choices, each with its score; none for free entry.

    For kinds that take several choices: the right ones together (where there are right ones) and each single one.
    """
    kind = KINDS[question.kind]
    choices = [choice.value for choice in kind.choices(question, bank) or ()]
    raw: list[str | Sequence[str]] = list(choices)
    if kind.takes_several(question):
        raw = [[choice] for choice in choices]
        raw += [list(question.correct)] if len(question.correct) > 1 else []
    values = [kind.parse(entry, question, bank) for entry in raw]
    return [(value, kind.score(value, question, bank)) for value in values]


@dataclass(frozen=True)
class _Row:
    name: str
    facet: str
    model: ListedItem
    scores: tuple[float, ...]
    values: tuple[tuple[Value, ...], ...]
    guess: float
    direction: int


def _row(parameters: Parameters, bank: Bank, address: str, question: Question) -> _Row:
    name = f"{bank.bank}:{address}"
    levels = _levels(question, bank)
    guess = 1 / sum(len(values) for _, values in levels) if KINDS[question.kind].rates_knowledge else 0.0
    can_agree = "reverse" in KINDS[question.kind].fields
    return _Row(
        name=name,
        facet=question.facet or FACETS[0],
        model=parameters.items.listed.get(name) or _default_model(name, parameters),
        scores=tuple(score for score, _ in levels),
        values=tuple(values for _, values in levels),
        guess=guess,
        direction=(-1 if question.reverse else 1) if can_agree else 0,
    )


def _levels(question: Question, bank: Bank) -> list[tuple[float, tuple[Value, ...]]]:
    scored = [(score, value) for value, score in possible_answers(question, bank) if score is not None]
    scored.sort(key=lambda pair: pair[0])
    groups = itertools.groupby(scored, key=lambda pair: pair[0])
    return [(score, tuple(value for _, value in pairs)) for score, pairs in groups]


def _default_model(name: str, parameters: Parameters) -> ListedItem:
    """The model of a question that is not listed: its location is spread evenly by a hash of its address."""
    default = parameters.items.default
    spread = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**63 - 1
    return ListedItem(
        discrimination=default.discrimination.value,
        location=spread * default.range.value,
        source="default",
    )


def _steps(row: _Row, parameters: Parameters) -> tuple[float, ...]:
    count = len(row.scores) - 1
    return tuple(parameters.items.default.step.value * (k - (count - 1) / 2) for k in range(count))


def _padded(rows: Sequence[Sequence[float]], width: int, filler: float) -> Floats:
    table = np.full((len(rows), width), filler)
    for target, row in zip(table, rows, strict=True):
        target[: len(row)] = row
    return table
