"""Crossings: what is shown of them, and that groups that overlap give nobody away, against trying everything."""

import itertools
from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.privacy.synthetic import (
    AGE,
    FUNCTION,
    LEVELS,
    MEASURE,
    OTHER,
    Organisation,
    organisation,
    organisations,
    random_organisation,
    with_background,
)
from tests.privacy.test_disclosure import check_table
from tests.privacy.test_isolation import tried
from zelfscan.privacy import disclosure
from zelfscan.privacy.audit import audit, certainties, small_sets
from zelfscan.privacy.crossings import divisions_of
from zelfscan.privacy.disclosure import BallotContent, Cell, Group, Measure, Release, Rules, Table, Unit, make_release
from zelfscan.privacy.isolation import membership, smallest_set
from zelfscan.privacy.programs import Numbers, Program, Unsolved, highs
from zelfscan.privacy.units import Area
from zelfscan.privacy.worlds import Search, Wishes, facts_of

RULES = Rules()
BACKGROUNDS = (AGE, FUNCTION)


def crossing(parent: str, background: str, answer: str, size: int, *tables: Table) -> Group:
    key = f"{parent}/{background}={answer}"
    return Group(key, "crossing", parent, size, (), tables, background, answer)


def crossed(made: Organisation, **rest: object) -> Release:
    return make_release(made.units, made.ballots, RULES, [MEASURE], backgrounds=BACKGROUNDS, **rest)  # type: ignore[arg-type]


def people_of(made: Organisation, group: Group) -> list[BallotContent]:
    """The truth: the ballots that a unit or crossing is about."""
    if group.kind != "crossing":
        return [ballot for ballot in made.ballots if ballot.unit in made.teams_of(group)]
    unit = Group(group.parent or "", "organisation", None, 0)
    inside = [ballot for ballot in made.ballots if ballot.unit in made.teams_of(unit)]
    return [ballot for ballot in inside if ballot.background[group.background or ""] == group.answer]


def large(seed: int = 3) -> Organisation:
    return random_organisation(180, 14, 3, seed=seed)


def test_the_organisation_and_large_locations_are_crossed_with_each_background_apart() -> None:
    made = large()
    release = make_release(made.units, made.ballots, RULES, [Measure("m0", LEVELS)], backgrounds=BACKGROUNDS)
    shown = [group for group in release.groups if group.kind == "crossing"]
    assert {(group.parent, group.background) for group in shown} >= {("org", "age"), ("org", "function")}
    sizes = {group.key: group.size for group in release.groups}
    assert all(group.parent == "org" or sizes[group.parent or ""] >= 40 for group in shown)
    assert all(group.key == f"{group.parent}/{group.background}={group.answer}" for group in shown)
    assert any(group.parent != "org" for group in shown)
    assert any(group.tables for group in shown)
    assert audit(release, RULES).clean


def test_a_location_of_thirty_nine_is_not_crossed() -> None:
    for people, expected in ((39, {"org"}), (40, {"org", "north"})):
        team = (people - 20, 10, 5, 5)
        made = with_background(organisation({"north": {"a": team}, "south": {"b": (9, 9, 9, 9)}}), 1, silent=0.0)
        parents = {group.parent for group in crossed(made).groups if group.kind == "crossing"}
        assert parents == expected


def answered(**counts: int) -> list[BallotContent]:
    """Ballots of one team by what they say of their age; `silent` say nothing."""
    names = [None if name == "silent" else name for name, count in counts.items() for _ in range(count)]
    return [BallotContent("a", {MEASURE.id: LEVELS[n % 4]}, {"age": name}) for n, name in enumerate(names)]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"young": 10, "middle": 12, "old": 9}, {"young", "middle", "old"}),
        ({"young": 10, "middle": 12, "old": 9, "silent": 5}, {"young", "middle", "old"}),
        ({"young": 10, "middle": 12, "old": 9, "silent": 4}, {"young", "middle"}),
        ({"young": 10, "middle": 12, "old": 4, "silent": 1}, {"young", "middle"}),
        ({"young": 10, "middle": 12, "old": 4}, {"middle"}),
    ],
)
def test_who_is_in_no_crossing_is_nobody_or_enough(counts: dict[str, int], expected: set[str]) -> None:
    units = [Unit("org", None, "organisation"), Unit("a", "org", "team")]
    release = make_release(units, answered(**counts), RULES, [MEASURE], backgrounds=[AGE])
    assert {group.answer for group in release.groups if group.kind == "crossing"} == expected
    assert release.hidden >= (expected != set(AGE.categories))


