"""A16: with each guard taken out, by itself, the tests that hold it turn red. And the docs name tests that exist."""

import re
from pathlib import Path

import pytest

from tests.adversary.guards import GUARDS, trial

ROOT = Path(__file__).parents[2]
ATTACKS = [f"A{number}" for number in range(1, 17)]


@pytest.mark.parametrize("name", GUARDS)
def test_without_its_guard_a_test_turns_red(name: str, sqlite_template: Path, tmp_path: Path) -> None:
    verdict = trial(name, sqlite_template, tmp_path / "trial")
    assert verdict.crashed == [], f"guard {name!r}: its test crashes instead of turning red\n{verdict.said}"
    missed = set(GUARDS[name].tests) - set(verdict.red)
    assert not missed, f"guard {name!r} IS NOT COVERED: still green without it: {sorted(missed)}\n{verdict.said}"
    assert verdict.code == pytest.ExitCode.TESTS_FAILED


def rows() -> dict[str, str]:
    """The table of attacks in docs/privacy.md: its number, and the whole row."""
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    return {found[1]: found[0] for found in re.finditer(r"^\| (A\d+) \|.*$", text, re.MULTILINE)}


def test_the_docs_list_every_attack() -> None:
    assert list(rows()) == ATTACKS


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_row_of_an_attack_names_tests_that_are_there(attack: str) -> None:
    named = re.findall(r"`(tests/[^`]+)`", rows()[attack])
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_attack_has_a_guard_that_is_tried() -> None:
    tried = {attack for guard in GUARDS.values() for attack in guard.attacks.split()}
    assert set(ATTACKS) - tried == {"A16"}
