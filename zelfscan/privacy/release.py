"""What is published about a round: groups, their sizes, and per measure a table of safe counts.

A release is plain data. As JSON (`Release.to_dict`)::

    {"version": 1,
     "hidden": true,                      something is not shown, or shown with less detail
     "groups": [                          parents before children
       {"key": "org", "kind": "organisation", "parent": null, "size": 41, "members": [],
        "tables": [
          {"measure": "digitype", "n": 39,
           "cells": [{"categories": ["analoge_idealist"], "low": 0, "high": 4},     banded
                     {"categories": ["..."], "low": 17, "high": 17}, ...]}]},       exact
       {"key": "loc/other", "kind": "other", "parent": "loc", "size": 9, "members": ["team3", "team7"], ...},
       {"key": "org/age=young", "kind": "crossing", "parent": "org", "size": 12, "background": "age",
        "answer": "young", ...}]}       a crossing, and only a crossing, has these two
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

MINIMUM = 5
MINIMUM_DISTRIBUTION = 8
VERSION = 1

GroupKind = Literal["organisation", "location", "team", "other", "crossing"]


@dataclass(frozen=True)
class Rules:
    """How many people it takes. Settable upwards only.

    Attributes:
        minimum: people in the smallest set that may be isolated.
        minimum_distribution: people in the smallest set whose distribution over more than two categories may be
            known; smaller sets get a two-way split.

    Raises:
        ValueError: a number lies below the floor of the product.
    """

    minimum: int = MINIMUM
    minimum_distribution: int = MINIMUM_DISTRIBUTION

    def __post_init__(self) -> None:
        if self.minimum < MINIMUM or self.minimum_distribution < MINIMUM_DISTRIBUTION:
            raise ValueError(f"the minimum is at least {MINIMUM}, for a distribution {MINIMUM_DISTRIBUTION}")

    def to_dict(self) -> dict[str, int]:
        """``{"minimum": ..., "minimum_distribution": ...}``."""
        return {"minimum": self.minimum, "minimum_distribution": self.minimum_distribution}

    @classmethod
    def from_dict(cls, data: Mapping[str, int]) -> Self:
        """Read what `to_dict` wrote."""
        return cls(data["minimum"], data["minimum_distribution"])


@dataclass(frozen=True)
class Measure:
    """Something counted per group, such as the digitype or the level of a theme.

    Attributes:
        id: for example ``digitype`` or ``vvt.privacy``.
        categories: at least two, from low to high.
        whole_only: counted for the whole organisation, and for no group in it.
    """

    id: str
    categories: tuple[str, ...]
    whole_only: bool = False

    def __post_init__(self) -> None:
        if len(set(self.categories)) < max(2, len(self.categories)):
            raise ValueError(f"measure {self.id} needs two or more different categories")


@dataclass(frozen=True)
class Cell:
    """How many people are in one of `categories`: exactly `low` if `low == high`, else somewhere between the two."""

    categories: tuple[str, ...]
    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether the number itself is published."""
        return self.low == self.high

    def to_dict(self) -> dict[str, Any]:
        """See the module."""
        return {"categories": list(self.categories), "low": self.low, "high": self.high}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        return cls(tuple(data["categories"]), data["low"], data["high"])


@dataclass(frozen=True)
class Table:
    """The counts of one measure in one group.

    Attributes:
        measure: its id.
        n: people with a value for this measure; may be fewer than the size of the group.
        cells: one per category, or two halves; together they hold every category once, from low to high.
    """

    measure: str
    n: int
    cells: tuple[Cell, ...]

    @property
    def is_distribution(self) -> bool:
        """Whether it says more than a two-way split does."""
        return len(self.cells) > 2

    def to_dict(self) -> dict[str, Any]:
        """See the module."""
        return {"measure": self.measure, "n": self.n, "cells": [cell.to_dict() for cell in self.cells]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        return cls(data["measure"], data["n"], tuple(map(Cell.from_dict, data["cells"])))


@dataclass(frozen=True)
class Group:
    """A set of people that is shown.

    Attributes:
        key: id of the unit, ``<id of the parent>/other``, or ``<id of the parent>/<background>=<answer>``.
        parent: key of the unit around it; None for the organisation.
        size: people who took part.
        members: for kind ``other`` the ids of the teams that it holds, with and without participants.
        tables: at most one per measure.
        background, answer: for kind ``crossing`` the background question and the answer that its people gave.

    Raises:
        ValueError: a crossing without background, answer or parent, or another kind with one of the first two.
    """

    key: str
    kind: GroupKind
    parent: str | None
    size: int
    members: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    background: str | None = None
    answer: str | None = None

    def __post_init__(self) -> None:
        given = {self.background is not None, self.answer is not None}
        if given != {self.kind == "crossing"} or (self.kind == "crossing" and self.parent is None):
            raise ValueError(
                f"group {self.key}: a crossing has a background, an answer and a parent; no other kind has"
            )

    def to_dict(self) -> dict[str, Any]:
        """See the module."""
        crossing = {"background": self.background, "answer": self.answer} if self.kind == "crossing" else {}
        return {
            "key": self.key,
            "kind": self.kind,
            "parent": self.parent,
            "size": self.size,
            "members": list(self.members),
            **crossing,
            "tables": [table.to_dict() for table in self.tables],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        tables = tuple(map(Table.from_dict, data["tables"]))
        crossed = data.get("background"), data.get("answer")
        return cls(data["key"], data["kind"], data["parent"], data["size"], tuple(data["members"]), tables, *crossed)


@dataclass(frozen=True)
class Release:
    """Everything that is published about a round.

    Attributes:
        groups: parents before children, and crossings after the units; empty if nothing can be shown.
        hidden: something is not shown, or shown with less detail than asked. It does not say what.

    Raises:
        ValueError: two groups have one key, or a group stands before or without its parent, or in a crossing.
    """

    groups: tuple[Group, ...]
    hidden: bool

    def __post_init__(self) -> None:
        known: set[str | None] = {None}
        for group in self.groups:
            if group.key in known or group.parent not in known:
                raise ValueError(f"group {group.key} stands twice, or without its parent")
            known.add(group.key)
        crossings = {group.key for group in self.groups if group.kind == "crossing"}
        if any(group.parent in crossings for group in self.groups):
            raise ValueError("nothing stands in a crossing")

    def tables_of(self, measure: str) -> dict[str, Table]:
        """The tables of one measure by the key of their group."""
        return {group.key: table for group in self.groups for table in group.tables if table.measure == measure}

    @property
    def measures(self) -> tuple[str, ...]:
        """Ids of the measures that have a table, sorted."""
        return tuple(sorted({table.measure for group in self.groups for table in group.tables}))

    def to_dict(self) -> dict[str, Any]:
        """See the module."""
        return {
            "version": VERSION,
            "hidden": self.hidden,
            "groups": [group.to_dict() for group in self.groups],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote. Raises ValueError for another version or a tree that is none."""
        if data["version"] != VERSION:
            raise ValueError(f"a release of version {data['version']}, not {VERSION}")
        return cls(tuple(map(Group.from_dict, data["groups"])), data["hidden"])
