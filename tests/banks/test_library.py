"""The skill library: reading it, its mistakes over all files, and the library that ships."""

from collections import Counter
from pathlib import Path
from shutil import copytree
from typing import get_args

import pytest

from zelfscan.banks.loader import check_files, load_library, load_materials
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Function, Sector, Skill

BANKS = Path(__file__).parent
SHIPPED = Path(__file__).parents[2] / "question_banks"

SKILL = """\
  - id: lezen
    text: {nl: Ik kan lezen.}
    why: {nl: Zo lees je mee.}
    tip: {nl: Lees een bericht.}
    materials: [kaart]
    sectors: [vvt]
    functions: [helpende]
"""


def write(folder: Path, topic: str, skills: str = SKILL) -> Path:
    """Write a file of the library `folder` and return its path."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{topic}.yaml"
    path.write_text(f"topic: {topic}\ntitle: {{nl: Onderwerp}}\nskills:\n{skills}", encoding="utf-8")
    return path


def told(*paths: Path) -> list[tuple[str, int, int, str]]:
    """Return file name, line, column and code of the problems of some files."""
    return [(Path(one.file).name, one.line, one.column, one.code) for one in check_files(paths)]


@pytest.fixture(scope="module")
def shipped() -> dict[str, Skill]:
    """The library that ships, checked against the materials that ship."""
    return load_library(SHIPPED / "library", load_materials(SHIPPED / "materials.yaml"))


def test_a_library_has_the_skills_of_all_its_files_by_id() -> None:
    skills = load_library(BANKS / "library", load_materials(BANKS / "materials.yaml"))
    assert list(skills) == ["aanzetten", "zoeken", "inloggen"]
    assert all(skill.id == name for name, skill in skills.items())
    assert skills["zoeken"].text.in_("en") == "I can find an app on my tablet."
    assert (skills["zoeken"].materials, skills["zoeken"].facet) == (("kaart", "film"), "kennis")
    assert (skills["aanzetten"].basic, skills["zoeken"].basic) == (True, False)
    assert skills["aanzetten"].sectors == ("vvt", "welzijn")


def test_a_library_tells_the_mistakes_of_all_its_files_at_once() -> None:
    folder = BANKS / "faulty" / "library"
    with pytest.raises(BankError) as caught:
        load_library(folder)
    assert {Path(problem.file).stem for problem in caught.value.problems} == {"first", "second", "third"}
    (twice,) = [problem for problem in caught.value.problems if problem.code == "skill_elsewhere"]
    assert str(twice) == (
        f"{folder / 'second.yaml'}:4:9: skills[lezen].id: there already is a skill `lezen` in first.yaml. "
        "Give one of the two another id."
    )


def test_unknown_materials_are_a_mistake_only_when_materials_are_known(tmp_path: Path) -> None:
    write(tmp_path, "taal")
    assert load_library(tmp_path)["lezen"].materials == ("kaart",)
    with pytest.raises(BankError, match="no material `kaart`"):
        load_library(tmp_path, {})


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="cannot be read"):
        load_library(tmp_path / "weg")


def test_checking_a_folder_of_banks_checks_its_library_and_the_materials_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path / "library", "taal")
    unknown = [("taal.yaml", 8, 17, "unknown_material")]
    assert told(tmp_path) == told(path.parent) == told(path) == unknown
    (tmp_path / "materials.yaml").write_bytes((BANKS / "materials.yaml").read_bytes())
    assert told(tmp_path) == told(path.parent) == told(path) == []


def test_a_library_is_found_from_within_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copytree(BANKS / "library", tmp_path / "library")
    (tmp_path / "materials.yaml").write_bytes((BANKS / "materials.yaml").read_bytes())
    monkeypatch.chdir(tmp_path / "library")
    assert told(Path("basis.yaml")) == told(Path()) == []


def test_checking_one_file_of_a_library_compares_it_with_the_others(tmp_path: Path) -> None:
    (tmp_path / "materials.yaml").write_bytes((BANKS / "materials.yaml").read_bytes())
    first = write(tmp_path / "library", "eerst")
    second = write(tmp_path / "library", "later")
    twice = [("later.yaml", 4, 9, "skill_elsewhere")]
    assert told(first) == told(second) == told(first, tmp_path, second) == twice


def test_a_file_of_a_library_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert told(tmp_path / "library" / "weg.yaml") == [("weg.yaml", 1, 1, "unreadable")]


def test_materials_that_cannot_be_read_do_not_make_skills_wrong(tmp_path: Path) -> None:
    write(tmp_path / "library", "taal")
    (tmp_path / "materials.yaml").write_text("materials: [", encoding="utf-8")
    assert {name for name, *_ in told(tmp_path)} == {"materials.yaml"}


def test_a_list_that_is_wrong_hides_no_other_mistake(tmp_path: Path) -> None:
    wrong = SKILL.replace("[vvt]", "vtt").replace("[helpende]", "[arts]").replace("[kaart]", "[weg]")
    write(tmp_path / "library", "taal", wrong + SKILL.replace("[kaart]", "[]"))
    assert [code for *_, code in told(tmp_path)] == [
        "unknown_material",
        "not_list",
        "not_listed",
        "duplicate_skill",
    ]


def test_the_shipped_library_has_at_least_300_skills_each_once(shipped: dict[str, Skill]) -> None:
    words = Counter(" ".join(skill.text.in_("nl").casefold().split()) for skill in shipped.values())
    assert len(shipped) >= 300
    assert [text for text, count in words.items() if count > 1] == []


def test_every_sector_and_every_function_has_shipped_skills(shipped: dict[str, Skill]) -> None:
    assert {sector for skill in shipped.values() for sector in skill.sectors} == set(get_args(Sector))
    assert {function for skill in shipped.values() for function in skill.functions} == set(get_args(Function))


def test_a_fair_part_of_the_shipped_skills_is_basic(shipped: dict[str, Skill]) -> None:
    assert 0.20 <= sum(skill.basic for skill in shipped.values()) / len(shipped) <= 0.45


def test_every_shipped_skill_is_there_in_english(shipped: dict[str, Skill]) -> None:
    texts = [text for skill in shipped.values() for text in (skill.text, skill.why, skill.tip)]
    assert all({"nl", "en"} <= text.root.keys() for text in texts)
