"""Progress of work that takes time: the work names each part that is done, a command shows it."""

from collections.abc import Callable

Step = Callable[[str], None]
"""Called after each part of the work with the name of that part."""


def silent(part: str) -> None:
    """Show progress to nobody."""
