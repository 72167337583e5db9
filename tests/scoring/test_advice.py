import json
from pathlib import Path

import pytest

from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Answers, Bank, Material
from zelfscan.scoring.advice import BASIC_WEIGHT, Advice, NextStep, ThemeAdvice, advise, stage_of
from zelfscan.scoring.scores import score

Materials = dict[str, Material]


def advice_for(bank: Bank, answers: Answers, materials: Materials) -> Advice:
    return advise(bank, answers, score(bank, answers), materials)


def theme(advice: Advice, name: str) -> ThemeAdvice:
    return next(each for each in advice.themes if each.theme == name)


def test_tips_are_of_the_weakest_answers_first(bank: Bank, materials: Materials) -> None:
    advice = advice_for(bank, {"apps.openen": 2, "apps.lastig": 4, "apps.delen": 1}, materials)
    assert theme(advice, "apps").tips == ("apps.lastig", "apps.delen", "apps.openen")


def test_good_answer_missing_answer_and_question_without_tip_give_no_tip(bank: Bank, materials: Materials) -> None:
    advice = advice_for(bank, {"apps.openen": 3, "apps.lastig": None, "apps.alarm": "nee"}, materials)
    assert theme(advice, "apps").tips == ()


def test_wrong_knowledge_gives_a_tip(bank: Bank, materials: Materials) -> None:
    assert theme(advice_for(bank, {"weten.datalek": "b"}, materials), "weten").tips == ("weten.datalek",)


@pytest.mark.parametrize(
    ("answer", "first"),
    [(0, "thema-begin"), (2, "thema-verder"), (4, "thema-expert")],
)
def test_materials_fit_the_level_of_the_theme(bank: Bank, materials: Materials, answer: int, first: str) -> None:
    answers = {"apps.openen": answer, "apps.lastig": 4 - answer, "apps.delen": answer, "apps.alarm": None}
    shown = {name: material for name, material in materials.items() if name != "vraag-openen"}
    advice = theme(advice_for(bank, answers, shown), "apps")
    assert advice.materials[0] == first
    assert set(advice.materials) == {"thema-begin", "thema-verder", "thema-expert"}


def test_materials_of_a_weak_question_come_before_those_of_the_theme(bank: Bank, materials: Materials) -> None:
    answers = {"apps.openen": 2, "apps.lastig": 2, "apps.delen": 2}
    assert theme(advice_for(bank, answers, materials), "apps").materials[:2] == ("vraag-openen", "thema-verder")


def test_at_most_three_materials(bank: Bank, materials: Materials) -> None:
    answers = {"apps.openen": 0, "apps.lastig": 4, "apps.alarm": "nee"}
    assert len(theme(advice_for(bank, answers, materials), "apps").materials) == 3


def test_unknown_material_is_left_out(bank: Bank) -> None:
    advice = advice_for(bank, {"apps.openen": 0, "apps.lastig": 0}, {})
    assert theme(advice, "apps").materials == ()
    assert advice.next_steps == (NextStep("apps", "apps.openen", None, BASIC_WEIGHT),)


def test_next_steps_are_one_per_theme_and_most_gain_first(bank: Bank, materials: Materials) -> None:
    answers = {"apps.openen": 1, "apps.lastig": 4, "weten.datalek": "b"}
    assert advice_for(bank, answers, materials).next_steps == (
        NextStep("apps", "apps.openen", "vraag-openen", 0.75 * BASIC_WEIGHT),
        NextStep("weten", "weten.datalek", None, 1.0),
    )


def test_basic_question_outweighs_a_somewhat_weaker_one(bank: Bank, materials: Materials) -> None:
    (step,) = advice_for(bank, {"apps.openen": 1, "apps.lastig": 4}, materials).next_steps
    assert (step.question, step.gain) == ("apps.openen", 0.75 * BASIC_WEIGHT)


def test_question_from_which_nothing_can_be_learned_is_no_step(bank: Bank) -> None:
    assert advice_for(bank, {"apps.alarm": "nee", "weten.veilig": ["c", "d"]}, {}).next_steps == ()


def test_question_without_tip_is_a_step_when_its_theme_has_materials(bank: Bank, materials: Materials) -> None:
    (step,) = advice_for(bank, {"apps.alarm": "nee"}, materials).next_steps
    assert (step.question, step.material) == ("apps.alarm", "thema-begin")


def test_everything_mastered_leaves_no_steps(bank: Bank, materials: Materials) -> None:
    answers = {"apps.openen": 4, "apps.lastig": 0, "apps.delen": 4, "apps.alarm": "ja", "weten.datalek": "a"}
    assert advice_for(bank, answers, materials).next_steps == ()


def test_at_most_three_next_steps(bank: Bank, materials: Materials) -> None:
    content = bank.model_dump(by_alias=True)
    content["themes"] = [
        {"id": f"t{n}", "title": {"nl": "Apps"}, "questions": content["themes"][0]["questions"][:1]} for n in range(5)
    ]
    many = Bank.model_validate(content)
    answers = {f"t{n}.openen": min(n, 2) for n in range(5)}
    steps = advice_for(many, answers, materials).next_steps
    assert [step.theme for step in steps] == ["t0", "t1", "t2"]


@pytest.mark.parametrize(
    ("count", "stages"),
    [
        (1, ["beginner"]),
        (2, ["beginner", "user"]),
        (3, ["beginner", "user", "expert"]),
        (4, ["beginner", "beginner", "user", "expert"]),
    ],
)
def test_levels_are_spread_over_the_stages(bank: Bank, count: int, stages: list[str]) -> None:
    levels = tuple(bank.levels[0].model_copy(update={"id": f"n{n}"}) for n in range(count))
    changed = bank.model_copy(update={"levels": levels})
    assert [stage_of(changed, level.id) for level in levels] == stages


def test_without_a_level_the_first_stage_fits(bank: Bank) -> None:
    assert stage_of(bank, None) == "beginner"


def test_advice_survives_json(bank: Bank, materials: Materials) -> None:
    advice = advice_for(bank, {"apps.openen": 0, "weten.datalek": "b"}, materials)
    assert Advice.from_dict(json.loads(json.dumps(advice.to_dict()))) == advice


def test_what_a_function_asks_and_someone_can_needs_no_tip() -> None:
    bank = load_bank(Path(__file__).parents[1] / "banks" / "profile.yaml")
    for value, tips in ((1, ("apps.openen",)), (2, ())):
        answers = {"apps.openen": value, "apps.zoeken": 1}
        assert advise(bank, answers, score(bank, answers), {}).themes[0].tips == tips
    bank = bank.model_copy(update={"outcome": bank.outcome.model_copy(update={"shows": "levels"})})
    assert advise(bank, answers | {"apps.openen": 1}, score(bank, answers), {}).themes[0].tips == ("apps.openen",)
