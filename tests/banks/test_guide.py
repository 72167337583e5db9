"""The guide for authors mentions every field and every kind, and its examples are right."""

import re
from pathlib import Path
from typing import get_args

import pytest

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.links import ADDRESSES
from zelfscan.banks.loader import check_files, load_library, load_materials, parse_bank
from zelfscan.banks.schema import (
    Audience,
    Bank,
    BankOutcome,
    Facet,
    Form,
    Function,
    Level,
    Material,
    MaterialList,
    Option,
    OutcomeAdvice,
    Part,
    Question,
    Rule,
    ScalePoint,
    Sector,
    ShowIf,
    Shows,
    Skill,
    SkillList,
    Stage,
    Theme,
    When,
)
from zelfscan.banks.source import MAX_SIZE

SHIPPED_BANKS = [Path(__file__).parents[2] / "question_banks"]
GUIDE = (Path(__file__).parents[2] / "docs" / "question-banks.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
WHOLE = next(example for example in EXAMPLES if example.startswith("bank:"))
MATERIALS = next(example for example in EXAMPLES if "\nmaterials:\n" in example)
SKILLS = next(example for example in EXAMPLES if example.startswith("topic:"))
OUTCOME = next(example for example in EXAMPLES if example.startswith("outcome:"))
QUESTIONS = [example for example in EXAMPLES if example.startswith("- id:")]
PICKS = [example for example in EXAMPLES if example.startswith("- skill:")]


def with_questions(questions: str) -> str:
    """Return the whole example with other questions in its theme."""
    before, after = WHOLE.index("      - id: app"), WHOLE.index("levels:")
    return WHOLE[:before] + "".join(f"      {line}\n" for line in questions.splitlines()) + WHOLE[after:]


PARTS = [Bank, Theme, Question, ShowIf, Option, ScalePoint, Level, BankOutcome, OutcomeAdvice, Rule, When]


@pytest.mark.parametrize("part", [*PARTS, Material, MaterialList])
def test_every_field_is_mentioned(part: type[Part]) -> None:
    fields = [field.alias or name for name, field in part.model_fields.items()]
    assert [field for field in fields if f"`{field}`" not in GUIDE] == []


@pytest.mark.parametrize(("part", "heading"), [(SkillList, "a file of skills"), (Skill, "a skill")])
def test_every_field_of_the_library_has_its_row(part: type[Part], heading: str) -> None:
    section = GUIDE.split(f"### Fields of {heading}\n")[1].split("\n#")[0]
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \|", section, re.MULTILINE)
    assert rows == [(name, "yes" if field.is_required() else "no") for name, field in part.model_fields.items()]


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_explained_with_an_example(name: str) -> None:
    assert f"\n`{name}`: " in GUIDE
    assert any(f"kind: {name}\n" in example for example in QUESTIONS)


@pytest.mark.parametrize("closed_list", [Audience, Facet, Stage, Form, Sector, Function, Shows])
def test_every_value_of_a_closed_list_is_mentioned(closed_list: object) -> None:
    assert [value for value in get_args(closed_list) if f"`{value}`" not in GUIDE] == []


def test_every_address_is_mentioned() -> None:
    assert tuple(re.findall(r"^\* <(.*)>$", GUIDE, re.MULTILINE)) == ADDRESSES


def test_the_limit_of_a_file_is_the_one_that_holds() -> None:
    assert f"at most {MAX_SIZE // 1024**2} MiB" in GUIDE


def test_the_whole_example_is_a_good_bank() -> None:
    bank = parse_bank(WHOLE, "veilig.yaml")
    used = {field for item in bank.items() for field in item.question.model_fields_set}
    assert len(bank.items()) == 2
    assert {"help", "facet", "basic", "functions", "show_if", "tip", "materials"} <= used


@pytest.mark.parametrize("example", QUESTIONS, ids=lambda example: example.split("\n")[0])
def test_the_questions_in_the_examples_are_good(example: str) -> None:
    bank = parse_bank(with_questions(example), "veilig.yaml")
    assert len(bank.items()) == example.count("- id:")


def test_the_materials_in_the_example_are_good(tmp_path: Path) -> None:
    path = tmp_path / "materials.yaml"
    path.write_text(MATERIALS, encoding="utf-8")
    assert list(load_materials(path)) == ["privacy-kaart"]


def test_the_skills_in_the_example_are_good(tmp_path: Path) -> None:
    (tmp_path / "social_media.yaml").write_text(SKILLS, encoding="utf-8")
    (skill,) = load_library(tmp_path).values()
    assert skill.model_fields_set == set(Skill.model_fields)


@pytest.mark.parametrize("example", PICKS)
def test_the_picks_in_the_examples_are_good(example: str, tmp_path: Path) -> None:
    (tmp_path / "veilig.yaml").write_text(with_questions(example), encoding="utf-8")
    assert check_files([tmp_path], SHIPPED_BANKS) == []


def test_the_whole_example_passes_the_check_of_who_copies_it(tmp_path: Path) -> None:
    (tmp_path / "veilig.yaml").write_text(WHOLE + OUTCOME, encoding="utf-8")
    assert check_files([tmp_path], SHIPPED_BANKS) == []


def test_the_outcome_in_the_example_is_good() -> None:
    bank = parse_bank(WHOLE + OUTCOME, "veilig.yaml")
    assert (bank.outcome.shows, len(bank.outcome.rules), len(bank.outcome.dialogue)) == ("route", 3, 1)


def test_every_example_is_tested() -> None:
    assert set(EXAMPLES) == {WHOLE, MATERIALS, SKILLS, OUTCOME, *QUESTIONS, *PICKS}
