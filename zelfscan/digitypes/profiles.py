"""What the product says about each digitype and facet, to the employee and to the team leader."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, RootModel

from zelfscan.banks.schema import Text

SOURCE = Path(__file__).with_name("profiles.yaml")


class Words(RootModel[dict[str, str]]):
    """A text per language that may be empty."""

    def in_(self, language: str) -> str:
        """Return the text in `language`, or in Dutch when that translation is not there."""
        return self.root.get(language, self.root["nl"])


class TypeProfile(BaseModel):
    """One digitype in words.

    `summary`, `strengths` and `suits` speak to the employee; `needs` and `leader` to her team leader.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    also: Words
    summary: Text
    strengths: tuple[Text, ...]
    suits: tuple[Text, ...]
    needs: Text
    leader: tuple[Text, ...]


class FacetProfile(BaseModel):
    """One facet in words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text


class Profiles(BaseModel):
    """All digitypes and facets, by id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    types: dict[str, TypeProfile]
    facets: dict[str, FacetProfile]


@cache
def profiles() -> Profiles:
    """Read the profiles that ship with the product."""
    return Profiles.model_validate(yaml.safe_load(SOURCE.read_text(encoding="utf-8")))
