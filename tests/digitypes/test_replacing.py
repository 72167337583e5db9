import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.facets import FacetTable
from zelfscan.digitypes.labelled import Fitted, train_on_labels
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.replacing import Incumbent, ReplacementError
from zelfscan.digitypes.simulation import People, simulate
from zelfscan.digitypes.store import save_model
from zelfscan.digitypes.training import train


@pytest.fixture(scope="module")
def people(parameters: Parameters, shipped: Bank) -> People:
    return simulate(parameters, shipped, 4000, np.random.default_rng([3, 1]))


@pytest.fixture(scope="module")
def table(people: People) -> FacetTable:
    some = people[:600]
    return FacetTable(some.items.names, some.facets, some.scores)


@pytest.fixture(scope="module")
def labels(people: People) -> list[str]:
    return people[:600].labels.tolist()


@pytest.fixture(scope="module")
def fitted(table: FacetTable, labels: list[str]) -> Fitted:
    return train_on_labels(table, labels)


@pytest.fixture(scope="module")
def in_place(models: Path) -> Incumbent:
    found = Incumbent.of(models)
    assert found is not None
    return found


@pytest.fixture
def labelled(fitted: Fitted, tmp_path: Path) -> Incumbent:
    save_model(fitted.pipeline, {"data": "labelled", "figures": fitted.quality.to_dict()}, tmp_path)
    found = Incumbent.of(tmp_path)
    assert found is not None
    return found


def test_there_is_nothing_to_replace_without_a_model_that_can_be_used(models: Path, tmp_path: Path) -> None:
    assert Incumbent.of(tmp_path) is None
    shutil.copytree(models, tmp_path / "copy")
    (tmp_path / "copy" / "digitype.skops").write_bytes(b"damaged")
    assert Incumbent.of(tmp_path / "copy") is None


def test_the_same_model_and_one_of_another_seed_may_replace_it(
    in_place: Incumbent, parameters: Parameters, shipped: Bank, people: People
) -> None:
    in_place.require_no_worse(in_place.classifier, people)
    other = Classifier(train(parameters, shipped, seed=2, people=40_000), "")
    assert not np.array_equal(other.weights, in_place.classifier.weights)
    in_place.require_no_worse(other, people)


def test_a_worse_model_is_refused_with_both_figures(
    in_place: Incumbent, parameters: Parameters, shipped: Bank, people: People
) -> None:
    worse = Classifier(train(parameters, shipped, seed=6, people=300), "")
    with pytest.raises(ReplacementError) as caught:
        in_place.require_no_worse(worse, people)
    losses = [
        -np.log(each.probabilities(people.facets, people.scores)[np.arange(4000), people.latents.types]).mean()
        for each in (worse, in_place.classifier)
    ]
    english, dutch = caught.value.text("en"), caught.value.text("nl")
    assert f"log loss {losses[0]:.4f} against {losses[1]:.4f}" in english
    assert f"log loss {losses[0]:.4f} tegen {losses[1]:.4f}" in dutch
    assert english.startswith(f"{in_place.folder}: the new model is worse than the model that is there")
    assert "--force" in english
    assert "--force" in dutch


def test_less_accurate_is_worse_even_when_it_is_as_sure(
    in_place: Incumbent, pipeline: Pipeline, people: People
) -> None:
    swapped = Classifier(pipeline, "")
    swapped.weights = swapped.weights[[1, 0, 2, 3]]
    with pytest.raises(ReplacementError, match="is worse"):
        in_place.require_no_worse(swapped, people)


def test_simulated_people_do_not_replace_what_real_people_taught(labelled: Incumbent, people: People) -> None:
    with pytest.raises(ReplacementError, match="learned from people who named their own type"):
        labelled.require_no_worse(labelled.classifier, people)


def test_labels_of_other_people_than_the_simulation_has_replace_a_simulated_model(
    in_place: Incumbent, table: FacetTable, labels: list[str]
) -> None:
    turned = FacetTable(table.items, table.facets, 1 - table.scores)
    found = train_on_labels(turned, labels)
    assert in_place.require_no_worse_on_labels(found.probabilities, turned, labels) is None


def test_labels_that_teach_nothing_do_not_replace_a_simulated_model(
    in_place: Incumbent, table: FacetTable, labels: list[str]
) -> None:
    with pytest.raises(ReplacementError, match="is worse"):
        in_place.require_no_worse_on_labels(np.full((600, 4), 0.25), table, labels)


def test_the_same_labels_again_may_replace_what_they_taught(
    labelled: Incumbent, fitted: Fitted, table: FacetTable, labels: list[str]
) -> None:
    assert labelled.require_no_worse_on_labels(fitted.probabilities, table, labels) is None


def test_labels_that_fit_less_well_do_not_replace_what_labels_taught(
    labelled: Incumbent, table: FacetTable, labels: list[str]
) -> None:
    shuffled = np.random.default_rng(1).permutation(labels).tolist()
    found = train_on_labels(table, shuffled)
    with pytest.raises(ReplacementError, match="is worse"):
        labelled.require_no_worse_on_labels(found.probabilities, table, shuffled)
