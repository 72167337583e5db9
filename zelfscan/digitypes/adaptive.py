"""The adaptive test: the most telling question first, and no more questions than the outcome needs.

Before each question a fixed crowd of simulated people, who answer every question, is weighed by how well they fit
the answers so far. The weighed crowd tells which type the full test would find, and how likely each answer is.

* The next question is the one whose answer says most about that type: the highest mutual information (A. Weissman,
  2007, Mutual information item selection in adaptive classification testing, Educational and Psychological
  Measurement 67(1)).
* The test stops when the most likely type is sure enough and the questions that are left are unlikely to change it:
  stochastic curtailment (M. Finkelman, 2008, On using stochastic curtailment to shorten the SPRT in sequential
  mastery testing, Journal of Educational and Behavioral Statistics 33(4)).

Each facet first gets a few questions, so that the outcome can show all four.
There is no state between questions: the same answers always give the same questions in the same order.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr, softmax

from zelfscan.banks.schema import Answers, Bank
from zelfscan.digitypes.baselines import TINY
from zelfscan.digitypes.classifier import Classifier, judge
from zelfscan.digitypes.facets import FACETS, facet_answers
from zelfscan.digitypes.features import MIDDLE, Floats
from zelfscan.digitypes.items import Integers, ItemTable, scored_questions
from zelfscan.digitypes.metrics import Truths
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import simulate
from zelfscan.digitypes.types import TYPES

Singles = NDArray[np.float32]

CROWD = 4000
"""Simulated people who stand for everyone who might be answering."""

REFERENCE = (0, 6)
"""The stream of chance of the crowd; evaluation uses other streams."""

SURE = 0.68
"""Least probability of the most likely type with which the test may stop. It also keeps probabilities calibrated:
who stops at less is right more often than they say."""

DOUBT = 0.15
"""Largest chance of another type in the full test with which the test may stop (docs/digitypes.md has the curve)."""

PER_FACET = 2
"""Answers to each facet that are asked for first, as far as the bank has questions for it; together they are the
`MINIMUM_ANSWERS` without which no verdict is clear."""

DECIMALS = 5
"""Of the information of a question. Of questions that are equal in this the first of the bank is asked."""


class Progress(NamedTuple):
    """How far one person is in the adaptive test.

    Attributes:
        asked: `theme.question` of each question in the order of asking. When the test is not finished the last one
            is the question to ask now; all before it were answered or skipped.
        finished: whether there is nothing more to ask.
    """

    asked: tuple[str, ...]
    finished: bool


def adaptable(bank: Bank) -> bool:
    """Whether a bank can be asked in any order: each question has a facet and a score, none depends on another."""
    scored = {address for _, address, _ in scored_questions([bank], facets_only=True)}
    return all(item.address in scored and item.question.show_if is None for item in bank.items())


class AdaptiveTest:
    """The questions of one bank, each asked only when it is worth asking.

    Args:
        classifier: gives the outcome, of the adaptive test as well as of the full one.
        parameters: the simulation, which the crowd comes from.
        bank: the questions.
        doubt: largest chance of another type in the full test with which the test may stop.
        crowd: number of simulated people in the crowd.

    Attributes:
        addresses: `theme.question` of each of the m questions, in the order of the bank.
        facets: facet of each question.
        people: the crowd; nobody in it skips a question or leaves early.

    Raises:
        ValueError: the bank is not `adaptable`.
    """

    def __init__(
        self, classifier: Classifier, parameters: Parameters, bank: Bank, doubt: float = DOUBT, crowd: int = CROWD
    ) -> None:
        if not adaptable(bank):
            raise ValueError(f"bank {bank.bank}: a question has no facet, no score or a `show_if`")
        self.people = simulate(_answering_all(parameters), bank, crowd, np.random.default_rng(REFERENCE))
        self.facets = self.people.facets
        self.addresses = tuple(name.partition(":")[2] for name in self.people.items.names)
        self._bank, self._classifier, self._doubt = bank, classifier, doubt
        self._items = self.people.items
        self._membership = np.eye(len(FACETS))[self._items.facet]
        chances = self._items.chances(self.people.latents).reshape(crowd, -1)
        self._logs: Singles = np.log(np.maximum(chances, TINY)).T.astype(np.float32)
        self._answered: Singles = _indicators(self.people.levels, self._items).astype(np.float32)
        self._centred: Singles = (self.people.scores - MIDDLE).astype(np.float32)

    def progress(self, answers: Answers) -> Progress:
        """The questions that are asked, given the answers so far.

        Replayed from the first question on, so that after a changed answer the test goes on as if that answer had
        been given at once. Answers to questions that are then not asked have no effect.

        Args:
            answers: `theme.question` -> value, or None where it was skipped; not answered yet: no key.
        """
        facets = facet_answers([self._bank], {self._bank.bank: answers}).values()
        known = {item: score for each in facets for item, score in each.items()}
        scores = [known.get(name, np.nan) for name in self._items.names]
        given = [address in answers for address in self.addresses]
        asked, finished = self.follow(np.array([scores]), np.array([given]))
        return Progress(tuple(self.addresses[k] for k in asked[0] if k >= 0), bool(finished[0]))

    def follow(self, scores: Floats, given: Truths) -> tuple[Integers, Truths]:
        """Take the test for n people at once.

        Args:
            scores: answers from 0 to 1, NaN = skipped or not answered yet; shape (n, m).
            given: whether a question was answered or skipped; shape (n, m).

        Returns:
            The questions of each person in the order of asking, as index, then -1; shape (n, m). And who is
            finished; shape (n,).
        """
        asked = np.full(scores.shape, -1)
        seen, waiting = np.zeros(scores.shape, dtype=bool), np.zeros(len(scores), dtype=bool)
        going = np.arange(len(scores))
        for turn in range(scores.shape[1]):
            if not len(going):
                break
            sure, question = self._look(np.where(seen[going], scores[going], np.nan), seen[going])
            going, question = going[~sure], question[~sure]
            asked[going, turn] = question
            replied = given[going, question]
            waiting[going[~replied]] = True
            going, question = going[replied], question[replied]
            seen[going, question] = True
        return asked, ~waiting

    def _look(self, known: Floats, seen: Truths) -> tuple[Truths, Integers]:
        """Whether each of n people can stop, and otherwise the question to ask; shapes (n,).

        Args:
            known: scores of the questions that were answered, else NaN; shape (n, m).
            seen: whether a question was answered or skipped; shape (n, m).
        """
        weights, full = self._weights(known), self._full_types(known, seen)
        short = self._short(known, seen)
        allowed = ~seen & (~short.any(axis=1, keepdims=True) | short[:, self._items.facet])
        question = np.where(allowed, self._information(weights, full), -1.0).argmax(axis=1)
        return self._sure(known, weights, full), question

    def _weights(self, known: Floats) -> Singles:
        """Probability of each of the crowd, given the answers; shape (n, crowd)."""
        distance = np.abs(known[:, :, None] - self._items.scores)
        nearest = np.nan_to_num(distance, nan=np.inf).argmin(axis=2)
        levels = np.where(np.isnan(known), -1, nearest)
        logs = _indicators(levels, self._items).astype(np.float32) @ self._logs
        weights: Singles = softmax(logs, axis=1)
        return weights

    def _full_types(self, known: Floats, seen: Truths) -> Integers:
        """Index of the type that the full test would find, were the rest answered as each of the crowd did.

        Shape (n, crowd). The log-odds are a sum over the answers, for it is known how many there will be.
        """
        answered = ~np.isnan(known)
        counts = (answered | ~seen) @ self._membership
        score, reliability = np.moveaxis(self._classifier.weights, 1, 0)
        total = counts + self._classifier.prior
        sums = np.where(answered, known - MIDDLE, 0.0) @ self._membership
        fixed = (sums / total) @ score.T + (counts / total) @ reliability.T + self._classifier.intercepts
        slopes = (score / total[:, None, :])[:, :, self._items.facet] * ~seen[:, None, :]
        rest = self._centred @ np.swapaxes(slopes, 1, 2).astype(np.float32)
        types: Integers = (rest + fixed[:, None, :].astype(np.float32)).argmax(axis=2)
        return types

    def _sure(self, known: Floats, weights: Singles, full: Integers) -> Truths:
        """Whether the type is sure enough and the full test is unlikely to find another one; shape (n,)."""
        probabilities = self._classifier.probabilities(self.facets, known)
        clear = np.array(judge(self.facets, known, probabilities)) == "clear"
        other = (weights * (full != probabilities.argmax(axis=1)[:, None])).sum(axis=1)
        sure: Truths = clear & (probabilities.max(axis=1) >= SURE) & (other <= self._doubt)
        return sure

    def _short(self, known: Floats, seen: Truths) -> Truths:
        """Which facets have too few answers and still a question to ask; shape (n, 4)."""
        counts, left = ~np.isnan(known) @ self._membership, ~seen @ self._membership
        short: Truths = (counts < PER_FACET) & (left > 0)
        return short

    def _information(self, weights: Singles, full: Integers) -> Floats:
        """Mutual information of each question's answer and the type of the full test, in nats; shape (n, m)."""
        parts = [(weights * (full == k)) @ self._answered for k in range(len(TYPES))]
        joint = np.stack(parts, axis=1).astype(np.float64).reshape(len(weights), len(TYPES), *self._items.scores.shape)
        types, levels = joint.sum(axis=3), joint.sum(axis=1)
        information = entr(types).sum(axis=1) + entr(levels).sum(axis=2) - entr(joint).sum(axis=(1, 3))
        rounded: Floats = information.round(DECIMALS)
        return rounded


def _answering_all(parameters: Parameters) -> Parameters:
    """The same simulation, in which nobody skips a question or leaves early."""
    styles = {name: style.model_copy(update={"skip": 0.0, "reached": 1.0}) for name, style in parameters.styles.items()}
    return parameters.model_copy(update={"styles": styles})


def _indicators(levels: Integers, items: ItemTable) -> Truths:
    """Whether each of n people answered at a level of an item; shape (n, m items * levels)."""
    answered: Truths = levels[:, :, None] == np.arange(items.scores.shape[1])
    return answered.reshape(len(levels), -1)
