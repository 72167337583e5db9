"""Somebody to invite, as a list names her."""

from typing import NamedTuple


class Person(NamedTuple):
    """Somebody to invite: her row in the file, one or both of address and employee number, team and language."""

    row: int
    email: str | None
    number: str | None
    unit_id: str
    language: str


def same_person(one: Person, other: Person) -> bool:
    """Whether nothing in address and employee number tells two entries apart."""
    pairs = ((one.email, other.email), (one.number, other.number))
    return all(a == b for a, b in pairs if a and b)