def test_without_backgrounds_nothing_is_crossed() -> None:
    made = large()
    release = make_release(made.units, made.ballots, RULES, [Measure("m0", LEVELS)])
    assert not [group for group in release.groups if group.kind == "crossing"]


def test_a_background_that_a_ballot_cannot_have_is_refused() -> None:
    units = [Unit("org", None, "organisation"), Unit("a", "org", "team")]
    with pytest.raises(ValueError, match="does not have"):
        make_release(units, [BallotContent("a", {}, {"age": "secret"})], RULES, [MEASURE], backgrounds=[AGE])
    with pytest.raises(ValueError, match="asked twice"):
        make_release(units, [], RULES, [MEASURE], backgrounds=[AGE, AGE])


def test_progress_sees_every_measure() -> None:
    seen: list[int] = []

    def counting(ladders: list[object]) -> list[object]:
        seen.append(len(ladders))
        return ladders

    made = organisation({"org": {"a": (3, 4, 4, 3)}})
    make_release(made.units, made.ballots, RULES, [MEASURE], progress=counting)  # type: ignore[arg-type]
    assert seen == [1]


def test_crossings_go_before_units_when_the_audit_comes_to_no_end() -> None:
    made = with_background(organisation({"org": {"a": (9, 9, 9, 9), "b": (8, 8, 8, 8)}}), 2, silent=0.0)
    asked: list[Program] = []

    def failing_first(program: Program) -> Numbers:
        asked.append(program)
        if len(asked) == 1:
            raise Unsolved("busy")
        return highs(program)

    whole, without = crossed(made), crossed(made, solver=failing_first)
    gone = {group.key for group in whole.groups} - {group.key for group in without.groups}
    assert len(gone) == 1
    assert "=" in gone.pop()


def test_an_audit_that_never_ends_publishes_no_crossing_either() -> None:
    def failing(program: Program) -> Numbers:
        raise Unsolved("never")

    assert crossed(large(), solver=failing) == Release((), hidden=True)


def overlapping(rest: int) -> list[Group]:
    """A location and the rest of the organisation, each with both answers; some say nothing."""
    return [
        Group("org", "organisation", None, 60 + rest),
        Group("north", "location", "org", 40),
        crossing("org", "age", "young", 28),
        crossing("org", "age", "old", 32),
        crossing("north", "age", "young", 20),
        crossing("north", "age", "old", 20),
    ]


@pytest.mark.parametrize("rest", [1, 4, 5])
def test_subtracting_crossings_isolates_who_rather_not_say(rest: int) -> None:
    leaks = small_sets(Release(tuple(overlapping(rest)), hidden=True), None, RULES, highs)
    assert [leak.people for leak in leaks] == ([rest] if rest < 5 else [])


def test_subtracting_a_location_from_the_organisation_isolates_the_others_of_an_age() -> None:
    groups = overlapping(0)
    groups[2:4] = [crossing("org", "age", "young", 23), crossing("org", "age", "old", 37)]
    (leak,) = small_sets(Release(tuple(groups), hidden=True), None, RULES, highs)
    assert leak.people == 3
    assert {"org/age=young", "north/age=young"} <= set(leak.groups)


def test_without_suppression_of_crossings_the_rehearsal_still_finds_small_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    units = [Unit("org", None, "organisation"), Unit("a", "org", "team")]
    ballots = answered(young=10, middle=12, old=9, silent=3)
    monkeypatch.setattr(disclosure, "suppress_crossings", lambda areas, counts, minimum: {area.key for area in areas})
    draft = disclosure.draft_of(units, ballots, RULES, [], [AGE]).release()
    assert [leak.people for leak in small_sets(draft, None, RULES, highs)] == [3]
    release = make_release(units, ballots, RULES, [], backgrounds=[AGE])
    assert [group.answer for group in release.groups if group.kind == "crossing"] == ["young", "middle"]


