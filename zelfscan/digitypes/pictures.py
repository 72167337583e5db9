"""Bars, lines and squares as SVG that stands inside a page; what is drawn is also a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element, SubElement, tostring

Cell = str | int | float

COLOURS = ("#1f5a92", "#c2571a", "#23835a", "#7b4ea3")
WIDTH, LABELS, LINE, TOP = 760, 280, 18, 40
"""Pixels: of the picture, of the column with labels, of one line of text, and of the legend or heads."""

SIDE, EDGE, ROW = 300, 44, 44
"""Pixels: of a square plot, of the space for the numbers beside it, and of a row of squares."""

TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

SCALES = (0.2, 0.4, 1.0)
"""Shares at which the longest bar, or the top of a plot, can lie."""


@dataclass(frozen=True)
class Picture:
    """A picture and its data table.

    Attributes:
        kind: `bars` (label, then shares), `lines` (a share, then shares over it) or `squares` (label, then counts).
        title: what it shows.
        columns: head of the table; the first says what the rows are.
        rows: of the table; a float is a share from 0 to 1.
        drawn: how many columns after the first are drawn; the others stand in the table only.
        diagonal: draw where both shares of a line are equal.
        text: how to read it.
    """

    kind: Literal["bars", "lines", "squares"]
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: int
    text: str = ""
    diagonal: bool = False


Say = Callable[[Cell], str]
"""A number as it is written in the language of the page."""


def svg(picture: Picture, say: Say) -> str:
    """The picture as SVG.

    Args:
        picture: what to draw.
        say: writes a number.
    """
    draw = {"bars": _bars, "lines": _lines, "squares": _squares}[picture.kind]
    return tostring(draw(picture, say), encoding="unicode")


def _canvas(picture: Picture, width: int, height: int) -> Element:
    size = {"viewBox": f"0 0 {width} {height}", "style": f"max-width:{width}px"}
    return Element("svg", {**size, "role": "img", "aria-label": picture.title})


def _text(parent: Element, x: float, y: float, content: str, anchor: str = "start", fill: str = "currentColor") -> None:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": fill}
    SubElement(parent, "text", place).text = content


def _box(parent: Element, x: float, y: float, width: float, height: float, fill: str, opacity: float = 1.0) -> None:
    size = {"x": x, "y": y, "width": width, "height": height, "fill-opacity": opacity}
    SubElement(parent, "rect", {"fill": fill} | {name: f"{value:.2f}" for name, value in size.items()})


def _stroke(parent: Element, points: Sequence[tuple[float, float]], colour: str, dashes: str = "none") -> None:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    look = {"fill": "none", "stroke": colour, "stroke-width": "2", "stroke-dasharray": dashes}
    SubElement(parent, "polyline", {"points": path, **look})


def _legend(canvas: Element, names: Sequence[str], left: float) -> None:
    for name, colour in zip(names, COLOURS, strict=False):
        _box(canvas, left, 4, 12, 12, colour)
        _text(canvas, left + 17, 15, name)
        left += 34 + 7 * len(name)


def _series(picture: Picture) -> tuple[str, ...]:
    return picture.columns[1 : 1 + picture.drawn]


def _shares(row: Sequence[Cell], count: int) -> list[float]:
    return [float(cell) for cell in row[1 : 1 + count]]


def _scale(picture: Picture) -> float:
    highest = max(share for row in picture.rows for share in _shares(row, picture.drawn))
    return 1.0 if picture.diagonal else next(scale for scale in SCALES if highest <= scale)


def _bars(picture: Picture, say: Say) -> Element:
    block, unit = LINE * picture.drawn + 8, (WIDTH - LABELS - 60) / _scale(picture)
    canvas = _canvas(picture, WIDTH, TOP + block * len(picture.rows))
    _legend(canvas, _series(picture), 4)
    for number, row in enumerate(picture.rows):
        top = TOP + block * number
        _text(canvas, LABELS - 8, top + block / 2, str(row[0]), "end")
        for k, share in enumerate(_shares(row, picture.drawn)):
            _box(canvas, LABELS, top + LINE * k + 2, share * unit, LINE - 4, COLOURS[k])
            _text(canvas, LABELS + share * unit + 5, top + LINE * k + 13, say(share))
    return canvas


def _lines(picture: Picture, _: Say) -> Element:
    canvas, scale = _canvas(picture, WIDTH, TOP + SIDE + EDGE), _scale(picture)
    _legend(canvas, _series(picture), 4)
    _axes(canvas, picture.columns[0], scale)
    if picture.diagonal:
        _stroke(canvas, [_point(0, 0), _point(1, 1)], "#888888", "4 4")
    for k in range(picture.drawn):
        points = [_point(float(row[0]), float(row[k + 1]) / scale) for row in picture.rows]
        _stroke(canvas, points, COLOURS[k])
        for x, y in points:
            look = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "3.5", "fill": COLOURS[k]}
            SubElement(canvas, "circle", look)
    return canvas


def _axes(canvas: Element, name: str, scale: float) -> None:
    """A square from 0 to 1, upwards to `scale`."""
    for tick in TICKS:
        _stroke(canvas, [_point(tick, 0), _point(tick, 1)], "#d5d5d5")
        _stroke(canvas, [_point(0, tick), _point(1, tick)], "#d5d5d5")
        _text(canvas, EDGE - 6, _point(0, tick)[1] + 4, f"{tick * scale:.0%}", "end")
        _text(canvas, _point(tick, 0)[0], TOP + SIDE + 17, f"{tick:.0%}", "middle")
    _text(canvas, EDGE + SIDE / 2, TOP + SIDE + 36, name, "middle")


def _point(x: float, y: float) -> tuple[float, float]:
    return EDGE + x * SIDE, TOP + (1 - y) * SIDE


def _squares(picture: Picture, say: Say) -> Element:
    """Each row as shares of its own total; the darker, the more."""
    side = (WIDTH - LABELS) / picture.drawn
    canvas = _canvas(picture, WIDTH, TOP + ROW * len(picture.rows))
    for k, name in enumerate(_series(picture)):
        for line, part in enumerate(name.rsplit(" ", 1)):
            _text(canvas, LABELS + (k + 0.5) * side, 14 + 16 * line, part, "middle")
    for number, row in enumerate(picture.rows):
        top, counts = TOP + ROW * number, _shares(row, picture.drawn)
        _text(canvas, LABELS - 8, top + 26, str(row[0]), "end")
        for k, count in enumerate(counts):
            share = count / max(sum(counts), 1)
            _box(canvas, LABELS + k * side, top, side - 2, 42, COLOURS[0], share)
            _text(canvas, LABELS + (k + 0.5) * side, top + 26, say(share), "middle", _ink(share))
    return canvas


def _ink(share: float) -> str:
    """The colour of text on a square; each has a contrast of at least 4 to 1."""
    return "#ffffff" if share > 0.85 else "currentColor"
