"""Stable answers: what follows from two releases for who takes it that those who stayed answered as before.

Then the difference of two tables tells what those answered who joined or left. Answers do change, so this is inference;
it is shut out where it would be certain under that assumption. The model, per measure, over people with a value for it:

* A linked set (see `linking`) held `was` people and holds `now`. Of each of its blocks, x1 = stayed + left and
  x2 = stayed + joined per category, whole numbers, where x1 and x2 fit all tables of the earlier and the later release.
* Churn (who joined, who left) is the least that fits the published numbers: now - was joined, or was - now left. More
  churn only makes more possible. Where the system knows the churn of a group, that is tried as well, because the least
  may contradict the tables where the true churn does not.
* Whether answers can have been stable shows per linked set. In most sets the tables contradict it, and there the
  attacker has nothing; their people are counted before and after apart. An integer program finds the largest family of
  sets that can all have been stable. A set outside it is tried again with the largest family that holds it, and found
  contradicted if there is none.
* Within a family it must not be certain of those who joined, left or stayed in a block that none of them gave some
  answer: not to an outsider, and not to one colleague of the same linked set, who stayed, joined or left there and
  leaves herself out. (A colleague of another set is one person in the totals around both; that is not tried.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import block_array, csr_array, eye_array

from zelfscan.privacy.linking import Block, Churn, Layer, Linked, blocks_of, layers_of, linked_sets, numbers_with, views
from zelfscan.privacy.programs import Numbers, Program, Solver, Unsolved, solution
from zelfscan.privacy.release import Release, Table

Kind = Literal["small set", "small distribution", "outsider", "colleague", "unfinished"]
Role = Literal["stayed", "left", "joined", "before", "after"]
"""Of a set that is taken to be stable the first three; of another set the last two."""
STABLE: tuple[Role, ...] = ("stayed", "left", "joined")
CHANGED: tuple[Role, ...] = ("before", "after")
COUNTED: tuple[tuple[Role, ...], ...] = (("stayed", "left", "before"), ("stayed", "joined", "after"))
"""Who is in the tables of the earlier and of the later release."""


Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
MANY, FEW = 100, 20
"""Pairs in one program: many while worlds grant many, then few, which are sooner found impossible."""
WORTHWHILE = 0.05
"""The share of open pairs that makes many."""
ROUGHLY = 0.2
"""How far from the most a world may be; relative, so that granting nothing is exact."""
VIEWS = 1000
"""Views whose findings are remembered."""
Known = Mapping[str, Churn]
"""Churn per key of a group of the later release, as far as it is known."""


@dataclass(frozen=True)
class Difference:
    """One thing that releases give away together.

    Attributes:
        kind: what it is, or who can be certain of it.
        measure: its id; None if it follows from the sizes of groups.
        people: how many it is about; 0 if that is not known.
        groups: keys, in the later release, of the groups whose people it is about.
        near: keys, in the later release, of the groups that it was worked out from.
        who: whether it is about those who joined, who left or who stayed.
        category: none of them can be in it (but for the colleague herself).
        colleague: a group, role and category of the colleague who can tell.
    """

    kind: Kind
    measure: str | None
    people: int
    groups: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    who: Role | None = None
    category: str | None = None
    colleague: tuple[str, Role, str] | None = None


@dataclass(frozen=True)
class _Comparison:
    """Two releases side by side on one measure.

    Attributes:
        tables, layers: of the earlier and the later release.
        churn: per linked set; None if it cannot be known how many were in it.
    """

    measure: str
    categories: tuple[str, ...]
    tables: tuple[Mapping[str, Table], Mapping[str, Table]]
    layers: tuple[Layer, Layer]
    blocks: Sequence[Block]
    sets: Sequence[Linked]
    churn: tuple[Churn | None, ...]


def inferred(earlier: Release, later: Release, measure: str, known: Known, solver: Solver) -> Iterator[Difference]:
    """List what two releases give away on a measure to who takes it that answers were stable."""
    for before, after in views([_only(earlier, measure), _only(later, measure)]):
        yield from _inferred(before, after, measure, frozenset(known.items()), solver)


def _only(release: Release, measure: str) -> Release:
    tables = ((group, tuple(t for t in group.tables if t.measure == measure)) for group in release.groups)
    return replace(release, groups=tuple(replace(group, tables=kept) for group, kept in tables), hidden=True)


@lru_cache(maxsize=VIEWS)
def _inferred(
    before: Release, after: Release, measure: str, known: frozenset[tuple[str, Churn]], solver: Solver
) -> tuple[Difference, ...]:
    """Attack one view. When a table gives way, only the views that it is in are attacked again."""
    compared = _comparison(before, after, measure)
    found: list[Difference] = []
    for churned in _with_churn(compared, dict(known)):
        try:
            found.extend(_certainties(*churned, solver))
        except Unsolved:
            found.append(Difference("unfinished", measure, 0, near=tuple(compared.tables[1])))
    return tuple(found)


def _comparison(earlier: Release, later: Release, measure: str) -> _Comparison:
    before, after = earlier.tables_of(measure), later.tables_of(measure)
    layers = layers_of([earlier, later], numbers_with(measure))
    blocks = blocks_of(layers)
    sets = linked_sets(layers, blocks)
    cells = (cell for table in (*before.values(), *after.values()) for cell in table.cells)
    names = tuple(dict.fromkeys(name for cell in cells for name in cell.categories))
    return _Comparison(
        measure, names, (before, after), (layers[0], layers[1]), blocks, sets, tuple(linked.churn for linked in sets)
    )


def _with_churn(compared: _Comparison, known: Known) -> Iterator[tuple[_Comparison, frozenset[int]]]:
    """Yield the comparison with the least churn, and with what is known; and the sets that it is to be tried for."""
    numbers = frozenset(number for number, churn in enumerate(compared.churn) if churn is not None)
    yield compared, numbers
    churn = tuple(_more(linked, known) for linked in compared.sets)
    changed = frozenset(number for number in numbers if churn[number] != compared.churn[number])
    if changed:
        yield replace(compared, churn=churn), changed


def _more(linked: Linked, known: Known) -> Churn | None:
    """The known churn of a set that is one group in both releases: as many more on both sides as are sure to be."""
    (before, after), least = linked.homes, linked.churn
    if least is None or before != after or len(after) != 1 or after[0] not in known:
        return least
    more = max(0, min(known[after[0]].joined - least.joined, known[after[0]].left - least.left))
    return Churn(least.joined + more, least.left + more)


class _Part(NamedTuple):
    """The people of one block in one role."""

    block: int
    role: Role


@dataclass(frozen=True)
class _Facts:
    """Constraints on a world: a vector of counts, shape (places,).

    Attributes:
        categories: of the measure. Each part has a place for each, and no other.
        parts: number of parts.
        rows: shape (constraints, places).
        low, high: shape (constraints,).
    """

    categories: tuple[str, ...]
    parts: int
    rows: csr_array[Any]
    low: Numbers
    high: Numbers

    @property
    def answers(self) -> int:
        """Places of one part."""
        return len(self.categories)

    @property
    def places(self) -> int:
        """Places of a world."""
        return self.parts * self.answers


@dataclass(frozen=True)
class _Joint:
    """The worlds of two releases together; the place of part p and category c is ``p * facts.answers + c``.

    Attributes:
        single: the parts that hold one person.
    """

    parts: tuple[_Part, ...]
    facts: _Facts
    single: frozenset[_Part]


def _joint(compared: _Comparison, stable: frozenset[int], perhaps: bool = False) -> _Joint:
    """Write down what two releases say, with some sets taken to be stable.

    Parameters:
        perhaps: the people in these sets may be in the roles of other sets as well.
    """
    parts = tuple(_parts(compared, stable, perhaps))
    answers = len(compared.categories)
    rows = [*_told(compared, parts, answers), *_churned(compared, parts, stable, answers)]
    columns, low, high = zip(*rows, strict=True)
    matrix = _ones(columns, len(parts) * answers)
    facts = _Facts(compared.categories, len(parts), matrix, np.array(low, float), np.array(high, float))
    return _Joint(parts, facts, frozenset(_single(compared, stable)))


def _single(compared: _Comparison, stable: frozenset[int]) -> Iterator[_Part]:
    for number in stable:
        joined, left = compared.churn[number] or (0, 0)
        roles: tuple[tuple[Role, int], ...] = (("joined", joined), ("left", left))
        chosen = [role for role, people in roles if people == 1]
        yield from (_Part(block, role) for block in compared.sets[number].blocks for role in chosen)


def _parts(compared: _Comparison, stable: frozenset[int], perhaps: bool) -> Iterator[_Part]:
    for number, linked in enumerate(compared.sets):
        roles = STABLE if number in stable else CHANGED
        for block in linked.blocks:
            homes = compared.blocks[block]
            yield from (
                _Part(block, role)
                for role in (*roles, *(CHANGED if perhaps and number in stable else ()))
                if _is_counted(homes, role) and not _is_nobody(compared.churn[number], role)
            )


def _is_counted(homes: Block, role: Role) -> bool:
    return any(home and role in counted for home, counted in zip(homes, COUNTED, strict=True))


def _is_nobody(churn: Churn | None, role: Role) -> bool:
    """Whether it is sure that nobody joined, or left."""
    return churn is not None and {"joined": churn.joined, "left": churn.left}.get(role) == 0


_Row = tuple[Places, int, int]
"""The places that are counted together, and their lowest and highest count."""


def _told(compared: _Comparison, parts: Sequence[_Part], answers: int) -> Iterator[_Row]:
    for number, (layer, tables) in enumerate(zip(compared.layers, compared.tables, strict=True)):
        held: dict[str, list[int]] = {key: [] for key in tables}
        for place, part in enumerate(parts):
            home = compared.blocks[part.block][number]
            if home and part.role in COUNTED[number]:
                for key in layer.around[home]:
                    held[key].append(place)
        for key, table in tables.items():
            yield from _counts(np.array(held[key], int) * answers, table, compared.categories)


def _counts(starts: Places, table: Table, categories: Sequence[str]) -> Iterator[_Row]:
    yield np.add.outer(starts, np.arange(len(categories))).ravel(), table.n, table.n
    for cell in table.cells:
        chosen = np.array([categories.index(name) for name in cell.categories])
        yield np.add.outer(starts, chosen).ravel(), cell.low, cell.high


def _churned(compared: _Comparison, parts: Sequence[_Part], stable: frozenset[int], answers: int) -> Iterator[_Row]:
    for number in sorted(stable):
        churn, blocks = compared.churn[number], compared.sets[number].blocks
        if churn is None:
            raise ValueError("a set of unknown churn cannot be stable")
        for role, people in (("joined", churn.joined), ("left", churn.left)):
            yield _places(parts, blocks, role, answers), people, people


def _places(parts: Sequence[_Part], blocks: Sequence[int], role: str, answers: int) -> Places:
    chosen = [place for place, part in enumerate(parts) if part.role == role and part.block in blocks]
    places: Places = np.add.outer(np.array(chosen, int) * answers, np.arange(answers)).ravel()
    return places


def _ones(columns: Sequence[Places], width: int) -> csr_array[Any]:
    """A matrix with ones in the given columns of each row."""
    ends = np.cumsum([0, *map(len, columns)])
    return csr_array((np.ones(ends[-1]), np.concatenate(columns), ends), shape=(len(columns), width))


def _families(compared: _Comparison, tried: frozenset[int], solver: Solver) -> Iterator[frozenset[int]]:
    """Yield families of sets that can all have been stable, until each set is in one, or in none."""
    rest = set(tried)
    while rest:
        family = _largest_family(compared, rest, solver)
        if not family & rest:
            return
        yield family
        rest -= family


def _largest_family(compared: _Comparison, wanted: set[int], solver: Solver) -> frozenset[int]:
    """Find the family with the most of the wanted sets, and then the most others: one binary z per set that changed."""
    sets = [number for number, churn in enumerate(compared.churn) if churn is not None]
    joint = _joint(compared, frozenset(sets), perhaps=True)
    facts, size = joint.facts, len(sets)
    moved = [
        _places(joint.parts, compared.sets[number].blocks, role, facts.answers) for role in CHANGED for number in sets
    ]
    bounds = [float(compared.sets[number].people[side] or 0) for side in range(2) for number in sets]
    switches = csr_array(-eye_array(size))[np.tile(np.arange(size), 2)].multiply(np.array(bounds)[:, np.newaxis])
    weights = np.array([size + 1.0 if number in wanted else 1.0 for number in sets])
    x = solution(_switched(facts, _ones(moved, facts.places), csr_array(switches), weights), solver)
    return frozenset(number for number, changed in zip(sets, x[facts.places :], strict=True) if not changed)


def _switched(facts: _Facts, moved: csr_array[Any], switches: csr_array[Any], weights: Numbers) -> Program:
    size, limits = len(weights), moved.shape[0]
    return Program(
        goal=np.concatenate([np.zeros(facts.places), -weights]),
        whole=np.ones(facts.places + size, np.bool_),
        low=np.zeros(facts.places + size),
        high=np.concatenate([np.full(facts.places, np.inf), np.ones(size)]),
        rows=csr_array(block_array([[facts.rows, None], [moved, switches]])),
        row_low=np.concatenate([facts.low, np.full(limits, -np.inf)]),
        row_high=np.concatenate([facts.high, np.zeros(limits)]),
    )


def _certainties(compared: _Comparison, tried: frozenset[int], solver: Solver) -> Iterator[Difference]:
    told: set[tuple[int, Role]] = set()
    for family in _families(compared, tried, solver):
        for leak, place in _certain_in(compared, family, solver):
            if place not in told:
                told.add(place)
                yield leak


def _certain_in(
    compared: _Comparison, family: frozenset[int], solver: Solver
) -> Iterator[tuple[Difference, tuple[int, Role]]]:
    """Yield at most one leak per part of a stable family, with its linked set and role."""
    joint = _joint(compared, family)
    owners = {block: number for number, linked in enumerate(compared.sets) for block in linked.blocks}
    sets = np.array([owners[part.block] for part in joint.parts])
    outsider, colleague = _flags(joint, sets, solver)
    for place, part in enumerate(joint.parts):
        who = None
        categories = np.flatnonzero(outsider[place])
        if not categories.size and (told := np.argwhere(colleague[:, place])).size:
            who, categories = _colleague(compared, joint, int(told[0, 0])), told[0, 1:]
        if categories.size:
            leak = _difference(compared, sets[place], part.role, compared.categories[categories[0]], who)
            yield leak, (int(sets[place]), part.role)


def _flags(joint: _Joint, sets: Places, solver: Solver) -> tuple[Flags, Flags]:
    """Find where nobody can be, in the parts of stable sets.

    Parameters:
        sets: the linked set of each part.

    Returns:
        for an outsider: flags, shape (parts, categories);
        for a colleague: flags, shape (places of the colleague, parts, categories); not tried where an outsider can be
        certain of something already.

    Raises:
        Unsolved: a program came to no end.
    """
    facts = joint.facts
    worlds = _Worlds(facts, solver)
    target = np.repeat([part.role in STABLE for part in joint.parts], facts.answers)
    empty = ~target
    empty[target] = worlds.impossible(np.flatnonzero(target), np.full(target.sum(), -1))
    outsider = _of_parts(facts, empty, target)
    if outsider.any():
        return outsider, np.zeros((0, *outsider.shape), np.bool_)
    one, other = _asked(facts, sets, ~empty)
    alone = _alone(joint, one, other)
    alone[~alone] = worlds.impossible(one[~alone], other[~alone])
    barred = np.tile(empty, (facts.places, 1))
    barred[one[alone], other[alone]] = barred[other[alone], one[alone]] = True
    barred[empty] = False
    return outsider, _of_parts(facts, barred, target)


def _asked(facts: _Facts, sets: Places, filled: Flags) -> tuple[Places, Places]:
    """List the pairs of places of one linked set, each once."""
    places = np.flatnonzero(filled)
    own = sets[places // facts.answers]
    one, other = np.nonzero(np.triu(own[:, np.newaxis] == own))
    return places[one], places[other]


def _alone(joint: _Joint, one: Places, other: Places) -> Flags:
    """Say which pairs ask for two people in a role that one person has."""
    first, second = one // joint.facts.answers, other // joint.facts.answers
    single = np.array([part in joint.single for part in joint.parts])
    alone: Flags = (first == second) & single[first]
    return alone


class _Worlds:
    """The worlds that were found so far, all of them true to the facts."""

    def __init__(self, facts: _Facts, solver: Solver) -> None:
        self._facts, self._solver = facts, solver
        self._found: list[Numbers] = []

    def impossible(self, first: Places, second: Places) -> Flags:
        """Say in which pairs of places there is somebody in both in no world; shape (pairs,).

        Parameters:
            first, second: places; if they are the same two people are asked for, and nobody more if the second is -1.

        Raises:
            Unsolved: a program came to no end, or the facts contradict each other.
        """
        open_ = np.ones(len(first), np.bool_)
        for world in self._found:
            open_ &= ~_granted(world, first, second)
        barred, size = np.zeros(len(first), np.bool_), MANY
        while open_.any():
            batch = np.flatnonzero(open_)
            batch = batch[np.linspace(0, len(batch) - 1, min(size, len(batch))).astype(np.intp)]
            now = open_ & _granted(self._look(first[batch], second[batch]), first, second)
            size = MANY if now.sum() > WORTHWHILE * open_.sum() else FEW
            if not now[batch].any():
                barred[batch] = True
            open_ &= ~now & ~barred
        return barred

    def _look(self, first: Places, second: Places) -> Numbers:
        """Look for a world that grants about the most: one binary z per pair, at most what each place holds."""
        size, width, facts = len(first), self._facts.places, self._facts
        more = np.flatnonzero((second >= 0) & (second != first))
        held = _ones([*first[:, np.newaxis], *second[more, np.newaxis]], width)
        asked = csr_array(eye_array(size))[np.concatenate([np.arange(size), more])]
        people = np.concatenate([1.0 + (first == second), np.ones(len(more))])
        program = Program(
            goal=np.concatenate([np.zeros(width), np.ones(size)]),
            whole=np.ones(width + size, np.bool_),
            low=np.zeros(width + size),
            high=np.concatenate([np.full(width, np.inf), np.ones(size)]),
            rows=csr_array(block_array([[facts.rows, None], [-held, asked.multiply(people[:, np.newaxis])]])),
            row_low=np.concatenate([facts.low, np.full(len(people), -np.inf)]),
            row_high=np.concatenate([facts.high, np.zeros(len(people))]),
            gap=ROUGHLY,
        )
        self._found.append(solution(program, self._solver)[:width])
        return self._found[-1]


def _granted(world: Numbers, first: Places, second: Places) -> Flags:
    granted: Flags = (world[first] > (first == second)) & ((second < 0) | (world[second] > 0))
    return granted


def _of_parts(facts: _Facts, empty: Flags, target: Flags) -> Flags:
    """Keep stable parts, and of these what is not empty as a whole: (..., places) to (..., parts, categories)."""
    values = empty.reshape(*empty.shape[:-1], facts.parts, facts.answers)
    kept = target.reshape(facts.parts, facts.answers)
    flags: Flags = values & kept & ~values.all(axis=-1, keepdims=True)
    return flags


def _colleague(compared: _Comparison, joint: _Joint, place: int) -> tuple[str, Role, str]:
    part, category = divmod(place, joint.facts.answers)
    block, role = joint.parts[part]
    before, after = compared.blocks[block]
    return (before if role in COUNTED[0] else after) or "", role, compared.categories[category]


def _difference(
    compared: _Comparison, number: int, who: Role, category: str, colleague: tuple[str, Role, str] | None
) -> Difference:
    linked, churn = compared.sets[number], compared.churn[number] or Churn(0, 0)
    stayed = (linked.people[0] or 0) - churn.left
    people = {"joined": churn.joined, "left": churn.left, "stayed": stayed}[who]
    below = (lower for key in linked.homes[1] for lower in compared.layers[1].below(key))
    return Difference(
        "colleague" if colleague else "outsider",
        compared.measure,
        people,
        linked.homes[1],
        tuple(dict.fromkeys((*linked.homes[1], *below))),
        who,
        category,
        colleague,
    )
