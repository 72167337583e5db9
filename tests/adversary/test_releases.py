"""What somebody works out from a published release, and the pages that show it: attacks A1 to A4 and A13.

The people are put in by ballots, the round is closed by the service, and the attacker (`reader`) sees what is
published. Each test also demands that enough is shown, so that not showing anything would not pass.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.adversary.reader import (
    certain,
    certain_to_a_colleague,
    numbers_of,
    published,
    sizes_of,
    smallest_left,
    vote,
)
from tests.conftest import make_app
from tests.support import PASSWORD, World, make_world
from zelfscan.config import Settings
from zelfscan.digitypes.types import TYPES
from zelfscan.installation import initialise, open_installation
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.sealing import seal_ballot
from zelfscan.rounds.measures import DIGITYPE
from zelfscan.rounds.models import Ballot, Round

MINIMUM, DISTRIBUTION = 5, 8
EVEN = {"Anemoon": (4, 4, 4, 4), "Bosuil": (4, 3, 4, 3), "Ceder": (3, 4, 3, 4), "Duin": (5, 4, 5, 4)}
HIDDEN = "Some groups and numbers are not shown, so that nobody can be recognised."
NOT_SHOWN = "Not shown for this group."


def answered(world: World, people: Mapping[str, Sequence[int]]) -> World:
    for team, types in people.items():
        vote(world, team, types)
    return world


# A1: a parent, minus its children.


SMALL = {
    "one small team": ({"Bosuil": (1, 1, 1, 1)}, 4),
    "two small teams": ({"Ceder": (1, 0, 1, 0), "Bosuil": (0, 1, 0, 0)}, 4),
    "a small team of another location": ({"Ekster": (1, 1, 1, 0)}, 4),
    "a small location": ({"Duin": (1, 1, 1, 0)}, 1),
}


@pytest.mark.parametrize(("small", "shown"), SMALL.values(), ids=SMALL)
def test_a_parent_minus_its_children_leaves_nobody_or_enough(
    sqlite_world: World, small: Mapping[str, Sequence[int]], shown: int
) -> None:
    groups = published(answered(sqlite_world, EVEN | small))
    assert len(groups) >= shown
    assert smallest_left(groups, sizes_of(groups)) >= MINIMUM


def test_nor_does_it_of_the_people_with_an_answer(sqlite_world: World) -> None:
    groups = published(answered(sqlite_world, EVEN | {"Ceder": (2, 1, 2, 1), "Ekster": (2, 2, 2, 1)}))
    assert len(numbers_of(groups)) >= 4
    assert smallest_left(groups, numbers_of(groups)) >= MINIMUM
    distributions = {
        group["key"]: table["n"] for group in groups for table in group["tables"] if len(table["cells"]) > 2
    }
    assert smallest_left(groups, distributions) >= DISTRIBUTION


def test_the_attack_finds_what_a_plain_threshold_leaves_over() -> None:
    groups = [
        {"key": "org", "kind": "organisation", "parent": None, "size": 21, "tables": []},
        {"key": "a", "kind": "team", "parent": "org", "size": 10, "tables": []},
        {"key": "b", "kind": "team", "parent": "org", "size": 10, "tables": []},
    ]
    assert smallest_left(groups, sizes_of(groups)) == 1


# A2: background and place together.

AGES = ("to_34", "35_to_54", "from_55")


@pytest.fixture
def asking(sqlite_settings: Settings) -> Iterator[World]:
    """A round that asks age and function."""
    initialise(sqlite_settings)
    opened = open_installation(sqlite_settings)
    yield make_world(opened, backgrounds=("age", "function"))
    opened.database.close()


@pytest.mark.parametrize(
    "ages",
    [
        {"Anemoon": ("to_34",), "Bosuil": ("35_to_54",), "Duin": ("from_55", *["35_to_54"] * 7)},
        {"Anemoon": (*["to_34"] * 7, None), "Bosuil": ("from_55", *["35_to_54"] * 6), "Duin": AGES},
        {"Anemoon": AGES, "Bosuil": AGES, "Duin": ("to_34",)},
    ],
    ids=["few of one age", "few who rather not say", "few of one age beside a location"],
)
def test_background_and_place_together_isolate_nobody(asking: World, ages: Mapping[str, Sequence[str | None]]) -> None:
    for team, types in {"Anemoon": (6, 6, 6, 6), "Bosuil": (7, 7, 7, 7), "Duin": (5, 5, 5, 5)}.items():
        vote(asking, team, types, ages[team], ("level_1_2", "level_3", "level_4_up", None))
    groups = published(asking)
    crossings = [group for group in groups if group["kind"] == "crossing"]
    assert len(crossings) >= 1
    assert smallest_left(groups, sizes_of(groups)) >= MINIMUM
    assert smallest_left(groups, numbers_of(groups)) >= MINIMUM


# A3: a group in which everybody is the same.

SAME = {
    "everybody in one": (9, 0, 0, 0),
    "everybody in one half": (5, 4, 0, 0),
    "everybody in one of a small team": (6, 0, 0, 0),
    "nobody in the middle": (6, 0, 0, 6),
}


@pytest.mark.parametrize("types", SAME.values(), ids=SAME)
def test_of_a_group_that_is_all_the_same_no_answer_is_certain(sqlite_world: World, types: Sequence[int]) -> None:
    groups = published(answered(sqlite_world, EVEN | {"Anemoon": types}))
    assert sqlite_world.units["Anemoon"].id in sizes_of(groups)
    assert len(numbers_of(groups)) >= 3
    assert certain(groups) == set()


def test_nor_of_one_that_is_left_over_from_its_location(sqlite_world: World) -> None:
    """Anemoon is too small for a distribution, so only subtracting could tell that all are of the first type."""
    groups = published(answered(sqlite_world, EVEN | {"Anemoon": (5, 0, 0, 0)}))
    assert len(numbers_of(groups)) >= 3
    assert certain(groups) == set()


# A4: a colleague who is the one that differs.

DISSENTING = {
    "all the others in one": (8, 1, 0, 0),
    "all the others in one, of a large team": (19, 1, 0, 0),
    "all the others in one half": (5, 4, 1, 0),
    "all the others in one half, of a small team": (3, 3, 1, 0),
}


@pytest.mark.parametrize("types", DISSENTING.values(), ids=DISSENTING)
def test_to_the_one_who_differs_no_answer_of_her_colleagues_is_certain(
    sqlite_world: World, types: Sequence[int]
) -> None:
    groups = published(answered(sqlite_world, EVEN | {"Anemoon": types}))
    assert sqlite_world.units["Anemoon"].id in sizes_of(groups)
    assert len(numbers_of(groups)) >= 3
    assert certain_to_a_colleague(groups) == set()


# A13: what is not shown, and why.


class Twin:
    """Two worlds that were one until somebody answered: ids, names, links and keys are the same."""

    def __init__(self, world: World, folder: Path) -> None:
        shutil.copytree(world.installation.settings.data_dir, folder)
        opened = open_installation(Settings(data_dir=folder))
        self.worlds = world, World(opened, world.units, world.round_id, world.tokens)

    def close(self) -> None:
        self.worlds[1].installation.database.close()


@pytest.fixture
def twin(sqlite_world: World, tmp_path: Path) -> Iterator[Twin]:
    made = Twin(sqlite_world, tmp_path / "twin")
    yield made
    made.close()


def manager(world: World) -> FlaskClient:
    client = make_app(world).test_client()
    client.set_cookie("zelfscan_language", "en")
    client.post("/account/inloggen", data={"email": "all@test.example", "password": PASSWORD})
    return client


def pages(world: World, *teams: str) -> dict[str, str]:
    """The dashboard of each unit, but for the token that guards its forms."""
    client = manager(world)
    found = {name: client.get(f"/dashboard/{world.round_id}/{world.units[name].id}").text for name in teams}
    return {name: re.sub(r'name="csrf_token" value="[^"]+"', "", text) for name, text in found.items()}


def test_answers_that_hidden_people_exchange_change_no_byte(twin: Twin) -> None:
    """Bosuil and Ceder have four people each, so they are shown together only, and who said what is hidden."""
    answers = {"Bosuil": (3, 1, 0, 0), "Ceder": (0, 2, 1, 1)}, {"Bosuil": (0, 2, 1, 1), "Ceder": (3, 1, 0, 0)}
    everywhere = tuple(twin.worlds[0].units)
    seen = []
    for world, hidden in zip(twin.worlds, answers, strict=True):
        groups = published(answered(world, EVEN | hidden))
        assert world.units["Bosuil"].id not in sizes_of(groups)
        seen.append((groups, pages(world, *everywhere)))
    assert seen[0] == seen[1]


OTHER_ANSWERS = [(4, 0, 0, 0), (0, 0, 0, 4), (1, 1, 1, 1)]


def test_whatever_a_hidden_team_answers_the_same_groups_are_shown_and_its_own_page_is_the_same(twin: Twin) -> None:
    """What it answers is counted in the larger whole, so only the numbers there may differ."""
    seen = []
    for world, hidden in zip(twin.worlds, OTHER_ANSWERS, strict=False):
        groups = published(answered(world, EVEN | {"Ekster": hidden}))
        assert world.units["Ekster"].id not in sizes_of(groups)
        seen.append((sizes_of(groups), numbers_of(groups), pages(world, "Ekster")))
    assert seen[0] == seen[1]


def test_a_team_of_four_a_team_of_one_and_a_team_of_nobody_have_one_page(sqlite_world: World) -> None:
    published(answered(sqlite_world, EVEN | {"Bosuil": (1, 1, 1, 1), "Ceder": (1, 0, 0, 0)}))
    names = "Bosuil", "Ceder", "Ekster"
    texts = [words(text) for text in pages(sqlite_world, *names).values()]
    plain = {text.replace(name, "TEAM") for name, text in zip(names, texts, strict=True)}
    main = {text.split("Teams and locations")[1].split("What each digitype needs")[0] for text in plain}
    assert len({part[part.index("This group is not shown") :] for part in main}) == 1
    assert all(HIDDEN in text for text in texts)


def words(page: str) -> str:
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


def test_a_table_that_goes_because_of_what_was_answered_is_not_shown_in_the_words_of_any_other(
    sqlite_world: World,
) -> None:
    """The design allows one thing to hint at content: that a table is missing. The sentence does not say why.

    All of Anemoon are in one half, which halves would tell; of Duin only four have a digitype.
    """
    people = EVEN | {"Anemoon": (5, 4, 0, 0), "Duin": (1, 1, 1, 1)}
    answered(sqlite_world, people)
    without_type(sqlite_world, "Duin", 6)
    groups = published(sqlite_world)
    teams = ("Anemoon", "Duin")
    assert {sqlite_world.units[team].id for team in teams} <= sizes_of(groups).keys() - numbers_of(groups).keys()
    shown = [words(text) for text in pages(sqlite_world, *teams).values()]
    sections = {re.search(r"Digitypes in this group (.*?) Level per theme", text)[1].strip() for text in shown}  # type: ignore[index]
    assert sections == {NOT_SHOWN}
    assert all(text.count(HIDDEN) == 1 for text in shown)


def without_type(world: World, team: str, people: int) -> None:
    """Ballots of people who answered too little to have a digitype."""
    with world.installation.database.write() as session:
        round_ = session.get_one(Round, world.round_id)
        for number in range(people):
            id_ = f"{team} without {number}".encode().ljust(32, b"\0")
            content = BallotContent(world.units[team].id, {DIGITYPE: None})
            sealed = seal_ballot(round_.public_key, content, round_.id, id_)
            session.add(Ballot(round_id=round_.id, id=id_, organisation_id=round_.organisation_id, sealed=sealed))


def test_the_release_says_that_something_is_hidden_and_never_what(sqlite_world: World) -> None:
    groups = published(answered(sqlite_world, EVEN | {"Ekster": (1, 1, 1, 0)}))
    hidden = sqlite_world.units["Ekster"].id
    said = [key for group in groups for key in group]
    assert set(said) == {"key", "kind", "parent", "size", "members", "tables"}
    assert hidden not in sizes_of(groups)
    assert all(set(table) == {"measure", "n", "cells"} for group in groups for table in group["tables"])
    assert {c for group in groups for table in group["tables"] for cell in table["cells"] for c in cell} == {
        "categories",
        "low",
        "high",
    }
    assert {c for g in groups for t in g["tables"] for cell in t["cells"] for c in cell["categories"]} <= set(TYPES)
