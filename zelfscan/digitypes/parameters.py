"""The assumptions of the simulation (`models/simulation.yaml`), read and checked."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Self

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.types import TYPES
from zelfscan.errors import ClearError

Source = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]


class ParametersError(ClearError):
    """The file with assumptions cannot be used; the message names every mistake and how to mend it."""


class _Block(BaseModel):
    """A block of numbers with the source they come from ('assumed' where nobody has measured them)."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    source: Source


class Number(_Block):
    """One number."""

    value: float


class PersonaFacet(_Block):
    """One facet of one persona: a normal distribution, in standard deviations of all care workers."""

    mean: float
    sd: float = Field(gt=0)


class Persona(BaseModel):
    """One digitype: its share of the people (0 to 1) and where it lies on the facets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: Number
    kennis: PersonaFacet
    motivatie: PersonaFacet
    houding: PersonaFacet
    zelfbeeld: PersonaFacet

    def facet(self, name: str) -> PersonaFacet:
        """The distribution of one of `FACETS`."""
        facet: PersonaFacet = getattr(self, name)
        return facet


class Correlation(_Block):
    """The correlation of two facets among people of one persona."""

    between: tuple[str, str]
    value: float = Field(gt=-1, lt=1)


class ItemDefaults(BaseModel):
    """The response model of a question that is not listed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    discrimination: Number
    step: Number
    range: Number


class ListedItem(_Block):
    """The response model of one question: how sharply it tells people apart, and how hard 'yes' is."""

    discrimination: float = Field(gt=0)
    location: float


class Items(BaseModel):
    """The response models of all questions; `listed` is keyed by `bank:theme.question`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: ItemDefaults
    listed: dict[str, ListedItem] = {}


class Style(_Block):
    """A way of filling in a form; `models/simulation.yaml` explains each number."""

    share: Share
    shift: float = 0.0
    squeeze: float = Field(1.0, gt=0, le=1)
    random: Share = 0.0
    skip: Share = 0.0
    reached: Share = 1.0


class PeopleGroup(_Block):
    """People who differ from others only in how many there are of each type; shares in the order of `TYPES`."""

    shares: tuple[Share, Share, Share, Share]


class Parameters(BaseModel):
    """All assumptions of the simulation.

    Attributes:
        personas: one per type of `TYPES`; the shares add up to 1.
        correlations: one per pair of facets.
        items: the response model of each question.
        styles: response styles by name; the shares add up to 1.
        groups: per trait (language, age, ...) the groups that fairness is judged by; the shares of each add up to 1.
        hash: sha256 in hex of the file that they were read from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    personas: dict[str, Persona]
    correlations: tuple[Correlation, ...]
    items: Items
    styles: dict[str, Style]
    groups: dict[str, dict[str, PeopleGroup]] = {}
    hash: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        _require("personas", list(self.personas), TYPES)
        pairs = [" with ".join(sorted(each.between)) for each in self.correlations]
        _require("correlations", pairs, [" with ".join(p) for p in itertools.combinations(sorted(FACETS), 2)])
        _add_up("personas", [p.share.value for p in self.personas.values()])
        _add_up("styles", [s.share for s in self.styles.values()])
        for trait, groups in self.groups.items():
            for name, group in groups.items():
                _add_up(f"groups.{trait}.{name}", list(group.shares))
        if np.linalg.eigvalsh(self.correlation).min() <= 1e-6:
            raise ValueError("correlations: no people can have these six together; bring them closer to 0")
        return self

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of each type of `TYPES`; shape (4,)."""
        return np.array([self.personas[name].share.value for name in TYPES])

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean of each facet per type; shape (4 types, 4 facets)."""
        return np.array([[self.personas[name].facet(facet).mean for facet in FACETS] for name in TYPES])

    @property
    def deviations(self) -> NDArray[np.float64]:
        """Standard deviation of each facet per type; shape (4 types, 4 facets)."""
        return np.array([[self.personas[name].facet(facet).sd for facet in FACETS] for name in TYPES])

    @property
    def correlation(self) -> NDArray[np.float64]:
        """Correlation of the facets within a type; shape (4, 4)."""
        matrix = np.eye(len(FACETS))
        for pair in self.correlations:
            row, column = (FACETS.index(name) for name in pair.between)
            matrix[row, column] = matrix[column, row] = pair.value
        return matrix


def load_parameters(path: Path) -> Parameters:
    """Read the assumptions of the simulation.

    Raises:
        ParametersError: the file is missing, no YAML, or does not hold together; names every mistake.
    """
    try:
        content = path.read_bytes()
        data = yaml.safe_load(content)
    except (OSError, yaml.YAMLError) as error:
        raise ParametersError(f"{path}: cannot be read: {error}") from error
    if not isinstance(data, Mapping):
        raise ParametersError(f"{path}: holds no parameters; put back the file that Zelfscan ships")
    try:
        return Parameters.model_validate({**data, "hash": hashlib.sha256(content).hexdigest()})
    except ValidationError as error:
        lines = (f"{path}: {'.'.join(map(str, e['loc'])) or 'whole'}: {e['msg']}" for e in error.errors())
        raise ParametersError("\n".join([*lines, "docs/digitypes.md describes each number."])) from error


def _require(name: str, found: Sequence[str], needed: Sequence[str]) -> None:
    if sorted(found) != sorted(needed):
        raise ValueError(f"{name}: needs exactly these entries: {', '.join(needed)}")


def _add_up(name: str, shares: list[float]) -> None:
    if abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"{name}: the shares add up to {sum(shares):g}; they have to add up to 1")
