"""Conditions of other programs as `show_if`: with its closed list of operators, with the same meaning or not at all.

Other programs let `x != 1` hold while x has no answer; `is_not` does not, so that becomes a choice of two conditions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zelfscan.banks.exchange.draft import whole
from zelfscan.banks.exchange.expressions import Both, Comparison, Expression, Not

MAX_CONDITIONS = 60
"""Comparisons that one question's condition may have."""

CHECKED = frozenset({"1", "y", "yes", "true", "checked"})
UNCHECKED = frozenset({"0", "n", "no", "false", "", "unchecked"})
ORDER = {
    "<": lambda number, bound: number < bound,
    "<=": lambda number, bound: number <= bound,
    ">": lambda number, bound: number > bound,
    ">=": lambda number, bound: number >= bound,
}

Condition = dict[str, Any]
"""A `show_if`, as a bank writes it."""


class Unfit(Exception):
    """A condition that `show_if` cannot say; `code` is a key of `messages.yaml`."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True)
class Target:
    """An earlier question that a condition can compare with.

    Args:
        address: where it is in the bank.
        values: the values of the bank by those of the source; empty for a number.
        several: whether several can be chosen.
        numeric: whether answers are whole numbers, so that `at_least` and `at_most` can be used.
        option: the value of the one choice that this name stands for, where several can be chosen.
        minimum, maximum: the bounds of a number.
    """

    address: str
    values: Mapping[str, int | str] = field(default_factory=dict)
    several: bool = False
    numeric: bool = False
    option: str | None = None
    minimum: int | None = None
    maximum: int | None = None


def show_if(expression: Expression, targets: Mapping[str, Target | None]) -> Condition:
    """Return a condition as `show_if`.

    Args:
        expression: the condition.
        targets: the earlier questions by name; None for a name that more than one has.

    Raises:
        Unfit: it compares with something else, or in a way that `show_if` cannot.
    """
    if sum(1 for _ in _comparisons(expression)) > MAX_CONDITIONS:
        raise Unfit("too_complex", limit=MAX_CONDITIONS)
    return _lowered(expression, targets, False)


def _comparisons(expression: Expression) -> Iterator[Comparison]:
    if isinstance(expression, Comparison):
        yield expression
    elif isinstance(expression, Not):
        yield from _comparisons(expression.part)
    else:
        for part in expression.parts:
            yield from _comparisons(part)


def _lowered(expression: Expression, targets: Mapping[str, Target | None], negated: bool) -> Condition:
    if isinstance(expression, Not):
        return _lowered(expression.part, targets, not negated)
    if isinstance(expression, Comparison):
        return _compared(expression, _target(expression.name, targets), negated)
    parts = [_lowered(part, targets, negated) for part in expression.parts]
    return _group("all" if isinstance(expression, Both) != negated else "any", parts)


def _target(name: str, targets: Mapping[str, Target | None]) -> Target:
    if name not in targets:
        raise Unfit("no_such_question", name=name)
    target = targets[name]
    if target is None:
        raise Unfit("ambiguous_question", name=name)
    return target


def _group(operator: str, parts: list[Condition]) -> Condition:
    """Return conditions tied together, without groups of the same kind in each other, and each once."""
    flat: list[Condition] = []
    for part in parts:
        for one in part[operator] if set(part) == {operator} else [part]:
            if one not in flat:
                flat.append(one)
    return flat[0] if len(flat) == 1 else {operator: flat}


def _compared(comparison: Comparison, target: Target, negated: bool) -> Condition:
    if comparison.operator == "answered":
        return _answered(target, not negated)
    if target.option is not None:
        return _one_option(comparison, target, negated)
    if comparison.operator in ORDER:
        return _ordered(comparison, target, negated)
    if target.several and comparison.operator == "=":
        return _exactly(comparison, target, negated)
    return _one_of(target, [_value(target, value) for value in comparison.values], negated)


def _answered(target: Target, answered: bool) -> Condition:
    if target.option is not None:
        return _one_of(target, [target.option], not answered)
    return {"question": target.address, "answered": answered}


def _one_of(target: Target, values: list[int | str], negated: bool) -> Condition:
    unique = list(dict.fromkeys(values))
    if not negated:
        return {"question": target.address, "is": unique}
    return _group("any", [_unanswered(target), {"question": target.address, "is_not": unique}])


def _unanswered(target: Target) -> Condition:
    return {"question": target.address, "answered": False}


def _one_option(comparison: Comparison, target: Target, negated: bool) -> Condition:
    word = comparison.values[0].strip().lower()
    if comparison.operator not in ("=", "has") or word not in CHECKED | UNCHECKED:
        raise Unfit("operator", operator=comparison.operator, name=comparison.name)
    return _one_of(target, [target.option or ""], negated == (word in CHECKED))


def _exactly(comparison: Comparison, target: Target, negated: bool) -> Condition:
    """Return the condition that this one value is chosen and no other, or its opposite."""
    value = _value(target, comparison.values[0])
    others = [other for other in target.values.values() if other != value]
    chosen: Condition = {"question": target.address, "is": [value]}
    if not negated:
        return _group("all", [chosen, {"question": target.address, "is_not": others}])
    not_chosen: Condition = {"question": target.address, "is_not": [value]}
    return _group("any", [_unanswered(target), not_chosen, {"question": target.address, "is": others}])


def _value(target: Target, value: str) -> int | str:
    if not target.numeric or target.values:
        number = whole(value)
        known = target.values.get(value, target.values.get(str(number)) if number is not None else None)
        if known is None:
            raise Unfit("no_such_value", value=value, name=target.address)
        return known
    number = whole(value)
    if number is None or not _within(number, target):
        raise Unfit("no_such_value", value=value, name=target.address)
    return number


def _within(number: int, target: Target) -> bool:
    low, high = target.minimum, target.maximum
    return (low is None or number >= low) and (high is None or number <= high)


def _ordered(comparison: Comparison, target: Target, negated: bool) -> Condition:
    bound = whole(comparison.values[0])
    if bound is None or target.several:
        raise Unfit("operator", operator=comparison.operator, name=comparison.name)
    holds = _free(comparison.operator, bound, target, negated) if not target.values else None
    if holds is None:
        holds = _listed(comparison.operator, bound, target, negated)
    return _group("any", [_unanswered(target), *holds]) if negated else _only(holds, comparison)


def _only(holds: list[Condition], comparison: Comparison) -> Condition:
    if not holds:
        raise Unfit("never", name=comparison.name)
    return holds[0]


def _free(operator: str, bound: int, target: Target, negated: bool) -> list[Condition]:
    """Return the condition on a number that is entered freely; empty: no answer can meet it."""
    upwards = operator.startswith(">") != negated
    strict = (operator in ("<", ">")) != negated
    limit = bound + (1 if upwards else -1) * strict
    name = "at_least" if upwards else "at_most"
    low, high = target.minimum, target.maximum
    beyond, always = (high, low) if upwards else (low, high)
    if beyond is not None and (limit > beyond if upwards else limit < beyond):
        return []
    if always is not None and (limit <= always if upwards else limit >= always):
        return [{"question": target.address, "answered": True}]
    return [{"question": target.address, name: limit}]


def _listed(operator: str, bound: int, target: Target, negated: bool) -> list[Condition]:
    """Return the condition that one of the values meets a bound; empty: none does."""
    numbers = {value: whole(source) for source, value in target.values.items()}
    if None in numbers.values():
        raise Unfit("operator", operator=operator, name=target.address)
    chosen = [value for value, number in numbers.items() if ORDER[operator](number, bound) != negated]
    if len(chosen) == len(numbers):
        return [{"question": target.address, "answered": True}]
    return [_shortest(target, chosen)] if chosen else []


def _shortest(target: Target, chosen: list[int | str]) -> Condition:
    """Return the condition that one of these values is the answer; as a bound, where they are all that is beyond it."""
    if target.numeric:
        points, picked = sorted(map(int, target.values.values())), sorted(map(int, chosen))
        if picked == points[-len(picked) :]:
            return {"question": target.address, "at_least": picked[0]}
        if picked == points[: len(picked)]:
            return {"question": target.address, "at_most": picked[-1]}
    return {"question": target.address, "is": chosen}
