from typing import Any

import pytest

from zelfscan.digitypes.card import figures_text, model_card
from zelfscan.digitypes.types import TYPES

GROUP = {"people": 50, "confidence": 0.7, "accuracy": 0.6}
FIGURES: dict[str, Any] = {
    "people": 1000,
    "accuracy": 0.734,
    "margin": 0.006,
    "prototype_accuracy": 0.698,
    "log_loss": 0.63,
    "ece": 0.012,
    "abstained": 0.1,
    "reliability": [GROUP],
    "confusion": [[10, 1, 0, 0], [2, 20, 3, 0], [0, 4, 30, 5], [0, 0, 6, 40]],
    "types": {
        name: {"share": 0.25, "predicted": 0.25, "precision": None, "recall": 0.5 + k / 10}
        for k, name in enumerate(TYPES)
    },
    "verdicts": {
        "clear": GROUP | {"people": 900},
        "between": GROUP | {"people": 80},
        "too_few": GROUP | {"people": 20},
    },
}
FARES = GROUP | {"margin": 0.01, "ece": 0.02, "abstained": 0.15}
CANDIDATE = {"accuracy": 0.734, "behind": 0.014, "behind_margin": 0.002, "ece": None, "log_loss": None}
ERROR = {"groups": 9, "margin": 0.01, "counting": 0.2, "soft": 0.21, "corrected": 0.18, "corrected_labels": 0.19}
SIMULATION: dict[str, Any] = {
    "bayes_accuracy": 0.748,
    "bayes": {"draws": 10, "margin": 0.012, "behind": 0.014, "behind_margin": 0.002},
    "comparison": {"candidates": {"nearest_prototype": CANDIDATE}, "chosen": None},
    "ordered": {
        "four_facets": 0.734,
        "one_score": 0.65,
        "margin": 0.01,
        "four_facets_bits": 1.0,
        "one_score_bits": 0.8,
        "type_bits": 1.91,
        "first_axis": 0.92,
        "ordered_world_four_facets": 0.66,
        "ordered_world_one_score": 0.64,
    },
    "styles": {"regular": 0.76, "careless": 0.52},
    "by_style": {"regular": FARES, "careless": FARES},
    "answered": {"0": GROUP},
    "missing": {"0.35": FARES},
    "shifted": {"0.6": FARES | {"starters": 0.61, "counted": 0.42, "corrected": 0.59}},
    "moved": {
        f"{TYPES[1]} -0.5": FARES | {"accuracy": 0.55, "classifier": 0.7, "bayes_accuracy": 0.73},
        f"{TYPES[2]} +0.5": FARES | {"classifier": 0.7, "bayes_accuracy": 0.73},
    },
    "distribution_error": {"8": ERROR},
    "fairness": {
        "age": {
            "young": FARES | {"standardised": 0.731, "standardised_margin": 0.006, "counting": 0.05, "corrected": 0.01}
        }
    },
    "adaptive": {
        "median_questions": 10.0,
        "questions": 18,
        "agreement": 0.968,
        "people": 1000,
        "accuracy": 0.726,
        "full_accuracy": 0.728,
    },
}
FACTS: dict[str, Any] = {
    "model": "abc123",
    "versions": {"scikit-learn": "1.9.1", "skops": "0.16.0"},
    "data": "simulated",
    "people": 40_000,
    "seed": 3,
    "simulation": "f" * 64,
    "bank": {"id": "digitype", "hash": "e" * 64},
    "prior": 4.0,
    "figures": FIGURES | SIMULATION,
}
LABELLED = FACTS | {"data": "labelled", "people": 1000, "seed": None, "simulation": None, "figures": FIGURES}


@pytest.mark.parametrize("facts", [FACTS, LABELLED])
def test_every_card_says_whose_test_it_is(facts: dict[str, Any]) -> None:
    card = model_card(facts)
    assert "not the test of Vilans" in " ".join(card.split())
    assert "not clinically validated" in " ".join(card.split())
    assert "dit is onze eigen test" in card


def test_card_of_simulated_people() -> None:
    card = model_card(FACTS)
    assert "No real labelled answers stood behind it" in card
    assert "40,000 simulated people (seed 3)" in card
    assert "zelfscan digitype train --seed 3 --people 40000" in card
    assert "`abc123`" in card


def test_card_of_labelled_people() -> None:
    card = model_card(LABELLED)
    assert "people who named their own type" in card
    assert "simulated" not in card.partition("## Made again")[0]
    assert "--labelled FILE" in card


def test_card_names_where_it_fails_from_its_own_figures() -> None:
    card = model_card(FACTS)
    assert "About 27% of people get another type" in card
    assert "`analoge_idealist` is recognised least: 50% of them." in card
    assert "Response style careless: right for 52%, against 76% when regular." in card
    assert "Were `aarzelende_technologiegebruiker` 0.5 standard deviation lower on every facet" in card
    assert "it would be right for 55%" in card
    assert "with 60% starters, counting everyone's type finds 42%; `estimate_shares` finds 59%" in card
    assert "Of 8 people it says little about the division of the types: 18%" in card


def test_figures_as_text() -> None:
    text = figures_text(FIGURES | SIMULATION)
    assert "73.4% ± 0.6%" in text
    assert "74.8% ± 1.2%; the classifier is 1.4% ± 0.2% behind" in text
    assert "| abstained ('between' or 'too few answers') | 10.0% " in text
    assert "10.0%" in text
    assert "| aarzelende_technologiegebruiker | 2 " in text


def test_further_figures_as_text() -> None:
    text = figures_text(FIGURES | SIMULATION)
    assert "at most 0.02: none." in text
    assert "| nearest_prototype     | 73.4%    | 1.4% ± 0.2%     | -   | -        |" in text
    assert "| 61.0%    | 42.0%   | 59.0%     | 50     |" in text
    assert "| 8      | 9      | 20.0%    | 21.0%" in text
    assert "73.1% ± 0.6%" in text
    assert "asks 10 questions (median) of 18, and finds the same type as the full test for 96.8% of 1,000" in text


def test_bank_without_an_adaptive_test() -> None:
    assert "adaptive" not in figures_text(FIGURES | SIMULATION | {"adaptive": None})


def test_tables_line_up() -> None:
    rows = [line for line in figures_text(FIGURES).splitlines() if line.startswith("|")]
    blocks: dict[int, set[int]] = {}
    for line in rows:
        blocks.setdefault(line.count("|"), set()).add(len(line))
    assert len({len(line) for line in rows if line.count("|") == 3}) == 1
    assert len(blocks[6]) <= 2
