"""Several processes for work that falls apart into pieces, such as the measures of a release."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

Spread = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
"""As `map`: the results in the order of the pieces, whichever process made them."""


@contextmanager
def spreading(worthwhile: bool) -> Iterator[Spread]:
    """Yield what spreads work over the cores until the block ends; `map` where that is not worth new processes."""
    if not worthwhile:
        yield map
        return
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield pool.map
