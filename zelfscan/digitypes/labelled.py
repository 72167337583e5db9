"""People who named their own type: the real labels, once an organisation has them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from sklearn.pipeline import Pipeline

from zelfscan.digitypes.evaluation import Quality, cross_validate
from zelfscan.digitypes.facets import FacetTable
from zelfscan.digitypes.progress import Step, silent
from zelfscan.digitypes.training import check_facets, fit
from zelfscan.digitypes.types import TYPES
from zelfscan.errors import ClearError

LABEL = "digitype"
"""Name of the column that holds a person's own type."""

MINIMUM = 25
"""People of each type at least; with fewer the weights say more about these people than about the type."""


class LabelsError(ClearError):
    """There are too few people with a label; the message says of which type and how many are needed."""


def train_on_labels(table: FacetTable, labels: Sequence[str], step: Step = silent) -> tuple[Pipeline, Quality]:
    """Fit on people who named their own type, and measure on people that were left out of the fit.

    Args:
        table: their answers.
        labels: type of each person, in the same order.
        step: called after each part of the work.

    Raises:
        LabelsError: fewer than `MINIMUM` people of a type.
        FacetsError: no question has one of the facets.
    """
    counts = Counter(labels)
    scarce = [f"{name} ({counts[name]})" for name in TYPES if counts[name] < MINIMUM]
    if scarce:
        raise LabelsError(f"at least {MINIMUM} people of each type are needed; too few of: {', '.join(scarce)}")
    check_facets(table.facets)
    known = np.array(labels)
    pipeline = fit(table.facets, table.scores, known, step)
    quality = cross_validate(table.facets, table.scores, known, pipeline[0].prior)
    step("cross-validate")
    return pipeline, quality
