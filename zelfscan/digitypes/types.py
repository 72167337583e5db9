"""The four digitypes, and what the classifier says about one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Self

TYPES = (
    "analoge_idealist",
    "aarzelende_technologiegebruiker",
    "digivaardige_professional",
    "digitale_enthousiasteling",
)
"""From the least to the most at home in technology."""

Verdict = Literal["clear", "between", "too_few"]


class Pull(NamedTuple):
    """How far one answer moved the outcome.

    Attributes:
        item: `bank:theme.question`.
        weight: natural log-odds of the type against the runner-up; positive pulled towards the type.
    """

    item: str
    weight: float


@dataclass(frozen=True)
class Digitype:
    """What the classifier says about one person.

    Attributes:
        type: the most likely type, also when it lies between two; None when there are too few answers.
        runner_up: the second most likely type.
        verdict: `clear`; `between` the type and the runner-up, which are too close to tell apart;
            or `too_few` answers.
        probabilities: per type of `TYPES`; they add up to 1.
        facets: mean answer per facet, 0 to 1; None without answers.
        pulls: every answer used, strongest first; together with the model's intercept they are exactly
            the log-odds of the type against the runner-up. Empty when there are too few answers.
        model: sha256 of the model file, in hex.
    """

    type: str | None
    runner_up: str
    verdict: Verdict
    probabilities: dict[str, float]
    facets: dict[str, float | None]
    pulls: tuple[Pull, ...]
    model: str

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: ids, and numbers to six decimals, so that a stored outcome stays small."""
        return {
            "type": self.type,
            "runner_up": self.runner_up,
            "verdict": self.verdict,
            "probabilities": {name: round(p, 6) for name, p in self.probabilities.items()},
            "facets": {name: None if mean is None else round(mean, 6) for name, mean in self.facets.items()},
            "pulls": [[item, round(weight, 6)] for item, weight in self.pulls],
            "model": self.model,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The outcome that `to_dict` wrote.

        Raises:
            KeyError: a part is missing.
        """
        return cls(
            type=data["type"],
            runner_up=data["runner_up"],
            verdict=data["verdict"],
            probabilities=dict(data["probabilities"]),
            facets=dict(data["facets"]),
            pulls=tuple(Pull(item, weight) for item, weight in data["pulls"]),
            model=data["model"],
        )
