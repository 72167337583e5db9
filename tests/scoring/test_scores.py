import ast
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zelfscan.scoring
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank
from zelfscan.scoring.scores import BasicLevel, Scores, level_of, score

FULL = {
    "apps.openen": 3,
    "apps.lastig": 1,
    "apps.delen": 2,
    "apps.alarm": "ja",
    "apps.welke": "mail",
    "weten.datalek": "a",
    "weten.veilig": ["a", "b"],
    "weten.jaren": 4,
    "wensen.hulp": ["film"],
}
CHOICES = {
    "apps.openen": st.integers(0, 4),
    "apps.lastig": st.integers(0, 4),
    "apps.delen": st.integers(0, 4),
    "apps.alarm": st.sampled_from(["ja", "nee"]),
    "weten.datalek": st.sampled_from(["a", "b"]),
    "weten.veilig": st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, unique=True),
}
ANSWERS = st.fixed_dictionaries({}, optional={key: st.none() | values for key, values in CHOICES.items()})


def test_theme_score_is_the_mean_of_the_answered_questions(bank: Bank) -> None:
    apps = score(bank, FULL).theme("apps")
    assert apps.score == pytest.approx((3 / 4 + (1 - 1 / 4) + 2 / 4 + 1) / 4)
    assert (apps.answered, apps.asked) == (4, 4)
    assert apps.level == "hoog"


def test_reversed_question_counts_the_other_way(bank: Bank) -> None:
    assert score(bank, {"apps.lastig": 4}).theme("apps").score == 0
    assert score(bank, {"apps.lastig": 0}).theme("apps").score == 1


def test_hidden_question_does_not_count(bank: Bank) -> None:
    apps = score(bank, FULL | {"apps.openen": 1, "apps.delen": 4}).theme("apps")
    assert (apps.answered, apps.asked) == (3, 3)
    assert apps.score == pytest.approx((1 / 4 + 3 / 4 + 1) / 3)


def test_skipped_question_is_not_answered(bank: Bank) -> None:
    apps = score(bank, FULL | {"apps.lastig": None}).theme("apps")
    assert (apps.answered, apps.asked) == (3, 4)
    assert apps.score == pytest.approx((3 / 4 + 2 / 4 + 1) / 3)


def test_half_of_the_questions_is_enough_for_a_level(bank: Bank) -> None:
    assert score(bank, {"apps.openen": 4, "apps.lastig": 0}).theme("apps").level == "hoog"


def test_under_half_of_the_questions_has_a_score_but_no_level(bank: Bank) -> None:
    apps = score(bank, {"apps.openen": 4}).theme("apps")
    assert (apps.score, apps.answered, apps.asked, apps.level) == (1.0, 1, 4, None)


def test_nothing_answered_has_no_score(bank: Bank) -> None:
    apps = score(bank, {}).theme("apps")
    assert (apps.score, apps.answered, apps.level) == (None, 0, None)


def test_knowledge_is_reported_apart(bank: Bank) -> None:
    weten = score(bank, FULL | {"weten.datalek": "b"}).theme("weten")
    assert (weten.score, weten.asked, weten.level) == (None, 0, None)
    assert (weten.knowledge, weten.knowledge_answered) == (0.5, 2)
    assert score(bank, FULL).theme("apps").knowledge is None


def test_theme_without_scored_questions_has_no_score(bank: Bank) -> None:
    wensen = score(bank, FULL).theme("wensen")
    assert (wensen.score, wensen.answered, wensen.asked, wensen.level) == (None, 0, 0, None)


@pytest.mark.parametrize(
    ("share", "level"),
    [(0, "laag"), (0.3999, "laag"), (0.4, "midden"), (0.6999, "midden"), (0.7, "hoog"), (1, "hoog")],
)
def test_level_starts_at_its_bound(bank: Bank, share: float, level: str) -> None:
    assert level_of(bank, share) == level


def test_level_forgives_the_rounding_of_a_mean(bank: Bank) -> None:
    mean = (0.1 + 0.2 + 0.3 + 1.0) / 4 - 1e-16
    assert mean < 0.4
    assert level_of(bank, mean) == "midden"


def test_bank_without_levels_gives_none(bank: Bank) -> None:
    assert level_of(bank.model_copy(update={"levels": ()}), 0.9) is None


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"apps.openen": 3, "apps.delen": 4, "apps.alarm": "ja"}, BasicLevel(3, 3, 3, True)),
        ({"apps.openen": 3, "apps.delen": 2, "apps.alarm": "ja"}, BasicLevel(2, 3, 3, False)),
        ({"apps.openen": 3, "apps.alarm": "ja"}, BasicLevel(2, 2, 3, None)),
        ({"apps.openen": 3, "apps.alarm": "nee"}, BasicLevel(1, 2, 3, False)),
        ({"apps.openen": 1, "apps.alarm": None}, BasicLevel(0, 1, 2, False)),
        ({}, BasicLevel(0, 0, 2, None)),
    ],
)
def test_basic_level(bank: Bank, answers: dict[str, int | str | None], expected: BasicLevel) -> None:
    assert score(bank, answers).basic == expected


def test_bank_without_basic_questions_has_no_basic_level() -> None:
    bank = load_bank(Path(__file__).parents[1] / "banks" / "digitype_small.yaml")
    assert score(bank, {}).basic is None


def test_scores_name_the_version_of_the_bank(bank: Bank) -> None:
    found = score(bank, FULL)
    assert (found.bank, found.hash) == ("scoring_themes", bank.hash)


def test_unknown_theme_is_a_key_error(bank: Bank) -> None:
    with pytest.raises(KeyError):
        score(bank, {}).theme("nope")


@given(answers=ANSWERS)
def test_any_answers_give_scores_within_bounds_that_survive_json(bank: Bank, answers: dict[str, object]) -> None:
    found = score(bank, answers)  # type: ignore[arg-type]
    for theme in found.themes:
        assert 0 <= theme.answered <= theme.asked
        assert (theme.score is None) == (theme.answered == 0)
        assert theme.score is None or 0 <= theme.score <= 1
        assert theme.knowledge is None or 0 <= theme.knowledge <= 1
    assert Scores.from_dict(json.loads(json.dumps(found.to_dict()))) == found


@given(answers=ANSWERS, question=st.sampled_from(["apps.openen", "apps.delen"]))
def test_a_better_answer_never_lowers_the_score(bank: Bank, answers: dict[str, object], question: str) -> None:
    shown = {"apps.openen": 2} | answers | ({"apps.openen": 3} if question == "apps.delen" else {})
    worse, better = (score(bank, shown | {question: value}).theme("apps").score for value in (2, 4))  # type: ignore[arg-type,operator]
    assert better > worse


def test_only_commands_and_their_output_know_the_digitypes() -> None:
    folder = Path(zelfscan.scoring.__file__).parent
    knowing = {path.name for path in folder.glob("*.py") if _imports(path, "zelfscan.digitypes")}
    assert knowing == {"command.py", "printing.py", "reliability_command.py"}


def _imports(path: Path, package: str) -> bool:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.ImportFrom) and (node.module or "").startswith(package) for node in nodes)