def full_membership(release: Release) -> np.ndarray:
    """All atoms, one by one: unit atom x cell of each background."""
    units = [group for group in release.groups if group.kind != "crossing"]
    inside, divisions = membership(units), divisions_of(release.groups)
    columns = []
    for atom in range(len(units)):
        for cells in itertools.product(*(range(division.cells) for division in divisions)):
            column = list(inside[:, atom])
            for group in release.groups[len(units) :]:
                division, cell = next(
                    pair for pair in zip(divisions, cells, strict=True) if group.key in pair[0].crossings
                )
                blocks, position = division.crossings[group.key]
                column.append(cell == position and division.block[atom] in blocks)
            columns.append(column)
    return np.unique(np.array(columns, np.bool_), axis=0).T


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_one_background_at_a_time_finds_what_trying_every_set_finds(data: st.DataObject) -> None:
    size = st.integers(0, 9)
    groups = [Group("org", "organisation", None, 0)]
    groups += [Group("north", "location", "org", 0)][: data.draw(st.integers(0, 1))]
    parents = [group.key for group in groups]
    wanted = [("age", "young"), ("age", "old"), ("function", "care")]
    for parent, (background, answer) in itertools.product(parents, wanted):
        if data.draw(st.booleans()):
            groups.append(crossing(parent, background, answer, 0))
    release = Release(tuple(groups), hidden=True)
    inside = full_membership(release)
    atoms = np.array(data.draw(st.lists(size, min_size=inside.shape[1], max_size=inside.shape[1])), float) + 1
    people = inside @ atoms
    occupied = {each.background: np.ones((each.blocks, each.cells), np.bool_) for each in divisions_of(groups)}
    found = smallest_set(groups, people, occupied, highs)
    assert (found and found.people) == tried(inside, people)


def small_release(chance: np.random.Generator) -> Release:
    """Publish one team, one age and one function of an organisation of five people, in ranges."""
    people = [tuple(chance.integers(0, 2, size=4)) for _ in range(5)]
    everyone = range(2)

    def table(chosen: list[tuple[int, ...]]) -> tuple[Table, ...]:
        counts = Counter(person[3] for person in chosen)
        if chance.random() < 0.2:
            return ()
        cells = [
            Cell((f"c{c}",), max(0, counts[c] - chance.integers(2)), counts[c] + chance.integers(2)) for c in everyone
        ]
        return (Table("m", len(chosen), tuple(cells)),)

    parts = {
        "a": [person for person in people if person[0] == 0],
        "young": [person for person in people if person[1] == 0],
        "care": [person for person in people if person[2] == 0],
    }
    cells = tuple(Cell((f"c{c}",), 0, 5) for c in everyone)
    groups = (
        Group("org", "organisation", None, 5, (), table(people) or (Table("m", 5, cells),)),
        Group("a", "team", "org", len(parts["a"]), (), table(parts["a"])),
        crossing("org", "age", "young", len(parts["young"]), *table(parts["young"])),
        crossing("org", "function", "care", len(parts["care"]), *table(parts["care"])),
    )
    return Release(groups, hidden=True)


def all_companies(release: Release) -> list[Counter[tuple[int, ...]]]:
    """Try every company of five people: each in the team or not, young or not, in care or not, with either answer."""
    kinds = list(itertools.product(range(2), repeat=4))
    found = []
    for company in itertools.combinations_with_replacement(kinds, 5):
        members = {
            "org": list(company),
            "a": [person for person in company if person[0] == 0],
            "org/age=young": [person for person in company if person[1] == 0],
            "org/function=care": [person for person in company if person[2] == 0],
        }
        if all(agrees(group, members[group.key]) for group in release.groups):
            found.append(Counter(company))
    return found


def agrees(group: Group, people: list[tuple[int, ...]]) -> bool:
    counts = Counter(f"c{person[3]}" for person in people)
    return len(people) == group.size and all(
        table.n == len(people) and all(cell.low <= counts[cell.categories[0]] <= cell.high for cell in table.cells)
        for table in group.tables
    )


