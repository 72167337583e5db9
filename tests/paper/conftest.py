"""Every bank there is, on paper, and the rule for the digitype."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from zelfscan.banks.loader import load_bank, load_materials
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.digitypes.parameters import Parameters, load_parameters
from zelfscan.paper.document import Paper, paper_of
from zelfscan.paper.nearest import TypeRule, type_rule

TINY = Path(__file__).parents[1] / "banks"
SHIPPED = Settings().banks_dir
FILES = sorted(file for folder in (TINY, SHIPPED) for file in folder.glob("*.yaml") if file.stem != "materials")

PaperOf = Callable[[Path, str], tuple[Bank, Paper]]


@cache
def bank_in(file: Path) -> Bank:
    return load_bank(file, folders=[SHIPPED])


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return load_parameters(Settings().models_dir / "simulation.yaml")


@pytest.fixture(scope="session")
def rule(parameters: Parameters) -> TypeRule:
    return type_rule(parameters, bank_in(SHIPPED / "digitype.yaml"))


@pytest.fixture(scope="session")
def on_paper(rule: TypeRule) -> PaperOf:
    """The bank in a file, and its paper in a language."""
    papers: dict[tuple[Path, str], tuple[Bank, Paper]] = {}

    def make(file: Path, language: str) -> tuple[Bank, Paper]:
        if (file, language) not in papers:
            bank, materials = bank_in(file), load_materials(file.with_name("materials.yaml"))
            papers[file, language] = bank, paper_of(bank, materials, rule, language)
        return papers[file, language]

    return make
