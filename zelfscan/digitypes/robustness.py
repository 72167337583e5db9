"""How the classifier fares where the world is not as it learned it: other habits, gaps, shares and personas."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from zelfscan.banks.schema import Bank
from zelfscan.digitypes import metrics
from zelfscan.digitypes.baselines import bayes_posterior
from zelfscan.digitypes.classifier import Classifier, judge
from zelfscan.digitypes.distribution import estimate_shares
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.metrics import Bin
from zelfscan.digitypes.parameters import Parameters, Persona
from zelfscan.digitypes.simulation import People, simulate
from zelfscan.digitypes.types import TYPES

MISSING = (0.0, 0.1, 0.2, 0.35, 0.5, 0.7)
"""Shares of the answers that are taken away."""

STARTERS = (0.05, 0.10, 0.20, 0.30, 0.45, 0.60)
"""Shares of the first of `TYPES` in a group; the others keep their proportions."""

MOVED = ("aarzelende_technologiegebruiker", "digivaardige_professional")
"""The personas in the middle, who are nearest to each other; of the first no source describes the facets."""

MOVE = 0.5
"""How far a persona is moved on every facet, in standard deviations of all care workers."""

BAYES_PART = 10
"""One in so many people is classified by Bayes' rule as well, which is slow."""


@dataclass(frozen=True)
class Fares:
    """How the classifier fares among some people.

    Attributes:
        people: how many.
        confidence: mean probability of the most likely type.
        accuracy: share for whom that is the true type.
        margin: half the 95% interval of the accuracy.
        ece: expected calibration error.
        abstained: share who get no single type ('between' or 'too few').
    """

    people: int
    confidence: float
    accuracy: float
    margin: float
    ece: float
    abstained: float


@dataclass(frozen=True)
class StyleFares(Fares):
    """The same for one response style, with its confusion table and the points of its reliability diagram."""

    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[Bin, ...]


@dataclass(frozen=True)
class ShiftFares(Fares):
    """The same with another share of starters: as it is, counted from labels and corrected."""

    starters: float
    counted: float
    corrected: float


@dataclass(frozen=True)
class MoveFares(Fares):
    """The same with a persona moved.

    Attributes:
        bayes_accuracy: the best possible in that world, on one in `BAYES_PART` people.
        classifier: the classifier's accuracy on the same people.
    """

    bayes_accuracy: float
    classifier: float


@dataclass(frozen=True)
class Trial:
    """Simulated people to put to the classifier.

    Attributes:
        classifier: the model.
        parameters: the world that it learned from.
        bank: the bank that is filled in.
        people: how many per world.
        rng: source of chance.
    """

    classifier: Classifier
    parameters: Parameters
    bank: Bank
    people: int
    rng: np.random.Generator

    def put(self, parameters: Parameters) -> "Put":
        """Let people of a world fill in the bank, and classify them."""
        people = simulate(parameters, self.bank, self.people, self.rng)
        return Put(people, self.classifier.probabilities(people.facets, people.scores))


class Put(NamedTuple):
    """People and the probabilities that the classifier gave them; shape (n, 4)."""

    people: People
    probabilities: Floats

    @property
    def types(self) -> Integers:
        """Index of the true type; shape (n,)."""
        return self.people.latents.types

    @property
    def predicted(self) -> Integers:
        """Index of the most likely type; shape (n,)."""
        likely: Integers = self.probabilities.argmax(axis=1)
        return likely

    @property
    def reliability(self) -> tuple[Bin, ...]:
        """The points of the reliability diagram."""
        return metrics.reliability(self.probabilities.max(axis=1), self.predicted == self.types)

    @property
    def confusion(self) -> Integers:
        """People per true type (row) and most likely type (column); shape (4, 4)."""
        return metrics.confusion(self.types, self.predicted)

    def fares(self) -> Fares:
        """How the classifier fares among them."""
        accuracy = float((self.predicted == self.types).mean())
        verdicts = judge(self.people.facets, self.people.scores, self.probabilities)
        return Fares(
            people=len(self.types),
            confidence=float(self.probabilities.max(axis=1).mean()),
            accuracy=accuracy,
            margin=metrics.margin(accuracy, len(self.types)),
            ece=metrics.expected_calibration_error(self.reliability),
            abstained=1 - verdicts.count("clear") / len(verdicts),
        )


