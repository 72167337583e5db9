"""Many outcomes as lines of text, column by column: an order of magnitude sooner than person by person."""

import json
from collections.abc import Iterator, Sequence

import numpy as np

from zelfscan.digitypes.classifier import Outcomes
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.features import Floats
from zelfscan.digitypes.types import TYPES

DECIMALS = 6
"""Of each number, as in `Digitype.to_dict`."""

LINE = (
    '{"type":%s,"runner_up":%s,"verdict":"%s","probabilities":{'
    + ",".join(f'"{name}":%s' for name in TYPES)
    + '},"facets":{'
    + ",".join(f'"{name}":%s' for name in FACETS)
    + '},"pulls":[%s],"model":%s}'
)

QUOTED = tuple(f'"{name}"' for name in TYPES)


def json_lines(outcomes: Outcomes) -> Iterator[str]:
    """One line per person: `Digitype.to_dict` as compact JSON."""
    types, others = _types(outcomes, QUOTED, "null")
    people = zip(
        types,
        others,
        outcomes.verdicts.tolist(),
        *([round(chance, DECIMALS) for chance in column] for column in outcomes.probabilities.T.tolist()),
        *(_texts(column, "%s") for column in outcomes.means.T),
        _pulls(outcomes),
        [json.dumps(outcomes.model)] * len(types),
        strict=True,
    )
    return map(LINE.__mod__, people)


def text_lines(outcomes: Outcomes) -> Iterator[str]:
    """One line per person to read: verdict, type, its probability and the runner-up."""
    best = outcomes.probabilities.max(axis=1)
    people = zip(outcomes.verdicts.tolist(), *_types(outcomes, TYPES, "-"), best.tolist(), strict=True)
    for verdict, name, other, chance in people:
        yield f"{verdict:8} {name:32} {chance:4.0%}  {other}"


def _types(outcomes: Outcomes, names: Sequence[str], nothing: str) -> tuple[list[str], list[str]]:
    """The type of each person, `nothing` when there are too few answers, and the runner-up."""
    types, others = np.array(names, dtype=object)[outcomes.best.T]
    return np.where(outcomes.verdicts == "too_few", nothing, types).tolist(), others.tolist()


def _pulls(outcomes: Outcomes) -> Iterator[str]:
    """The pulls of each person, strongest first, with commas between them."""
    texts = np.empty(outcomes.pulls.shape, dtype=object)
    for k, item in enumerate(outcomes.items):
        form = "[" + json.dumps(item).replace("%", "%%") + ",%s]"
        texts[:, k] = _texts(outcomes.pulls[:, k], form)
    ranked = np.take_along_axis(texts, outcomes.order, axis=1).ravel().tolist()
    for row, counted in enumerate(outcomes.counted.tolist()):
        start = row * len(outcomes.items)
        yield ",".join(ranked[start : start + counted])


class _Texts(dict["float | None", str]):
    """Each number in a form; the few different ones that answers give are written once."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form = form

    def __missing__(self, number: float | None) -> str:
        self[number] = text = self._form % ("null" if number is None else round(number, DECIMALS))
        return text


def _texts(numbers: Floats, form: str) -> list[str]:
    given = np.where(np.isnan(numbers), np.array(None), numbers).tolist()
    return list(map(_Texts(form).__getitem__, given))
