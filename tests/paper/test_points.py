"""Whole points give the same outcome as the scores on a screen, for every answer and every sum."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.paper.conftest import FILES, SHIPPED, PaperOf, bank_in
from zelfscan.banks.branching import visible
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Answers, Bank, Item, Level
from zelfscan.digitypes.items import possible_answers
from zelfscan.paper.counting import ThemeCounting
from zelfscan.paper.document import Paper
from zelfscan.paper.points import Points, Range, least_answered, level_rows, rates_knowledge, takes_several
from zelfscan.scoring.advice import TIP_BELOW
from zelfscan.scoring.scores import MASTERED, TINY, can_be_scored, level_of, score


def scored(bank: Bank) -> Iterator[Item]:
    return (item for item in bank.items() if can_be_scored(item.question))


def points_of(points: Points, item: Item, value: object) -> int:
    """What a reader writes down for an answer."""
    if takes_several(item.question):
        assert isinstance(value, list)
        right = len(set(value) & set(item.question.correct))
        ticks = points.ticks(item)
        return max(0, right * ticks.right - (len(value) - right) * ticks.wrong)
    return next(choice.points for choice in points.choices(item) if choice.option.value == str(value))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_answer_has_its_score_in_points(file: Path) -> None:
    bank = bank_in(file)
    points = Points(bank)
    wrong = []
    for item in scored(bank):
        for value, share in possible_answers(item.question, bank):
            if points_of(points, item, value) != pytest.approx(share * points.most(item)):
                wrong.append((item.address, value))
    assert wrong == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_mastered_and_tip_begin_at_the_points_where_the_screen_begins(file: Path) -> None:
    bank = bank_in(file)
    points = Points(bank)
    for item in scored(bank):
        for value, share in possible_answers(item.question, bank):
            mine = points_of(points, item, value)
            assert (mine >= points.mastered_from(item)) == (share >= MASTERED - TINY)
            assert (mine <= points.tip_until(item)) == (share < TIP_BELOW)


LEVELS = st.lists(st.integers(1, 100), min_size=0, max_size=4, unique=True).map(
    lambda starts: tuple(
        Level.model_validate({"id": f"l{start}", "label": {"nl": "x"}, "from": start / 100})
        for start in [0, *sorted(starts)]
    )
)


@given(levels=LEVELS, most=st.integers(1, 12), answered=st.integers(1, 25))
@settings(deadline=None)
def test_every_possible_sum_stands_at_its_level_and_nowhere_else(
    levels: tuple[Level, ...], most: int, answered: int
) -> None:
    bank = bank_in(FILES[0]).model_copy(update={"levels": levels})
    (row,) = level_rows(bank, most, [answered])
    for total in range(answered * most + 1):
        found = [level.id for level, sums in zip(levels, row.ranges, strict=True) if inside(sums, total)]
        assert found == [level_of(bank, total / (answered * most))]


def inside(sums: Range | None, total: int) -> bool:
    return sums is not None and sums.low <= total <= sums.high


@pytest.mark.parametrize(("asked", "least"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_half_of_the_questions_is_enough(asked: int, least: int) -> None:
    assert least_answered(asked) == least


BRANCHED = [file for file in FILES if file.stem in ("scoring_themes", "scale", "mini", "help", "digitype", "vvt")]


@pytest.mark.parametrize("file", BRANCHED, ids=lambda file: file.stem)
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_a_reader_with_a_pen_finds_the_level_of_the_screen(file: Path, on_paper: PaperOf, data: st.DataObject) -> None:
    bank, paper = on_paper(file, "nl")
    answers: Answers = {
        item.address: data.draw(st.sampled_from([None, *(v for v, _ in possible_answers(item.question, bank))]))
        for item in bank.items()
        if can_be_scored(item.question) or KINDS[item.question.kind].choices(item.question, bank)
    }
    on_screen = {theme.theme: theme for theme in score(bank, answers).themes}
    titles = {theme.title.in_("nl"): theme.id for theme in bank.themes}
    for counting in paper.counting:
        expected = on_screen[titles[counting.title]]
        labels = {level.id: level.label.in_("nl") for level in bank.levels}
        assert by_hand(counting, paper, bank, answers) == labels.get(expected.level or "")


def by_hand(counting: ThemeCounting, paper: Paper, bank: Bank, answers: Answers) -> str | None:
    """The level of a theme, from nothing but the tables on paper and the crosses of one person."""
    addresses = dict(enumerate((item.address for item in bank.items()), start=1))
    asked = [number for number in counting.numbers if addresses[number] in visible(bank, answers)]
    rows = {row.number: (table, row) for table in counting.tables for row in table.rows}
    mine = []
    for number in asked:
        question, value = bank.item(addresses[number]).question, answers[addresses[number]]
        table, row = rows[number]
        values = [option.value for option in KINDS[question.kind].choices(question, bank) or ()]
        assert len(table.headers) == len(values) == len(row.points)
        if value is not None:
            mine.append(row.points[values.index(str(value))])
    least = {one.asked: one.least for one in counting.leasts}
    if not mine or len(mine) < least[len(asked)]:
        return None
    ranges = next((row.ranges for row in counting.levels if row.answered == len(mine)), ())
    found = [label for label, sums in zip(paper.levels, ranges, strict=False) if inside(sums, sum(mine))]
    return found[0] if found else None


def test_scales_of_different_themes_do_not_make_each_others_points_large() -> None:
    bank = bank_in(SHIPPED / "leidinggevende.yaml")
    points = Points(bank)
    assert {points.most(item) for item in scored(bank)} <= {1, 2, 3, 4}


def test_knowledge_counts_apart_in_single_points(on_paper: PaperOf) -> None:
    bank, paper = on_paper(next(file for file in FILES if file.stem == "scoring_themes"), "nl")
    points = Points(bank)
    assert {points.most(item) for item in scored(bank) if not rates_knowledge(item.question)} == {4}
    assert {points.most(item) for item in scored(bank) if rates_knowledge(item.question)} == {2}
    assert [(one.title, one.most) for one in paper.right] == [("Weten", 4)]
    assert [row.reverse for row in paper.counting[0].tables[0].rows] == [False, True, False]
    assert paper.counting[0].tables[0].rows[1].points == (4, 3, 2, 1, 0)


def test_the_basic_level_is_grouped_by_points(on_paper: PaperOf) -> None:
    _, paper = on_paper(next(file for file in FILES if file.stem == "scoring_themes"), "nl")
    assert paper.basic is not None
    assert [(group.numbers, group.least) for group in paper.basic.groups] == [((1, 3, 4), 3)]
    assert paper.basic.some, "question 3 is not for everyone"
