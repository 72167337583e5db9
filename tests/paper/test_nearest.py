"""The digitype on paper, and how often it is the digitype of the screen."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.paper.conftest import SHIPPED, TINY, PaperOf, bank_in
from zelfscan.config import Settings
from zelfscan.digitypes.classifier import MINIMUM_ANSWERS
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import simulate
from zelfscan.digitypes.store import load_classifier
from zelfscan.digitypes.types import TYPES, Digitype
from zelfscan.paper.nearest import TypeRule, band_of, band_rows
from zelfscan.paper.points import can_have_type

DOCS = Path(__file__).parents[2] / "docs" / "paper.md"
PEOPLE = 10_000
MOST = 4


@given(most=st.integers(1, 12), answered=st.integers(1, 20))
def test_every_possible_sum_lies_in_one_third(most: int, answered: int) -> None:
    (row,) = band_rows(most, [answered])
    for total in range(answered * most + 1):
        found = [band for band, sums in enumerate(row.ranges) if sums and sums.low <= total <= sums.high]
        assert found == [band_of(total, answered, most)]
        assert found == [0 if 3 * total < answered * most else 2 if 3 * total >= 2 * answered * most else 1]


def test_the_rule_follows_the_types(rule: TypeRule) -> None:
    assert rule.nearest(dict.fromkeys(FACETS, 0)) == ("analoge_idealist",)
    assert rule.nearest(dict.fromkeys(FACETS, 2)) == ("digitale_enthousiasteling",)
    assert rule.nearest({"kennis": 2, "motivatie": 1, "houding": 1, "zelfbeeld": 2}) == ("digivaardige_professional",)
    assert rule.nearest({"kennis": 1, "motivatie": 1, "houding": 1, "zelfbeeld": 0})[0] == TYPES[1]


def test_equal_sums_are_between_types() -> None:
    rule = TypeRule({"kennis": ((0, 0, 1, 2), (1, 0, 0, 1), (2, 1, 0, 0))})
    assert rule.nearest({"kennis": 0}) == TYPES[:2]


def test_a_type_needs_enough_questions() -> None:
    assert can_have_type(bank_in(SHIPPED / "digitype.yaml"))
    assert can_have_type(bank_in(TINY / "mini.yaml"))
    assert not can_have_type(bank_in(TINY / "scale.yaml"))


def test_banks_without_enough_facets_have_no_digitype_on_paper(on_paper: PaperOf) -> None:
    assert on_paper(TINY / "scale.yaml", "nl")[1].digitype is None
    paper = on_paper(TINY / "digitype_small.yaml", "nl")[1]
    assert paper.digitype is not None
    assert paper.digitype.answers == MINIMUM_ANSWERS
    assert [facet.numbers for facet in paper.digitype.facets] == [(1, 2), (3, 4), (5, 6), (7, 8)]
    assert paper.digitype.knowledge


def on_paper_type(outcome: Digitype, counts: list[int], rule: TypeRule) -> tuple[str, ...]:
    """What a person finds with a pen: sums of whole points per facet, thirds, distances."""
    bands = {}
    for (facet, mean), answered in zip(outcome.facets.items(), counts, strict=True):
        if mean is not None:
            bands[facet] = band_of(round(mean * answered * MOST), answered, MOST)
    return rule.nearest(bands)


@pytest.mark.parametrize("seed", [11, 12])
def test_paper_agrees_with_the_screen_as_often_as_the_docs_say(
    parameters: Parameters, rule: TypeRule, seed: int
) -> None:
    people = simulate(parameters, bank_in(SHIPPED / "digitype.yaml"), PEOPLE, np.random.default_rng(seed))
    outcomes = load_classifier(Settings().models_dir).classify_table(people.items.names, people.facets, people.scores)
    membership = np.array([[facet == name for name in FACETS] for facet in people.facets])
    counts = (~np.isnan(people.scores) @ membership).tolist()
    judged = [
        (one, on_paper_type(one, count, rule))
        for one, count in zip(outcomes, counts, strict=True)
        if one.verdict != "too_few"
    ]
    single = [one.type == types[0] for one, types in judged if len(types) == 1]
    measured = {
        "one type": len(single) / len(judged),
        "one type, the same": sum(single) / len(single),
        "the type of the screen is among them": sum(one.type in types for one, types in judged) / len(judged),
    }
    promised = dict(
        re.findall(r"^\| ([^|]+?) +\| at least (\d+)% +\|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert set(promised) == set(measured)
    assert [name for name, share in measured.items() if share < int(promised[name]) / 100] == [], measured
