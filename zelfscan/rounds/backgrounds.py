"""Background questions that a round may ask: a closed list, used for crossings of large groups and for nothing else."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Protocol

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from zelfscan.banks.schema import Text
from zelfscan.privacy.release import Measure

SOURCE = Path(__file__).with_name("backgrounds.yaml")


class Category(BaseModel):
    """One class of people, wide enough that few are alone in it: a short `name`, and what its button says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: Text
    label: Text


class Background(BaseModel):
    """One question: `title` heads a chart, `question` is what the employee reads. 'Rather not say' comes with it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    question: Text
    categories: tuple[Category, ...]

    def name_of(self, category: str, language: str) -> str:
        """Short name of a category. Raises StopIteration for one that there is not."""
        return next(found.name.in_(language) for found in self.categories if found.id == category)


class Asks(Protocol):
    """A round, or a link to one: ids of the background questions that it asks."""

    @property
    def backgrounds(self) -> Iterable[str]: ...


@cache
def known_backgrounds() -> Mapping[str, Background]:
    """Every background question that there is, by id."""
    return TypeAdapter(dict[str, Background]).validate_python(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))


def measures_for(ids: Iterable[str]) -> list[Measure]:
    """Background questions by their ids, each as a measure with its categories."""
    return [Measure(id_, tuple(category.id for category in known_backgrounds()[id_].categories)) for id_ in ids]


def titles_of(round_: Asks, language: str) -> list[str]:
    """What the background questions of a round are about, each in a word or two."""
    return [known_backgrounds()[id_].title.in_(language) for id_ in round_.backgrounds]


def backgrounds_of(round_: Asks) -> list[Measure]:
    """The background questions of a round, each as a measure with its categories."""
    return measures_for(round_.backgrounds)
