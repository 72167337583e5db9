"""A progress bar for commands that take time; silent where nobody watches."""

import sys
from collections.abc import Collection, Iterable
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")


def bar(items: Collection[T], what: str) -> Iterable[T]:
    """Go through `items` with a bar on a terminal's error stream."""
    return tqdm(items, desc=what, file=sys.stderr, disable=not sys.stderr.isatty(), leave=False)
