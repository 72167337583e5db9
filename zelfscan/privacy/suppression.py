"""Complementary suppression: what may be shown together, so that subtracting isolates nobody."""

from collections.abc import Mapping, Sequence

from zelfscan.privacy.units import Area


def suppress(areas: Sequence[Area], counts: Mapping[str, int], minimum: int) -> frozenset[str]:
    """Choose the areas to show.

    An area is shown only if its parent is, and if it counts at least `minimum` people. Of each parent, its shown
    children leave 0 or at least `minimum` people; where they do not, the smallest of them is not shown. As areas are
    nested, every set of people that sums and differences of shown areas can isolate is then a union of such
    remainders. Taking an area away later merges remainders, and so keeps this true.

    Parameters:
        areas: parents before children.
        counts: people per key.

    Returns:
        keys of the shown areas.
    """
    shown: set[str] = set()
    for area in areas:
        if area.parent is None and counts[area.key] >= minimum:
            shown.add(area.key)
        if area.key in shown:
            children = {child.key: counts[child.key] for child in areas if child.parent == area.key}
            shown |= safe_children(counts[area.key], children, minimum)
    return frozenset(shown)


def safe_children(total: int, children: Mapping[str, int], minimum: int) -> set[str]:
    """Choose the children that leave 0 or at least `minimum` of the `total` people of their parent."""
    kept = sorted((count, key) for key, count in children.items() if count >= minimum)
    if 0 < total - sum(count for count, _ in kept) < minimum:
        kept = kept[1:]
    return {key for _, key in kept}
