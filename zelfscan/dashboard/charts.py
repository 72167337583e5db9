"""Released tables as Plotly figures. A range is drawn as a solid part that is sure, and a hatched part that may be."""

from collections.abc import Sequence

import plotly.graph_objects as go

from zelfscan.dashboard.view import DistributionRow, LevelRow

SURE, PERHAPS = "#2b8a82", "#9fcbc5"
"""Both stand out on a light and on a dark page."""
LEVELS = ("#b9d6d1", "#7fb8b0", "#2f7a72", "#0b5c57", "#06332f")
INK = ("#10201e", "#10201e", "#ffffff", "#ffffff", "#ffffff")
"""Of the numbers in the bars of each level."""
PATTERNS = ("", "/", "", "\\", "")
ROW = 82
"""Height of a bar with its name, in pixels."""
BAR = 0.4
"""Height of a bar, as a part of its row."""
EDGE = {"color": SURE, "width": 1}
HATCHED = {"shape": "/", "fillmode": "overlay", "size": 9, "solidity": 0.12}
HATCH = ("#7fb8b0", "#5a9a92", "#2f7a72", "#2f7a72", "#0b5c57")
"""Lines within a bar are close to its own colour, so that its number stays easy to read."""


def distribution_figure(rows: Sequence[DistributionRow], sure: str, perhaps: str) -> go.Figure:
    """Horizontal bars with the number of people per digitype."""
    names = [row.label for row in rows]
    figure = go.Figure(
        [
            go.Bar(name=sure, y=names, x=[row.low for row in rows], marker={"color": SURE, "line": EDGE}),
            go.Bar(
                name=perhaps,
                y=names,
                x=[row.high - row.low for row in rows],
                marker={"color": PERHAPS, "pattern": HATCHED, "line": EDGE},
                text=[row.range for row in rows],
            ),
        ]
    )
    for bar in figure.data:
        bar.update(orientation="h", hoverinfo="skip", textposition="outside", cliponaxis=False)
    return _laid_out(figure, names, {"dtick": _step(rows), "rangemode": "tozero"})


def levels_figure(rows: Sequence[LevelRow], levels: Sequence[str]) -> go.Figure:
    """Stacked bars per theme: about which share of the people is on which level."""
    names = [row.label for row in rows]
    figure = go.Figure()
    for number, level in enumerate(levels):
        figure.add_bar(
            name=_wrapped(level),
            y=names,
            x=[row.shares[number] for row in rows],
            text=[row.ranges[number] for row in rows],
            textposition="inside",
            insidetextanchor="middle",
            insidetextfont={"color": INK[number], "size": 14},
            textangle=0,
            orientation="h",
            hoverinfo="skip",
            marker={
                "color": LEVELS[number],
                "pattern": {**HATCHED, "shape": PATTERNS[number], "fgcolor": HATCH[number]},
                "line": {"color": "#ffffff", "width": 2},
            },
        )
    return _laid_out(figure, names, {"ticksuffix": "%", "range": [0, 100]})


def _laid_out(figure: go.Figure, names: Sequence[str], xaxis: dict[str, object]) -> go.Figure:
    """One look for all: names above their bars, so that bars are as wide on a phone as the page allows."""
    for row, name in enumerate(names):
        figure.add_annotation(
            text=_wrapped(name), x=0, y=row - BAR / 2, xanchor="left", yanchor="bottom", showarrow=False, align="left"
        )
    return figure.update_layout(
        barmode="stack",
        bargap=1 - BAR,
        height=130 + ROW * len(names),
        margin={"l": 4, "r": 24, "t": 10, "b": 30},
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 14},
        xaxis={"fixedrange": True, "gridcolor": "#cfd6d2", **xaxis},
        yaxis={"autorange": "reversed", "fixedrange": True, "showticklabels": False},
        template="none",
    )


def _step(rows: Sequence[DistributionRow]) -> int:
    highest = max(row.high for row in rows)
    return max(1, round(highest / 6))


def _wrapped(name: str, width: int = 36) -> str:
    """Break a long name over lines, so that it fits a phone."""
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if len(longer) <= width else [*lines, word]
    return "<br>".join(line for line in lines if line)
