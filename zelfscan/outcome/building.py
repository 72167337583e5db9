"""From answers to an outcome: scores, advice and digitype together, and what of it goes into a ballot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from zelfscan.banks.schema import Bank, Material
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.facets import facet_answers
from zelfscan.digitypes.types import Digitype
from zelfscan.privacy.disclosure import BallotContent
from zelfscan.rounds.measures import ballot_content
from zelfscan.scan.services import Answers
from zelfscan.scoring.advice import Advice, advise
from zelfscan.scoring.scores import Scores, score


@dataclass(frozen=True)
class Outcome:
    """The outcome of one person: ids and numbers only; texts come from the banks.

    Attributes:
        digitype: type, probabilities, facets and what pulled.
        scores: per bank, in the order of the round.
        advice: per bank, in the order of the round.
    """

    digitype: Digitype
    scores: tuple[Scores, ...]
    advice: tuple[Advice, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "digitype": self.digitype.to_dict(),
            "scores": [scores.to_dict() for scores in self.scores],
            "advice": [advice.to_dict() for advice in self.advice],
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        return cls(
            Digitype.from_dict(content["digitype"]),
            tuple(Scores.from_dict(scores) for scores in content["scores"]),
            tuple(Advice.from_dict(advice) for advice in content["advice"]),
        )


def build_outcome(
    banks: Sequence[Bank],
    answers: Mapping[str, Answers],
    classifier: Classifier,
    materials: Mapping[str, Material],
) -> Outcome:
    """Score, classify and advise; nothing is stored.

    Args:
        banks: the banks that were asked.
        answers: per bank id, answer by address.
        classifier: the digitype classifier.
        materials: learning materials by id.
    """
    scores = tuple(score(bank, answers.get(bank.bank, {})) for bank in banks)
    advice = tuple(
        advise(bank, answers.get(bank.bank, {}), scored, materials) for bank, scored in zip(banks, scores, strict=True)
    )
    return Outcome(classifier.classify(facet_answers(banks, answers)), scores, advice)


def ballot_of(
    outcome: Outcome,
    unit: str,
    banks: Sequence[Bank],
    background: Mapping[str, str | None] | None = None,
    own_type: str | None = None,
) -> BallotContent:
    """What the organisation gets of this outcome: the nearest type and the level per theme, no answer.

    Args:
        background: what she chose to tell beside it: category per background question, None for 'rather not say'.
        own_type: the type that she sees herself as; None for 'rather not say'.
    """
    levels = {f"{s.bank}.{theme.theme}": theme.level for s in outcome.scores for theme in s.themes}
    return ballot_content(unit, banks, outcome.digitype.type, levels, background, own_type)
