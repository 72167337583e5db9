"""Released tables as Plotly figures. A range is drawn as a solid part that is sure, and a hatched part that may be."""

from collections.abc import Sequence

import plotly.graph_objects as go

from zelfscan.dashboard.view import DistributionRow, LevelRow

SURE, PERHAPS = "#0b5c57", "#7fb8b0"
LEVELS = ("#b9d6d1", "#7fb8b0", "#3d8a82", "#0b5c57", "#06332f")
PATTERNS = ("", "/", "x", ".", "")


def distribution_figure(rows: Sequence[DistributionRow], sure: str, perhaps: str) -> go.Figure:
    """Horizontal bars with the number of people per digitype."""
    names = [_wrapped(row.label) for row in rows]
    figure = go.Figure(
        [
            go.Bar(name=sure, y=names, x=[row.low for row in rows], marker_color=SURE),
            go.Bar(
                name=perhaps,
                y=names,
                x=[row.high - row.low for row in rows],
                marker={"color": PERHAPS, "pattern": {"shape": "/"}},
                text=[row.range for row in rows],
            ),
        ]
    )
    for bar in figure.data:
        bar.update(orientation="h", hoverinfo="skip", textposition="outside", cliponaxis=False)
    return _laid_out(figure, height=90 + 62 * len(rows), xaxis={"dtick": _step(rows), "rangemode": "tozero"})


def levels_figure(rows: Sequence[LevelRow], levels: Sequence[str]) -> go.Figure:
    """Stacked bars per theme: about which share of the people is on which level."""
    names = [_wrapped(row.label) for row in rows]
    figure = go.Figure()
    for number, level in enumerate(levels):
        figure.add_bar(
            name=level,
            y=names,
            x=[row.shares[number] for row in rows],
            text=[row.ranges[number] for row in rows],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            orientation="h",
            hoverinfo="skip",
            marker={"color": LEVELS[number], "pattern": {"shape": PATTERNS[number], "size": 6}},
        )
    return _laid_out(figure, height=110 + 52 * len(rows), xaxis={"ticksuffix": "%", "range": [0, 100]})


def _laid_out(figure: go.Figure, height: int, xaxis: dict[str, object]) -> go.Figure:
    return figure.update_layout(
        barmode="stack",
        height=height,
        margin={"l": 10, "r": 30, "t": 10, "b": 40},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"size": 14},
        xaxis={"fixedrange": True, "gridcolor": "#cfd6d2", **xaxis},
        yaxis={"autorange": "reversed", "fixedrange": True, "automargin": True},
        template="none",
    )


def _step(rows: Sequence[DistributionRow]) -> int:
    highest = max(row.high for row in rows)
    return max(1, round(highest / 6))


def _wrapped(name: str, width: int = 22) -> str:
    """Break a long name over lines, so that bars keep room on a phone."""
    lines = [""]
    for word in name.split():
        longer = f"{lines[-1]} {word}".strip()
        lines = [*lines[:-1], longer] if len(longer) <= width else [*lines, word]
    return "<br>".join(line for line in lines if line)
