"""Somebody who has a release and nothing else, a pencil, and patience: adding, subtracting, and closing in.

Written apart from the audit of the product, which it would otherwise only repeat.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

from sqlalchemy import select

from tests.support import TODAY, World
from zelfscan.digitypes.types import TYPES
from zelfscan.privacy.ballot import BallotContent
from zelfscan.privacy.sealing import seal_ballot
from zelfscan.rounds.measures import DIGITYPE
from zelfscan.rounds.models import Ballot, ReleasedGroup, Round
from zelfscan.rounds.services import close_round

Groups = Sequence[Mapping[str, Any]]
"""Published groups, as `zelfscan.privacy.release.Group.to_dict` writes them."""
Told = Sequence[str | None]
MOST_STEPS = 6
"""Numbers that are added or subtracted one after the other."""


def vote(world: World, team: str, types: Sequence[int], ages: Told = (), functions: Told = ()) -> None:
    """Put ballots of one team in the round: so many people of each digitype; what they tell follows their order."""
    answers = [type_ for type_, people in zip(TYPES, types, strict=True) for _ in range(people)]
    with world.installation.database.write() as session:
        round_ = session.get_one(Round, world.round_id)
        for number, answer in enumerate(answers):
            told = {
                name: given[number % len(given)] for name, given in (("age", ages), ("function", functions)) if given
            }
            id_ = f"{team}{number}".encode().ljust(32, b"\0")
            content = BallotContent(world.units[team].id, {DIGITYPE: answer}, told)
            sealed = seal_ballot(round_.public_key, content, round_.id, id_)
            session.add(Ballot(round_id=round_.id, id=id_, organisation_id=round_.organisation_id, sealed=sealed))


def published(world: World) -> list[dict[str, Any]]:
    """Close the round, and read what everybody may."""
    here = world.installation
    close_round(here.database, here.settings, world.round_id, TODAY)
    with here.database.read() as session:
        return list(
            session.scalars(
                select(ReleasedGroup.content)
                .where(ReleasedGroup.round_id == world.round_id)
                .order_by(ReleasedGroup.key)
            )
        )


# Who is in which group. A set of people is a number of which each bit stands for one kind of person.


def lines(groups: Groups) -> dict[str, list[str]]:
    """Per unit its key and those of the units around it."""
    parents = {group["key"]: group["parent"] for group in groups if group["kind"] != "crossing"}
    found = {}
    for key in parents:
        line: list[str] = []
        here = key
        while here:
            line.append(here)
            here = parents[here]
        found[key] = line
    return found


def sets(groups: Groups) -> dict[str, int]:
    """Per group the kinds of people in it: by the smallest unit around them, and what they said of themselves."""
    told = {
        name: [*sorted({group["answer"] for group in groups if group.get("background") == name}), None]
        for name in ("age", "function")
    }
    kinds = list(product(lines(groups).items(), *told.values()))
    found = dict.fromkeys((group["key"] for group in groups), 0)
    for place, ((_, line), *said) in enumerate(kinds):
        person = dict(zip(told, said, strict=True))
        for group in groups:
            if group["kind"] == "crossing":
                inside = group["parent"] in line and person[group["background"]] == group["answer"]
            else:
                inside = group["key"] in line
            found[group["key"]] |= inside << place
    return found


def smallest_left(groups: Groups, numbers: Mapping[str, int]) -> int:
    """Attack: the fewest people that are left when published numbers are subtracted from each other, or added first.

    Args:
        numbers: people per key, for the groups that have a number.
    """
    members = sets(groups)
    sizes = {members[key]: number for key, number in numbers.items()}
    pairs = [(one | other, sizes[one] + sizes[other]) for one, other in combinations(sizes, 2) if not one & other]
    found = dict(sizes) | dict(pairs)
    new = dict(found)
    for _ in range(MOST_STEPS):
        new = {
            kinds & ~less: people - fewer
            for kinds, people in new.items()
            for less, fewer in sizes.items()
            if less != kinds and less & kinds == less and kinds & ~less not in found
        }
        found |= new
    return min(people for people in found.values() if people)


def sizes_of(groups: Groups) -> dict[str, int]:
    return {group["key"]: group["size"] for group in groups}


def numbers_of(groups: Groups, measure: str = DIGITYPE) -> dict[str, int]:
    """People with a value for a measure, per group that has a table of it."""
    return {group["key"]: table["n"] for group in groups for table in group["tables"] if table["measure"] == measure}


# What is certain.


@dataclass
class Sum:
    """So many people are in these places together: at least `low`, at most `high`."""

    places: frozenset[tuple[str, str]]
    low: int
    high: int


def sums(groups: Groups, measure: str = DIGITYPE) -> list[Sum]:
    """What the tables of units say, and what is left of a table when tables of units within it are subtracted."""
    tables = {g["key"]: t for g in groups if g["kind"] != "crossing" for t in g["tables"] if t["measure"] == measure}
    around = lines(groups)
    found = []
    for key in tables:
        below = [other for other in tables if around[other][1:2] == [key]]
        for number in range(len(below) + 1):
            for less in combinations(below, number):
                found += _left(key, less, tables, around)
    return found


def _left(key: str, less: Sequence[str], tables: Mapping[str, Any], around: Mapping[str, list[str]]) -> Iterable[Sum]:
    atoms = [unit for unit, line in around.items() if key in line and not {*less} & {*line}]
    whole = [category for cell in tables[key]["cells"] for category in cell["categories"]]
    n = tables[key]["n"] - sum(tables[other]["n"] for other in less)
    yield Sum(frozenset(product(atoms, whole)), n, n)
    for cell in tables[key]["cells"]:
        others = [_same(cell, tables[other]) for other in less]
        if all(others):
            low = cell["low"] - sum(other["high"] for other in others if other)
            high = cell["high"] - sum(other["low"] for other in others if other)
            yield Sum(frozenset(product(atoms, cell["categories"])), max(0, low), high)


def _same(cell: Mapping[str, Any], table: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a table says of the categories of a cell, if it tells them together or apart."""
    inside = [other for other in table["cells"] if {*other["categories"]} <= {*cell["categories"]}]
    if {c for other in inside for c in other["categories"]} != {*cell["categories"]}:
        return None
    return {"low": sum(other["low"] for other in inside), "high": sum(other["high"] for other in inside)}


