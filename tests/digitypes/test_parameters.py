from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.parameters import Parameters, ParametersError, load_parameters
from zelfscan.digitypes.types import TYPES


@pytest.fixture
def content(models: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((models / "simulation.yaml").read_text(encoding="utf-8"))
    return data


def error(folder: Path, content: object) -> str:
    path = folder / "simulation.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ParametersError) as caught:
        load_parameters(path)
    return str(caught.value)


def test_shipped_parameters_as_arrays(parameters: Parameters) -> None:
    assert parameters.shares.sum() == pytest.approx(1)
    assert parameters.means.shape == parameters.deviations.shape == (len(TYPES), len(FACETS))
    np.testing.assert_array_equal(parameters.correlation, parameters.correlation.T)
    np.testing.assert_array_equal(np.diag(parameters.correlation), 1)


def test_array_rows_are_types_and_columns_facets(parameters: Parameters) -> None:
    persona = parameters.personas["aarzelende_technologiegebruiker"]
    np.testing.assert_array_equal(
        parameters.means[1],
        [persona.kennis.mean, persona.motivatie.mean, persona.houding.mean, persona.zelfbeeld.mean],
    )


def test_shipped_personas_agree_with_their_description(parameters: Parameters) -> None:
    kennis, motivatie, houding, zelfbeeld = parameters.means.T
    assert (np.diff(kennis) > 0).all()
    assert motivatie[1] > motivatie[2] > motivatie[0]
    assert (np.diff(houding) > 0).all()
    assert zelfbeeld[1] < kennis[1]


def test_every_listed_question_is_in_the_shipped_bank(parameters: Parameters, shipped: Bank) -> None:
    assert {f"digitype:{item.address}" for item in shipped.items()} == set(parameters.items.listed)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ParametersError, match=r"none\.yaml: cannot be read"):
        load_parameters(tmp_path / "none.yaml")


def test_file_that_is_no_yaml_or_no_mapping(tmp_path: Path) -> None:
    assert "cannot be read" in error(tmp_path, "personas: [")
    assert "holds no parameters" in error(tmp_path, "- 1")


def test_number_without_source_and_unknown_field_are_both_told(tmp_path: Path, content: dict[str, Any]) -> None:
    del content["personas"]["analoge_idealist"]["kennis"]["source"]
    content["styles"]["regular"]["speed"] = 2
    message = error(tmp_path, content)
    assert "personas.analoge_idealist.kennis.source: Field required" in message
    assert "styles.regular.speed: Extra inputs are not permitted" in message
    assert "docs/digitypes.md" in message


def test_shares_have_to_add_up(tmp_path: Path, content: dict[str, Any]) -> None:
    content["personas"]["analoge_idealist"]["share"]["value"] = 0.5
    assert "personas: the shares add up to 1.33; they have to add up to 1" in error(tmp_path, content)


def test_shares_of_a_group_have_to_add_up(tmp_path: Path, content: dict[str, Any]) -> None:
    content["groups"]["age"]["under_35"]["shares"] = [0.5, 0.5, 0.5, 0.5]
    assert "groups.age.under_35: the shares add up to 2; they have to add up to 1" in error(tmp_path, content)


def test_groups_can_be_left_out(tmp_path: Path, content: dict[str, Any]) -> None:
    del content["groups"]
    path = tmp_path / "simulation.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    assert load_parameters(path).groups == {}


def test_every_persona_is_needed(tmp_path: Path, content: dict[str, Any]) -> None:
    content["personas"]["sixth"] = content["personas"].pop("analoge_idealist")
    assert "personas: needs exactly these entries: analoge_idealist" in error(tmp_path, content)


def test_every_pair_of_facets_is_needed_once(tmp_path: Path, content: dict[str, Any]) -> None:
    content["correlations"].append(content["correlations"][0])
    assert "correlations: needs exactly these entries: houding with kennis" in error(tmp_path, content)


def test_impossible_correlations(tmp_path: Path, content: dict[str, Any]) -> None:
    for pair, value in zip(content["correlations"], (0.9, 0.9, 0.9, -0.9, 0.9, 0.9), strict=True):
        pair["value"] = value
    assert "no people can have these six together" in error(tmp_path, content)
