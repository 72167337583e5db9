"""Questions picked from the skill library: what is filled in, what the author says instead, what goes wrong."""

from pathlib import Path

import pytest

from zelfscan.banks.loader import check_files, known_materials, load_bank, load_library, parse_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Bank

LIBRARY = load_library(Path(__file__).parent / "library")
BANK = """\
bank: keuze
title: {nl: Keuze}
audience: employee
minutes: 1
scales:
  kan: [{value: 0, label: {nl: Nee}}, {value: 2, label: {nl: Ja}}]
  vaak: [{value: 0, label: {nl: Nooit}}, {value: 1, label: {nl: Vaak}}]
themes:
  - id: t
    title: {nl: Thema}
    questions:
"""


def picking(*questions: str, languages: str = "nl") -> Bank:
    """The bank with these lines as its questions."""
    text = BANK + "".join(f"      - {question}\n" for question in questions)
    return parse_bank(f"languages: [{languages}]\n{text}", "keuze.yaml", skills=LIBRARY)


def test_a_skill_fills_in_what_the_question_leaves_out() -> None:
    skill, bank = LIBRARY["zoeken"], picking("{skill: zoeken}")
    question = bank.item("t.zoeken").question
    assert (question.text.root, question.tip and question.tip.root) == (
        {"nl": skill.text.root["nl"]},
        {"nl": skill.tip.root["nl"]},
    )
    assert (question.kind, question.scale, question.materials) == ("scale", "kan", skill.materials)
    assert (question.functions, question.basic, question.skill) == (skill.functions, skill.basic, "zoeken")


def test_what_the_question_says_counts() -> None:
    bank = picking("{skill: zoeken, id: app, scale: vaak, basic: true, text: {nl: Ik zoek een app voor een bewoner.}}")
    question = bank.item("t.app").question
    assert question.text.in_("nl") == "Ik zoek een app voor een bewoner."
    assert (question.scale, question.basic) == ("vaak", True)


def test_a_pick_of_another_kind_gets_no_scale() -> None:
    question = picking("{skill: zoeken, kind: yesno, text: {nl: Zoek je apps?}}").item("t.zoeken").question
    assert (question.kind, question.scale) == ("yesno", None)


def test_the_facet_of_a_skill_is_not_taken_over() -> None:
    assert LIBRARY["zoeken"].facet == "kennis"
    assert picking("{skill: zoeken}").item("t.zoeken").question.facet is None


def test_a_language_that_the_skill_has_not_is_told_at_the_pick() -> None:
    with pytest.raises(BankError) as caught:
        picking("{skill: zoeken}", "{skill: inloggen}", languages="nl, en")
    told = [(problem.line, problem.path) for problem in caught.value.problems if problem.line >= 13]
    assert told == [(14, "themes[t].questions[inloggen].text.en"), (14, "themes[t].questions[inloggen].tip.en")]


@pytest.mark.parametrize(
    ("question", "codes"),
    [
        ("{skill: zoekn}", ["unknown_skill"]),
        ("{skill: zoeken, scale: weg}", ["unknown_scale"]),
        ("{skill: [zoeken]}", ["unknown_skill"]),
        ("{skill: zoeken, tekst: {nl: a}}", ["unknown_key"]),
    ],
)
def test_a_wrong_pick_is_told_once(question: str, codes: list[str]) -> None:
    with pytest.raises(BankError) as caught:
        picking(question)
    assert [problem.code for problem in caught.value.problems] == codes
    assert {problem.line for problem in caught.value.problems} == {13}


def test_a_mistyped_skill_gets_a_suggestion() -> None:
    with pytest.raises(BankError, match="Did you mean `zoeken`"):
        picking("{skill: zoekn}")


def test_a_stored_bank_needs_no_library() -> None:
    bank = picking("{skill: zoeken}", "{skill: inloggen, id: in}")
    stored = Bank.model_validate_json(bank.to_json())
    assert stored == bank
    assert stored.hash == bank.hash


def test_another_wording_in_the_library_makes_another_version() -> None:
    skill = LIBRARY["zoeken"]
    changed = skill.model_copy(update={"text": type(skill.text)(skill.text.root | {"nl": "Ik vind een app."})})
    text = BANK + "      - {skill: zoeken}\n"
    versions = {parse_bank(text, "keuze.yaml", skills=LIBRARY | {"zoeken": one}).hash for one in (skill, changed)}
    assert len(versions) == 2


def test_a_bank_of_its_own_folder_picks_from_the_library_that_ships(tmp_path: Path) -> None:
    shipped = Path(__file__).parent
    path = tmp_path / "keuze.yaml"
    path.write_text(BANK + "      - {skill: zoeken}\n", encoding="utf-8")
    assert load_bank(path, folders=[shipped]).item("t.zoeken").question.skill == "zoeken"
    assert check_files([path], [shipped]) == []
    assert [problem.code for problem in check_files([path])] == ["unknown_skill"]
    with pytest.raises(BankError, match="library"):
        load_bank(path)


OWN_SKILL = """\
topic: eigen
title: {nl: Eigen}
skills:
  - id: zoeken
    text: {nl: Ik zoek iets op ons eigen net.}
    why: {nl: Daar staat het.}
    tip: {nl: Zoek er vandaag iets.}
    materials: [eigen-kaart, kaart]
    sectors: [vvt]
    functions: [helpende]
"""
OWN_MATERIAL = """\
materials:
  - id: eigen-kaart
    title: {nl: Onze kaart}
    what: {nl: Lees de kaart bij de balie.}
    topic: ai
    stage: user
    form: film
    minutes: 5
    result: {nl: Je weet waar je zoekt.}
"""


def test_own_skills_and_materials_are_added_to_those_that_ship(tmp_path: Path) -> None:
    shipped = [Path(__file__).parent]
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "eigen.yaml").write_text(OWN_SKILL, encoding="utf-8")
    (tmp_path / "materials.yaml").write_text(OWN_MATERIAL, encoding="utf-8")
    path = tmp_path / "keuze.yaml"
    path.write_text(BANK + "      - {skill: zoeken}\n      - {skill: inloggen}\n", encoding="utf-8")
    assert check_files([tmp_path], shipped) == []
    bank = load_bank(path, known_materials([*shipped, tmp_path]), shipped)
    assert bank.item("t.zoeken").question.text.in_("nl") == "Ik zoek iets op ons eigen net."
    assert bank.item("t.inloggen").question.skill == "inloggen"


def test_mistakes_in_the_library_are_told_with_the_bank(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "eigen.yaml").write_text(
        OWN_SKILL.replace("sectors: [vvt]", "sectors: [vv]"), encoding="utf-8"
    )
    path = tmp_path / "keuze.yaml"
    path.write_text(BANK + "      - {skill: zoeken}\n", encoding="utf-8")
    with pytest.raises(BankError, match=r"eigen\.yaml"):
        load_bank(path)
