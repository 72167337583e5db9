"""The audit: what it has to find in releases that are not safe, and that it finds nothing in one that is."""

from functools import partial

import numpy as np
import pytest

from tests.privacy.synthetic import LEVELS, MEASURE, exact, ranges, release
from zelfscan.privacy.audit import Finding, Leak, audit, still_certain
from zelfscan.privacy.programs import Numbers, Program, Unsolved, highs
from zelfscan.privacy.release import Cell, Release, Rules, Table

RULES = Rules()
EVEN = exact(5, 5, 5, 5)


def kinds(finding: Finding) -> set[str]:
    return {leak.kind for leak in finding.findings}


def failing(program: Program) -> Numbers:
    raise Unsolved("never")


def test_a_safe_release_is_clean() -> None:
    shown = release((30, exact(9, 8, 7, 6)), a=(10, ranges(10, (0, 2), (3, 3), (4, 4), (0, 2))), b=(12, None))
    assert audit(shown, RULES) == Finding(8, 0, 0, ())
    assert audit(shown, RULES).clean


def test_nothing_published_is_clean() -> None:
    assert audit(Release((), hidden=True), RULES) == Finding(None, 0, 0, ())


def test_a_plain_threshold_leaves_one_person_over() -> None:
    finding = audit(release((21, None), a=(10, None), b=(10, None)), RULES)
    assert finding == Finding(1, 0, 0, (Leak("small set", None, 1),))
    assert not finding.clean


def test_people_with_a_value_can_be_left_over_though_the_groups_cannot() -> None:
    shown = release((30, exact(6, 7, 6, 6)), a=(12, exact(3, 3, 3, 3)), b=(18, exact(3, 3, 3, 3)))
    finding = audit(shown, RULES)
    assert finding.smallest_isolable == 1
    assert Leak("small set", MEASURE.id, 1) in finding.findings


def test_higher_rules_find_more() -> None:
    shown = release((30, None), a=(12, None), b=(11, None))
    assert audit(shown, RULES) == Finding(7, 0, 0, ())
    assert audit(shown, Rules(minimum=8)).findings == (Leak("small set", None, 7),)


def test_a_distribution_can_be_of_too_few() -> None:
    finding = audit(release((6, ranges(6, (0, 3), (0, 3), (0, 3), (0, 3)))), RULES)
    assert finding.findings == (Leak("small distribution", MEASURE.id, 6),)
    assert finding.smallest_isolable == 6


def test_a_distribution_of_too_few_can_be_left_over() -> None:
    shown = release((27, exact(6, 7, 7, 7)), a=(20, EVEN), b=(7, None))
    assert Leak("small distribution", MEASURE.id, 7) in audit(shown, RULES).findings


def test_two_halves_are_no_distribution() -> None:
    halves = Table(MEASURE.id, 6, (Cell(LEVELS[:2], 3, 3), Cell(LEVELS[2:], 3, 3)))
    assert audit(release((6, halves)), RULES).clean


def test_a_team_that_is_all_the_same_is_certain_without_bands() -> None:
    finding = audit(release((9, exact(9, 0, 0, 0))), RULES)
    assert (finding.certain_outsider, finding.certain_colleague) == (9, 9)
    assert finding.findings == (Leak("outsider", MEASURE.id, 9, "org", "basis"),)


def test_with_bands_it_is_not() -> None:
    assert audit(release((9, ranges(9, (7, 9), (0, 2), (0, 2), (0, 2)))), RULES).clean


def test_bands_of_one_person_do_not_help() -> None:
    finding = audit(release((9, ranges(9, (8, 9), (0, 1), (0, 1), (0, 1)))), RULES)
    assert (finding.certain_outsider, finding.certain_colleague) == (0, 9)
    assert finding.findings[0].colleague == ("org", "basis")


def test_bands_that_exact_numbers_solve_do_not_help() -> None:
    finding = audit(release((9, ranges(9, (5, 5), (4, 4), (0, 2), (0, 2)))), RULES)
    assert finding.findings == (Leak("outsider", MEASURE.id, 9, "org", "ruim"),)


def test_subtracting_colleagues_of_another_team_makes_a_hidden_team_certain() -> None:
    shown = release((20, exact(11, 3, 3, 3)), a=(12, exact(3, 3, 3, 3)), b=(8, None))
    assert Leak("outsider", MEASURE.id, 8, "b", "basis") in audit(shown, RULES).findings


def test_subtracting_solves_the_bands_of_a_shown_team() -> None:
    banded = ranges(8, (6, 8), (0, 2), (0, 2), (0, 2))
    shown = release((20, exact(11, 3, 3, 3)), a=(12, exact(3, 3, 3, 3)), b=(8, banded))
    finding = audit(shown, RULES)
    assert finding.findings == (Leak("outsider", MEASURE.id, 8, "b", "basis"),)
    assert finding.certain_outsider == 8


