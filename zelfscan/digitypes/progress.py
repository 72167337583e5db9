"""Progress of work that takes time: the work names each part that is done, a command shows it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

Step = Callable[[str], None]
"""Called after each part of the work with the name of that part."""


def silent(part: str) -> None:
    """Show progress to nobody."""


@contextmanager
def progress_bar(title: str, parts: int) -> Iterator[Step]:
    """A bar on the error output that moves one part at a time; nothing when that is no terminal.

    Args:
        title: what is being done.
        parts: number of parts.
    """
    with tqdm(total=parts, desc=title, leave=False, file=sys.stderr, disable=not sys.stderr.isatty()) as bar:

        def step(part: str) -> None:
            bar.set_postfix_str(part)
            bar.update()

        yield step