@pytest.mark.parametrize("seed", range(12))
def test_worlds_of_margins_are_exact_against_every_company_of_people(seed: int) -> None:
    release = small_release(np.random.default_rng(seed))
    facts, companies = facts_of(release, "m"), all_companies(release)
    assert companies
    atom = {0: 1, 1: 0}
    places = {tuple(profile): number for number, profile in enumerate(facts.profiles.tolist())}
    kinds = list(itertools.product(range(2), repeat=4))
    person = [places[atom[kind[0]], kind[1], kind[2]] * facts.answers + kind[3] for kind in kinds]
    pairs = list(itertools.combinations_with_replacement(range(len(kinds)), 2))
    first, second = (np.array([person[pair[side]] for pair in pairs]) for side in (0, 1))
    found = Search(facts, highs).impossible(Wishes(facts.persons[first], facts.persons[second]))
    needs = [Counter([kinds[one], kinds[other]]) for one, other in pairs]
    assert found.tolist() == [not any(company >= need for company in companies) for need in needs]
    alone = Search(facts, highs).impossible(Wishes.for_one(facts.persons[person]))
    assert alone.tolist() == [not any(company[kind] for company in companies) for kind in kinds]


@pytest.mark.parametrize("seed", range(12))
def test_the_audit_finds_what_every_company_makes_certain(seed: int) -> None:
    release = small_release(np.random.default_rng(seed))
    facts, companies = facts_of(release, "m"), all_companies(release)
    found = certainties(Search(facts, highs))
    kinds = list(itertools.product(range(2), repeat=3))
    outsider = {
        (kind, answer)
        for kind in kinds
        for answer in range(2)
        if not any(company[*kind, answer] for company in companies)
        and any(company[*kind, 1 - answer] for company in companies)
    }
    colleague = set()
    for own, kind, answer in itertools.product(itertools.product(range(2), repeat=4), kinds, range(2)):
        left = [company - Counter([own]) for company in companies if company[own]]
        told = not any(company[*kind, answer] for company in left) and any(
            company[*kind, 1 - answer] for company in left
        )
        if told and (kind, answer) not in outsider:
            colleague.add((own, kind, answer))

    def kind_of(profile: int) -> tuple[int, int, int]:
        known = facts.profiles[profile]
        return 1 - int(known[0]), int(known[1]), int(known[2])

    assert {(kind_of(profile), int(answer)) for profile, answer in np.argwhere(found.outsider)} == outsider
    assert {
        ((*kind_of(own // facts.answers), int(own % facts.answers)), kind_of(profile), int(answer))
        for own, profile, answer in found.colleague
    } == colleague


@settings(max_examples=5, deadline=None)
@given(organisations(), st.integers(0, 2**31), st.randoms())
def test_every_release_with_crossings_is_safe_true_and_in_no_order(
    made: Organisation, seed: int, chance: Random
) -> None:
    made = with_background(made, seed)
    release = make_release(made.units, made.ballots, RULES, [MEASURE, OTHER], backgrounds=BACKGROUNDS)
    finding = audit(release, RULES)
    assert finding.clean
    assert finding.smallest_isolable is None or finding.smallest_isolable >= RULES.minimum
    for group in release.groups:
        people = people_of(made, group)
        assert group.size == len(people) >= RULES.minimum
        for table in group.tables:
            values = [ballot.values[table.measure] for ballot in people]
            categories = [category for cell in table.cells for category in cell.categories]
            check_table(table, {category: values.count(category) for category in (*categories, None)})
    shuffled = Organisation(list(made.units), list(made.ballots))
    chance.shuffle(shuffled.units)
    chance.shuffle(shuffled.ballots)
    again = make_release(shuffled.units, shuffled.ballots, RULES, [MEASURE, OTHER], backgrounds=BACKGROUNDS[::-1])
    assert {group.key: group for group in again.groups} == {group.key: group for group in release.groups}
    assert Release.from_dict(release.to_dict()) == release


def test_a_large_organisation_is_closed_safely() -> None:
    made = random_organisation(700, 72, 8, seed=1)
    release = make_release(made.units, made.ballots, RULES, [Measure("m0", LEVELS)], backgrounds=BACKGROUNDS)
    assert audit(release, RULES).clean
    assert len(release.groups) > 72


def test_areas_of_crossings_name_whom_they_hold() -> None:
    made = large()
    assert Area("org/age=young", "crossing", "org", ("t0",), "age", "young").answer == "young"
    assert all(group.members == () for group in crossed(made).groups if group.kind == "crossing")
