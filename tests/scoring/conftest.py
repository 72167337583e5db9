"""A tiny bank in which every way of counting occurs, and materials for each stage."""

from pathlib import Path

import pytest

from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank, Material

BANKS = Path(__file__).parents[1] / "banks"


@pytest.fixture(scope="session")
def bank() -> Bank:
    return load_bank(BANKS / "scoring_themes.yaml")


@pytest.fixture(scope="session")
def materials() -> dict[str, Material]:
    stages = {
        "thema-begin": "beginner",
        "thema-verder": "user",
        "thema-expert": "expert",
        "vraag-openen": "user",
    }
    return {
        name: Material.model_validate(
            {
                "id": name,
                "title": {"nl": f"Leer {name}"},
                "what": {"nl": "Doe het."},
                "topic": "apps",
                "stage": stage,
                "form": "practice",
                "minutes": 5,
                "result": {"nl": "Je kunt het."},
            }
        )
        for name, stage in stages.items()
    }