def test_who_is_left_of_a_parent_can_be_certain() -> None:
    shown = release((28, exact(13, 5, 5, 5)), a=(20, EVEN))
    assert Leak("outsider", MEASURE.id, 8, "org", "basis") in audit(shown, RULES).findings


def test_everyone_in_one_half_counts_as_certain() -> None:
    halves = Table(MEASURE.id, 7, (Cell(LEVELS[:2], 0, 0), Cell(LEVELS[2:], 7, 7)))
    assert audit(release((7, halves)), RULES).certain_outsider == 7


def test_a_colleague_leaves_herself_out() -> None:
    finding = audit(release((8, ranges(8, (4, 4), (3, 3), (0, 2), (0, 2)))), RULES)
    assert (finding.certain_outsider, finding.certain_colleague) == (0, 8)
    assert finding.findings == (Leak("colleague", MEASURE.id, 8, "org", "ruim", ("org", "ruim")),)


def test_a_colleague_of_another_team_can_tell() -> None:
    team = ranges(10, (3, 3), (5, 5), (0, 2), (0, 2))
    finding = audit(release((20, exact(6, 10, 3, 1)), a=(10, team), b=(10, team)), RULES)
    assert finding.certain_outsider == 0
    assert Leak("colleague", MEASURE.id, 10, "b", "expert", ("a", "expert")) in finding.findings


def test_a_colleague_without_a_value_learns_no_more() -> None:
    shown = release((9, ranges(8, (3, 3), (3, 3), (0, 2), (0, 2))))
    assert audit(shown, RULES).clean
    facing = release((16, ranges(15, (5, 5), (3, 3), (4, 4), (3, 3))), a=(8, None))
    assert audit(facing, RULES).clean


def test_having_no_value_is_not_an_answer() -> None:
    shown = release((28, EVEN), a=(20, EVEN), b=(8, None))
    assert audit(shown, RULES).clean


def test_everyone_having_a_value_but_one_hides_nothing() -> None:
    finding = audit(release((10, exact(9, 0, 0, 0))), RULES)
    assert finding.certain_outsider == 10


@pytest.mark.parametrize("solver", [failing, partial(highs, time_limit=0.0)])
def test_an_audit_that_comes_to_no_end_is_a_finding(solver: partial[Numbers]) -> None:
    shown = release((30, exact(9, 8, 7, 6)), a=(10, ranges(10, (0, 2), (3, 3), (4, 4), (0, 2))), b=(12, None))
    finding = audit(shown, RULES, solver)
    assert not finding.clean
    assert Leak("unfinished", MEASURE.id, 0) in finding.findings


def test_one_program_that_fails_is_a_finding() -> None:
    shown = release((30, exact(9, 8, 7, 6)), a=(10, None))
    asked: list[Program] = []

    def failing_at(number: int, program: Program) -> Numbers:
        asked.append(program)
        return failing(program) if len(asked) == number else highs(program)

    assert audit(shown, RULES, partial(failing_at, 0)).clean
    for number in range(1, len(asked) + 1):
        asked.clear()
        assert kinds(audit(shown, RULES, partial(failing_at, number))) == {"unfinished"}


def test_a_release_that_contradicts_itself_is_a_finding() -> None:
    shown = release((12, exact(3, 3, 3, 3)), a=(6, exact(6, 0, 0, 0)))
    assert "unfinished" in kinds(audit(shown, RULES))


def test_certain_is_certain_until_a_table_goes() -> None:
    shown = release((20, exact(11, 3, 3, 3)), a=(12, exact(3, 3, 3, 3)), b=(8, None))
    leak = next(leak for leak in audit(shown, RULES).findings if leak.group == "b")
    assert still_certain(shown, leak)
    assert still_certain(shown, leak, failing)
    assert not still_certain(release((20, None), a=(12, None), b=(8, None)), leak)
    without_a = release((20, exact(11, 3, 3, 3)), a=(12, None), b=(8, None))
    assert not still_certain(without_a, leak)


def test_a_finding_is_plain_json() -> None:
    finding = audit(release((8, ranges(8, (4, 4), (3, 3), (0, 2), (0, 2)))), RULES)
    assert finding.to_dict() == {
        "clean": False,
        "smallest_isolable": 8,
        "certain_outsider": 0,
        "certain_colleague": 8,
        "findings": (
            {
                "kind": "colleague",
                "measure": MEASURE.id,
                "people": 8,
                "group": "org",
                "category": "ruim",
                "colleague": ("org", "ruim"),
            },
        ),
    }


def test_wide_organisations_need_few_programs() -> None:
    asked: list[int] = []

    def counted(program: Program) -> Numbers:
        asked.append(program.rows.shape[1])
        return highs(program)

    names = {f"t{number}": (20, exact(5, 5, 5, 5)) for number in range(72)}
    assert audit(release((1440, exact(360, 360, 360, 360)), **names), RULES, counted).clean
    assert len(asked) < 60
    assert np.max(asked) < 500
