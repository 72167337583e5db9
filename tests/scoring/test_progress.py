"""What changed between two outcomes, over the questions that both had."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from zelfscan.banks.loader import parse_bank
from zelfscan.scoring.progress import ThemeProgress, progress

TEXT = (Path(__file__).parents[1] / "banks" / "help.yaml").read_text(encoding="utf-8")
BANK = parse_bank(TEXT, "help.yaml")
ANSWERS = st.fixed_dictionaries({}, optional={"apps.openen": st.integers(0, 2), "apps.zoeken": st.integers(0, 2)})


def test_a_theme_is_compared_over_the_same_questions() -> None:
    then, now = {"apps.openen": 0, "apps.zoeken": 1}, {"apps.openen": 2, "apps.zoeken": 1}
    assert progress(BANK, then, BANK, now) == (ThemeProgress("apps", 0.25, 0.75, 2),)


def test_a_question_that_changed_does_not_count() -> None:
    changed = parse_bank(TEXT.replace("nl: Ik kan een app openen.", "nl: Ik kan elke app openen."), "help.yaml")
    then, now = {"apps.openen": 0, "apps.zoeken": 1}, {"apps.openen": 2, "apps.zoeken": 2, "apps.waarom": None}
    assert progress(BANK, then, changed, now) == ()
    now |= {"apps.waarom": "ja"}
    assert progress(BANK, then | {"apps.waarom": "nee"}, changed, now) == (ThemeProgress("apps", 0.25, 1.0, 2),)


def test_too_few_questions_in_common_say_nothing() -> None:
    assert progress(BANK, {"apps.openen": 0}, BANK, {"apps.zoeken": 0, "apps.openen": None}) == ()


@given(then=ANSWERS, now=ANSWERS)
def test_progress_turned_round_is_the_same_the_other_way(then: dict[str, int], now: dict[str, int]) -> None:
    there, back = progress(BANK, then, BANK, now), progress(BANK, now, BANK, then)
    for one in there:
        other = [each for each in back if each.theme == one.theme and each.questions == one.questions]
        assert [(each.after, each.before) for each in other] in ([], [(one.before, one.after)])
        assert 0 <= one.before <= 1 and 0 <= one.after <= 1  # noqa: PT018
