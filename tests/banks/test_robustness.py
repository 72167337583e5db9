"""Whatever a file holds, the loader gives a bank or a `BankError` with problems in the file, and nothing else."""

import re
from copy import deepcopy
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from zelfscan.banks.branching import visible
from zelfscan.banks.loader import parse_bank
from zelfscan.banks.problems import BankError, Problem

BANKS = Path(__file__).parent
TEXTS = [path.read_text(encoding="utf-8") for path in sorted(BANKS.rglob("*.yaml"))]
CONTENTS = [
    yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) for path in sorted(BANKS.glob("*.yaml"))
]

FRAGMENTS = st.sampled_from(
    ["\n", ": ", "- ", "? ", "&a ", "*a", "!x ", "<<: ", "---\n", "...\n", "no", "010", "12:30", "2026-01-31"]
) | st.sampled_from("\t:-?{}[]'\"#>|%@~\x00\ud800\ufeff\u2028é😀")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates()
VALUES = st.recursive(
    SCALARS,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5) | SCALARS, below, max_size=3),
    max_leaves=5,
)


def check(text: str) -> None:
    """Load a bank and check that the outcome is one of the two that are allowed, and can be told."""
    problems = outcome(text)
    lines = len(re.findall("[\n\r\x85\u2028\u2029]", text)) + 2
    assert all(1 <= problem.line <= lines and problem.column >= 1 for problem in problems)
    assert all(problem.text("nl") and "\n" not in str(problem) for problem in problems)


def outcome(text: str) -> tuple[Problem, ...]:
    """Return the problems of a bank, or none when it is a bank."""
    try:
        bank = parse_bank(text, "branching.yaml")
    except BankError as error:
        return error.problems
    assert visible(bank, {})
    return ()


@st.composite
def mutated_text(draw: st.DrawFn) -> str:
    """Return a bank with pieces of text put in, taken out or repeated."""
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 12))
        text = text[:start] + draw(FRAGMENTS | st.text(max_size=4) | st.just(text[start:end] * 2)) + text[end:]
    return text


@st.composite
def mutated_content(draw: st.DrawFn) -> str:
    """Return a bank in which values are replaced by others of any type, or taken out."""
    content = deepcopy(draw(st.sampled_from(CONTENTS)))
    for _ in range(draw(st.integers(1, 4))):
        around = content
        while True:
            keys = list(around) if isinstance(around, dict) else list(range(len(around)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(around[key], dict | list) or draw(st.integers(0, 3)) == 0:
                around[key] = draw(VALUES)
                break
            around = around[key]
    return yaml.safe_dump(content, allow_unicode=True)


@settings(max_examples=400, deadline=None)
@given(mutated_text())
def test_any_change_of_the_text_gives_a_bank_or_problems(text: str) -> None:
    check(text)


@settings(max_examples=400, deadline=None)
@given(mutated_content())
def test_any_change_of_the_content_gives_a_bank_or_problems(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_any_text_gives_problems(text: str) -> None:
    assert outcome(text)
    check(text)
