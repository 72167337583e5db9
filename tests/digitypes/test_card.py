from typing import Any

import pytest

from zelfscan.digitypes.card import figures_text, model_card
from zelfscan.digitypes.types import TYPES

GROUP = {"people": 50, "confidence": 0.7, "accuracy": 0.6}
FIGURES: dict[str, Any] = {
    "people": 1000,
    "accuracy": 0.734,
    "margin": 0.006,
    "prototype": 0.698,
    "log_loss": 0.63,
    "calibration_error": 0.012,
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
SIMULATION = {
    "bayes": {"people": 500, "draws": 10, "accuracy": 0.748, "margin": 0.012, "classifier": 0.741},
    "styles": {"regular": GROUP | {"accuracy": 0.76}, "careless": GROUP | {"accuracy": 0.52}},
    "answered": {"0": GROUP},
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


def test_figures_as_text() -> None:
    text = figures_text(FIGURES | SIMULATION)
    assert "73.4% ± 0.6%" in text
    assert "74.8% ± 1.2%; the classifier on them 74.1%" in text
    assert "| abstained ('between' or 'too few answers')       " in text
    assert "10.0%" in text
    assert "| aarzelende_technologiegebruiker | 2 " in text


def test_tables_line_up() -> None:
    rows = [line for line in figures_text(FIGURES).splitlines() if line.startswith("|")]
    blocks: dict[int, set[int]] = {}
    for line in rows:
        blocks.setdefault(line.count("|"), set()).add(len(line))
    assert len({len(line) for line in rows if line.count("|") == 3}) == 1
    assert len(blocks[6]) <= 2
