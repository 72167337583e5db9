from xml.etree.ElementTree import Element, fromstring

import pytest

from zelfscan.digitypes.pictures import COLOURS, EDGE, LABELS, SIDE, TOP, Picture, svg

BARS = Picture("bars", "Title", ("what", "a", "b", "people"), (("one", 0.5, 0.25, 10), ("two", 1.0, 0.0, 20)), 2)


def drawn(picture: Picture) -> Element:
    return fromstring(svg(picture, str))  # noqa: S314


def texts(canvas: Element) -> list[str]:
    return [text.text or "" for text in canvas.iter("text")]


def test_bars_are_as_long_as_their_shares() -> None:
    canvas = drawn(BARS)
    bars = [box for box in canvas.iter("rect") if float(box.attrib["x"]) == LABELS]
    lengths = [float(bar.attrib["width"]) for bar in bars]
    assert lengths[0] == pytest.approx(2 * lengths[1])
    assert lengths[2] == pytest.approx(2 * lengths[0])
    assert lengths[3] == 0


def test_only_what_is_drawn_is_named() -> None:
    shown = texts(drawn(BARS))
    assert shown[:2] == ["a", "b"]
    assert {"one", "two", "0.25"} <= set(shown)
    assert not {"people", "10"} & set(shown)


def test_small_shares_get_longer_bars() -> None:
    small = Picture("bars", "Title", ("what", "a"), (("one", 0.1),), 1)
    large = Picture("bars", "Title", ("what", "a"), (("one", 0.1), ("two", 0.9)), 1)
    widths = [max(float(box.attrib["width"]) for box in list(drawn(each).iter("rect"))[1:2]) for each in (small, large)]
    assert widths[0] == pytest.approx(5 * widths[1])


def test_picture_is_named_for_who_cannot_see_it() -> None:
    canvas = drawn(BARS)
    assert (canvas.attrib["role"], canvas.attrib["aria-label"]) == ("img", "Title")


def test_points_lie_at_their_shares() -> None:
    lines = Picture("lines", "Title", ("x", "y"), ((0.5, 0.25), (1.0, 1.0)), 1, diagonal=True)
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in drawn(lines).iter("circle")]
    assert dots == [(EDGE + SIDE / 2, TOP + 0.75 * SIDE), (EDGE + SIDE, TOP)]


@pytest.mark.parametrize("diagonal", [True, False])
def test_diagonal_stands_only_where_it_means_something(diagonal: bool) -> None:
    lines = Picture("lines", "Title", ("x", "y"), ((0.5, 0.5),), 1, diagonal=diagonal)
    dashed = [line for line in drawn(lines).iter("polyline") if line.attrib["stroke-dasharray"] != "none"]
    assert len(dashed) == diagonal


def test_axis_of_small_shares_is_named() -> None:
    lines = Picture("lines", "Title", ("x", "y"), ((0.5, 0.15),), 1)
    assert {"5%", "20%"} <= set(texts(drawn(lines)))


def test_squares_are_as_dark_as_their_part_of_the_row() -> None:
    squares = Picture("squares", "Title", ("true", "kind a", "b"), (("kind a", 3, 1), ("b", 0, 0)), 2)
    canvas = drawn(squares)
    assert [float(box.attrib["fill-opacity"]) for box in canvas.iter("rect")] == [0.75, 0.25, 0, 0]
    assert {"kind", "a", "0.75"} <= set(texts(canvas))


def test_names_are_escaped() -> None:
    rude = Picture("bars", "<script>", ("what", "a"), (("<b>", 0.5),), 1)
    assert "<b>" not in svg(rude, str)
    assert "<script>" not in svg(rude, str)


def test_colours_differ() -> None:
    assert len(set(COLOURS)) == 4
