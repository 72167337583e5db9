import numpy as np
import pytest

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.facets import FacetTable
from zelfscan.digitypes.labelled import FOLDS, MINIMUM, LabelsError, evaluate_on_labels, train_on_labels
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import People, simulate
from zelfscan.digitypes.training import STEPS, FacetsError
from zelfscan.digitypes.types import TYPES


def as_table(people: People) -> FacetTable:
    return FacetTable(people.items.names, people.facets, people.scores)


@pytest.fixture(scope="module")
def people(parameters: Parameters, shipped: Bank) -> People:
    return simulate(parameters, shipped, 600, np.random.default_rng(3))


def test_labels_give_a_classifier_and_honest_figures(people: People, parameters: Parameters, shipped: Bank) -> None:
    steps: list[str] = []
    pipeline, quality, probabilities = train_on_labels(as_table(people), people.labels.tolist(), steps.append)
    assert len(steps) == STEPS
    assert quality.people == 600
    assert (probabilities.argmax(axis=1) == people.latents.types).mean() == quality.accuracy
    fresh = simulate(parameters, shipped, 3000, np.random.default_rng(4))
    right = Classifier(pipeline, "").probabilities(fresh.facets, fresh.scores).argmax(axis=1) == fresh.latents.types
    assert right.mean() > 0.65
    assert abs(quality.accuracy - right.mean()) < 3 * quality.margin


def test_too_few_of_a_type(people: People) -> None:
    labels = [TYPES[0]] * (MINIMUM - 1) + [TYPES[1]] * (600 - MINIMUM + 1)
    with pytest.raises(LabelsError, match=rf"{TYPES[0]} \({MINIMUM - 1}\), {TYPES[2]} \(0\), {TYPES[3]} \(0\)"):
        train_on_labels(as_table(people), labels)


def test_missing_facet(people: People) -> None:
    table = as_table(people)
    kept = [k for k, facet in enumerate(table.facets) if facet != "houding"]
    part = FacetTable(tuple(table.items[k] for k in kept), tuple(table.facets[k] for k in kept), table.scores[:, kept])
    with pytest.raises(FacetsError, match="no question has facet houding"):
        train_on_labels(part, people.labels.tolist())


def test_a_model_is_judged_on_labels(classifier: Classifier, people: People) -> None:
    quality = evaluate_on_labels(classifier, as_table(people), people.labels.tolist())
    chances = classifier.probabilities(people.facets, people.scores)
    assert quality.people == 600
    assert quality.accuracy == (chances.argmax(axis=1) == people.latents.types).mean()
    assert quality.log_loss == pytest.approx(-np.log(chances[np.arange(600), people.latents.types]).mean())
    assert 0.5 < quality.prototype_accuracy < quality.accuracy + 0.05


def test_a_model_is_not_judged_on_too_few_labels(classifier: Classifier, people: People) -> None:
    labels = [TYPES[0]] * (FOLDS - 1) + [TYPES[1]] * 296 + [TYPES[2]] * 150 + [TYPES[3]] * 150
    with pytest.raises(LabelsError, match=rf"at least {FOLDS} people of each type are needed; too few of: {TYPES[0]}"):
        evaluate_on_labels(classifier, as_table(people), labels)