def nobody(known: Sequence[Sum]) -> set[tuple[str, str]]:
    """Attack: close in on each place from all sums that it is in; where can nobody be, though somebody answered?

    Nothing, if the sums contradict each other: a colleague who says that cannot be there.
    """
    places = {place for one in known for place in one.places}
    most = {place: min(one.high for one in known if place in one.places) for place in places}
    least = dict.fromkeys(places, 0)
    before: object = None
    while before != (most, least):
        if any(least[place] > most[place] for place in places):
            return set()
        before = dict(most), dict(least)
        for one in known:
            up, down = sum(most[p] for p in one.places), sum(least[p] for p in one.places)
            for place in one.places:
                most[place] = min(most[place], one.high - down + least[place])
                least[place] = max(least[place], one.low - up + most[place])
    units = {unit for unit, _ in places}
    answered = {unit for unit in units if any(most[place] > 0 for place in places if place[0] == unit)}
    return {place for place in places if place[0] in answered and most[place] <= 0}


def certain(groups: Groups) -> set[tuple[str, str]]:
    """Attack by an outsider: (unit, digitype) of which she is sure that nobody there has it."""
    return nobody(sums(groups))


def certain_to_a_colleague(groups: Groups) -> set[tuple[str, str]]:
    """Attack by one participant, of any unit and digitype that could be hers: she leaves herself out."""
    found = set()
    for unit, line in lines(groups).items():
        for table in (t for g in groups if g["key"] == unit for t in g["tables"] if t["measure"] == DIGITYPE):
            for own in (c for cell in table["cells"] if cell["high"] for c in cell["categories"]):
                found |= nobody(sums([_without(group, own) if group["key"] in line else group for group in groups]))
    return found


def _without(group: Mapping[str, Any], own: str) -> dict[str, Any]:
    tables = [
        {
            **table,
            "n": table["n"] - 1,
            "cells": [
                {**c, "low": max(0, c["low"] - 1), "high": c["high"] - 1} if own in c["categories"] else c
                for c in table["cells"]
            ],
        }
        for table in group["tables"]
    ]
    return {**group, "size": group["size"] - 1, "tables": tables}
