"""The banks for clients lead each documented example case to its advice, in order."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank
from zelfscan.scoring.rules import given_advice
from zelfscan.scoring.scores import score

SHIPPED = Path(__file__).parents[2] / "question_banks"
CASES = [
    (path.stem, case)
    for path in sorted((Path(__file__).parent / "routes").glob("*.yaml"))
    for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
]
LEAST = {"client_intake": 12, "client_steun": 15, "client_snel": 5}


@pytest.fixture(scope="module")
def banks() -> dict[str, Bank]:
    return {name: load_bank(SHIPPED / f"{name}.yaml") for name in LEAST}


@pytest.mark.parametrize(("name", "case"), CASES, ids=lambda one: one if isinstance(one, str) else one["case"])
def test_each_example_case_gets_its_advice(name: str, case: dict[str, Any], banks: dict[str, Bank]) -> None:
    bank, answers = banks[name], case["answers"]
    wrong = [a for a, v in answers.items() if v is not None and not _possible(bank, a, v)]
    assert wrong == []
    assert list(given_advice(bank, answers, score(bank, answers))) == case["gives"]


def _possible(bank: Bank, address: str, value: object) -> bool:
    question = bank.item(address).question
    return KINDS[question.kind].accepts(value, question, bank)


@pytest.mark.parametrize("name", LEAST)
def test_the_cases_reach_every_advice(name: str, banks: dict[str, Bank]) -> None:
    cases = [case for of, case in CASES if of == name]
    assert len(cases) >= LEAST[name]
    assert {given for case in cases for given in case["gives"]} == {one.id for one in banks[name].outcome.advice}