def styles(trial: Trial) -> dict[str, StyleFares]:
    """Everyone fills in the form in the same style, for each style of the simulation."""
    found = {}
    for name, style in trial.parameters.styles.items():
        only = {name: style.model_copy(update={"share": 1.0})}
        put = trial.put(trial.parameters.model_copy(update={"styles": only}))
        found[name] = StyleFares(
            **vars(put.fares()),
            confusion=tuple(map(tuple, put.confusion.tolist())),
            reliability=put.reliability,
        )
    return found


def missing(trial: Trial, test: "Put") -> dict[float, Fares]:
    """A share of the answers is taken away at random, on top of what people skip."""
    return {share: _without(trial, test.people, share).fares() for share in MISSING}


def shifted(trial: Trial) -> dict[float, ShiftFares]:
    """Other shares of starters than the classifier learned from."""
    usual = trial.parameters.shares
    found = {}
    for starters in STARTERS:
        put = trial.put(with_shares(trial.parameters, shift(usual, starters)))
        found[starters] = ShiftFares(
            **vars(put.fares()),
            starters=float((put.types == 0).mean()),
            counted=float((put.predicted == 0).mean()),
            corrected=float(estimate_shares(put.probabilities, usual)[0]),
        )
    return found


def moved(trial: Trial) -> dict[str, MoveFares]:
    """Each persona of `MOVED` lower and higher on every facet; keyed by `<type> -0.5` and `<type> +0.5`."""
    return {
        f"{name} {move:+g}": _moved(trial, moved_persona(trial.parameters, name, move))
        for name in MOVED
        for move in (-MOVE, MOVE)
    }


def shift(usual: Floats, starters: float) -> Floats:
    """Shares of the types with another share of starters; the others keep their proportions; shape (4,)."""
    shares: Floats = usual * (1 - starters) / (1 - usual[0])
    shares[0] = starters
    return shares


def with_shares(parameters: Parameters, shares: Sequence[float] | Floats) -> Parameters:
    """The same world with other shares of the types, in the order of `TYPES`."""
    personas = {
        name: parameters.personas[name].model_copy(update={"share": _number(parameters.personas[name], share)})
        for name, share in zip(TYPES, shares, strict=True)
    }
    return parameters.model_copy(update={"personas": personas})


def moved_persona(parameters: Parameters, name: str, move: float) -> Parameters:
    """The same world with one persona moved on every facet, in standard deviations."""
    persona = parameters.personas[name]
    facets = {f: persona.facet(f).model_copy(update={"mean": persona.facet(f).mean + move}) for f in FACETS}
    return parameters.model_copy(update={"personas": {**parameters.personas, name: persona.model_copy(update=facets)}})


def _number(persona: Persona, value: float) -> object:
    return persona.share.model_copy(update={"value": float(value)})


def _without(trial: Trial, people: People, share: float) -> Put:
    """The same people, of whose answers a share is taken away."""
    gone = trial.rng.random(people.scores.shape) < share
    scores = np.where(gone, np.nan, people.scores)
    left = People(people.items, people.latents, np.where(gone, -1, people.levels), scores)
    return Put(left, trial.classifier.probabilities(left.facets, scores))


def _moved(trial: Trial, parameters: Parameters) -> MoveFares:
    put = trial.put(parameters)
    part = slice(max(1, trial.people // BAYES_PART))
    best = bayes_posterior(parameters, put.people[part], trial.rng).argmax(axis=1)
    right = put.predicted[part] == put.types[part]
    return MoveFares(
        **vars(put.fares()),
        bayes_accuracy=float((best == put.types[part]).mean()),
        classifier=float(right.mean()),
    )
