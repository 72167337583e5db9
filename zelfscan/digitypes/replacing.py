"""Whether a new model may take the place of the one that is there: not when it is worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.facets import FacetTable
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.items import Integers
from zelfscan.digitypes.labelled import indices
from zelfscan.digitypes.simulation import People
from zelfscan.digitypes.store import ModelError, load_classifier, load_facts
from zelfscan.errors import ClearError

SURE = 3.0
"""Standard errors within which a difference may be chance (99.7%); training with another seed stays within."""

MEND = {
    "nl": "Bewaar het nieuwe model ergens anders met --out, of vervang het oude toch met --force.",
    "en": "Keep the new model elsewhere with --out, or replace the old one all the same with --force.",
}

MESSAGES = {
    "worse": {
        "nl": "{folder}: het nieuwe model is slechter dan het model dat er staat, meer dan toeval kan zijn: log loss "
        "{new_loss:.4f} tegen {old_loss:.4f}, goed voor {new_share:.2%} tegen {old_share:.2%} van {people} mensen. "
        "Er is niets veranderd.",
        "en": "{folder}: the new model is worse than the model that is there, by more than chance: log loss "
        "{new_loss:.4f} against {old_loss:.4f}, right for {new_share:.2%} against {old_share:.2%} of {people} people. "
        "Nothing was changed.",
    },
    "labelled": {
        "nl": "{folder}: het model dat er staat leerde van mensen die zelf hun type noemden. Met verzonnen mensen is "
        "niet te zien of een nieuw model beter is. Er is niets veranderd.",
        "en": "{folder}: the model that is there learned from people who named their own type. Simulated people cannot "
        "tell whether a new model is better. Nothing was changed.",
    },
}


class ReplacementError(ClearError):
    """A new model may not replace the one that is there; the message says why, in two languages.

    Args:
        code: key of `MESSAGES`.
        params: its fields.
    """

    def __init__(self, code: str, **params: object) -> None:
        self._code = code
        self._params = params
        super().__init__(self.text("en"))

    def text(self, language: str) -> str:
        """The message in Dutch (`nl`) or else in English."""
        language = "nl" if language == "nl" else "en"
        return MESSAGES[self._code][language].format(**self._params) + " " + MEND[language]


class _Judged(NamedTuple):
    """Probabilities against the true types: log loss, and 1 where the most likely type is the true one, per person."""

    losses: Floats
    right: Floats

    @classmethod
    def of(cls, probabilities: Floats, types: Integers) -> Self:
        losses = -np.log(probabilities[np.arange(len(types)), types])
        return cls(losses, (probabilities.argmax(axis=1) == types).astype(np.float64))


@dataclass(frozen=True)
class Incumbent:
    """The model that is there.

    Attributes:
        folder: that holds it.
        classifier: the model.
        facts: the content of `digitype.json`.
    """

    folder: Path
    classifier: Classifier
    facts: dict[str, Any]

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """The model in a folder; None when there is none that can be used, so that any model is better."""
        try:
            return cls(folder, load_classifier(folder), load_facts(folder))
        except ModelError:
            return None

    def require_no_worse(self, new: Classifier, people: People) -> None:
        """Let a model that was trained on simulated people replace this one, or not.

        Args:
            new: the new model.
            people: simulated people that neither model has seen.

        Raises:
            ReplacementError: its log loss or its accuracy is worse by more than chance over the same people, or
                this model learned from real labels.
        """
        if self._is_labelled:
            raise ReplacementError("labelled", folder=self.folder)
        new_chances, old_chances = (each.probabilities(people.facets, people.scores) for each in (new, self.classifier))
        types = people.latents.types
        self._compare(_Judged.of(new_chances, types), _Judged.of(old_chances, types))

    def require_no_worse_on_labels(self, probabilities: Floats, table: FacetTable, labels: Sequence[str]) -> None:
        """Let a model that was trained on labels replace this one, or not.

        When this model learned from labels as well, perhaps of the same people, its own cross-validated figures
        stand for it.

        Args:
            probabilities: cross-validated, of each type of `TYPES`; shape (n, 4).
            table: the answers of these n people.
            labels: the type of each.

        Raises:
            ReplacementError: its log loss or its accuracy is worse by more than chance.
        """
        new = _Judged.of(probabilities, indices(labels))
        if self._is_labelled:
            self._compare_with_figures(new)
        else:
            known = self.classifier.probabilities(table.facets, table.scores)
            self._compare(new, _Judged.of(known, indices(labels)))

    @property
    def _is_labelled(self) -> bool:
        return self.facts.get("data") == "labelled"

    def _compare(self, new: _Judged, old: _Judged) -> None:
        """Person by person, so that what is hard for both does not blur the difference."""
        lost, missed = new.losses - old.losses, old.right - new.right
        if any(each.mean() > SURE * each.std() / np.sqrt(len(each)) for each in (lost, missed)):
            self._refuse(new, float(old.losses.mean()), float(old.right.mean()))

    def _compare_with_figures(self, new: _Judged) -> None:
        figures = self.facts["figures"]
        loss, share = figures["log_loss"], figures["accuracy"]
        error = SURE * np.sqrt(1 / len(new.losses) + 1 / figures["people"])
        if new.losses.mean() - loss > error * new.losses.std() or share - new.right.mean() > error * new.right.std():
            self._refuse(new, loss, share)

    def _refuse(self, new: _Judged, loss: float, share: float) -> None:
        raise ReplacementError(
            "worse",
            folder=self.folder,
            new_loss=new.losses.mean(),
            old_loss=loss,
            new_share=new.right.mean(),
            old_share=share,
            people=len(new.losses),
        )
