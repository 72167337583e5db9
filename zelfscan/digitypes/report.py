"""The figures of an evaluation as one page with pictures, in Dutch or English, that needs nothing beside it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pydantic import TypeAdapter

from zelfscan.banks.schema import Text
from zelfscan.digitypes.pictures import Cell, Picture, svg
from zelfscan.digitypes.profiles import profiles
from zelfscan.digitypes.types import TYPES

Facts = Mapping[str, Any]

WORDS = Path(__file__).with_name("report.yaml")

FARES = ("right", "abstained", "sure", "ece", "margin", "people")
"""Heads of the columns of `_fares`."""

ESTIMATES = ("counting", "soft", "corrected", "corrected_labels")


class Section(NamedTuple):
    """A heading, what it is about, and its pictures."""

    title: str
    text: str
    pictures: tuple[Picture, ...]


def report_page(figures: Facts, language: str) -> str:
    """The page as HTML.

    Args:
        figures: what `zelfscan digitype evaluate --json` prints.
        language: `nl` or `en`.
    """
    environment = Environment(
        loader=PackageLoader("zelfscan.digitypes"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    report = Report(figures, language)
    return environment.get_template("report.html").render(
        figures=figures,
        language=language,
        sections=report.sections(),
        word=report.word,
        number=partial(number, language),
        cell_text=report.cell,
        drawn=lambda picture: Markup(svg(picture, report.cell)),  # noqa: S704
    )


@cache
def words() -> dict[str, Text]:
    """Every fixed text of the page by its key; a text can have places to fill in between braces."""
    return TypeAdapter(dict[str, Text]).validate_python(yaml.safe_load(WORDS.read_text(encoding="utf-8")))


def number(language: str, value: int) -> str:
    """A whole number with its thousands apart: 20.000 in Dutch, 20,000 in English."""
    written = f"{value:,}"
    return written.replace(",", ".") if language == "nl" else written


def percent(language: str, share: float) -> str:
    """A share as a percentage: 73,5% in Dutch, 73.5% in English."""
    written = f"{share:.1%}"
    return written.replace(".", ",") if language == "nl" else written


class Report:
    """The sections of the page, from the figures of an evaluation.

    Args:
        figures: `{"model": ...} | Evaluation.to_dict()`.
        language: `nl` or `en`.
    """

    def __init__(self, figures: Facts, language: str) -> None:
        self.figures = figures
        self.language = language

    def word(self, key: str, **values: object) -> str:
        """A fixed text, with `values` in its places."""
        return words()[key].in_(self.language).format(**values)

    def cell(self, value: Cell | None) -> str:
        """A cell of a table: a float is a share, an int a number of people."""
        if isinstance(value, float):
            return percent(self.language, value)
        if isinstance(value, int):
            return number(self.language, value)
        return value or "-"

    def sections(self) -> list[Section]:
        """All sections, in the order of the page."""
        parts = (
            self._result,
            self._ordered,
            self._styles,
            self._missing,
            self._shifted,
            self._moved,
            self._distribution,
            self._fairness,
        )
        adaptive = [self._adaptive()] if self.figures["adaptive"] else []
        return [part() for part in parts] + adaptive

    def _result(self) -> Section:
        known = self.figures
        text = self.word(
            "result_text",
            accuracy=self.cell(known["accuracy"]),
            best=self.cell(known["bayes_accuracy"]),
            prototype=self.cell(known["prototype_accuracy"]),
            ece=self.cell(known["ece"]),
            abstained=self.cell(known["abstained"]),
        )
        return Section(self.word("result"), text, (self._comparison(), *self._fit(known)))

    def _comparison(self) -> Picture:
        compared = self.figures["comparison"]
        rows = [
            (self.word(name), each["accuracy"], each["behind"], each["behind_margin"], each["ece"] or "-")
            for name, each in compared["candidates"].items()
        ]
        rows.append((self.word("bayes"), self.figures["bayes_accuracy"], 0.0, 0.0, "-"))
        chosen = self.word(compared["chosen"] or "none")
        columns = ("classifier", "right", "behind", "margin", "ece")
        return self._picture("bars", "comparison", columns, rows, 1, self.word("comparison_text", chosen=chosen))

    def _fit(self, part: Facts, name: str = "") -> tuple[Picture, Picture]:
        """The confusion and the reliability diagram of some of the people."""
        types = tuple(profiles().types[each].name.in_(self.language) for each in TYPES)
        end = f" ({name})" if name else ""
        squares = Picture(
            kind="squares",
            title=self.word("confusion") + end,
            columns=(self.word("true_type"), *types),
            rows=tuple((each, *row) for each, row in zip(types, part["confusion"], strict=True)),
            drawn=len(TYPES),
            text="" if name else self.word("confusion_text"),
        )
        bins = [(each["confidence"], each["accuracy"], each["people"]) for each in part["reliability"]]
        text = "" if name else self.word("reliability_text")
        return squares, self._picture(
            "lines", "reliability", ("sure", "right", "people"), bins, 1, text, end, diagonal=True
        )

    def _ordered(self) -> Section:
        known = self.figures["ordered"]
        rows = [
            (self.word("our_world"), known["four_facets"], known["one_score"]),
            (self.word("line_world"), known["ordered_world_four_facets"], known["ordered_world_one_score"]),
        ]
        picture = self._picture("bars", "how_often", ("world", "four_facets", "one_score"), rows, 2)
        return self._section("ordered", [picture], axis=self.cell(known["first_axis"]))

    def _styles(self) -> Section:
        styles = self.figures["by_style"]
        rows = [(self._name("style", name), *_fares(each)) for name, each in styles.items()]
        pictures = [self._picture("bars", "how_often", ("style", *FARES), rows, 2)]
        for name, each in styles.items():
            pictures += self._fit(each, self._name("style", name))
        return self._section("styles", pictures)

    def _missing(self) -> Section:
        rows = [(float(share), *_fares(each)) for share, each in self.figures["missing"].items()]
        return self._section("missing", [self._picture("lines", "how_often", ("missing_share", *FARES), rows, 2)])

    def _shifted(self) -> Section:
        shifted = self.figures["shifted"].values()
        counts = [(each["starters"], each["counted"], each["corrected"]) for each in shifted]
        pictures = [
            self._picture("lines", "shifted_count", ("starters", "counting", "corrected"), counts, 2, diagonal=True),
            self._picture(
                "lines", "shifted_accuracy", ("starters", *FARES), [(e["starters"], *_fares(e)) for e in shifted], 2
            ),
        ]
        usual = self.cell(self.figures["types"][TYPES[0]]["share"])
        return self._section("shifted", pictures, usual=usual)

    def _moved(self) -> Section:
        rows = [
            (self._moved_name(name), each["classifier"], each["bayes_accuracy"], *_fares(each))
            for name, each in self.figures["moved"].items()
        ]
        columns = ("classifier", "same_people", "best", *FARES)
        return self._section("moved", [self._picture("bars", "how_often", columns, rows, 2)])

    def _distribution(self) -> Section:
        errors = self.figures["distribution_error"]
        rows = [
            (self.word("in_a_group", size=size), *(each[name] for name in ESTIMATES), each["margin"])
            for size, each in errors.items()
        ]
        pictures = [
            self._picture("bars", "distribution_error", ("group_size", *ESTIMATES, "gain_margin"), rows, len(ESTIMATES))
        ]
        for size, each in errors.items():
            lines = [(float(share), *pair) for share, pair in each["starters"].items()]
            title = self.word("by_starters", size=size)
            columns = tuple(map(self.word, ("starters", "counting", "corrected")))
            pictures.append(Picture("lines", title, columns, tuple(lines), 2))
        return self._section("distribution", pictures)

    def _fairness(self) -> Section:
        groups = [
            (f"{self._name('trait', trait)}: {self._name('group', name)}", each)
            for trait, found in self.figures["fairness"].items()
            for name, each in found.items()
        ]
        rows = [(name, each["standardised"], each["standardised_margin"], *_fares(each)) for name, each in groups]
        errors = [(name, each["counting"], each["corrected"]) for name, each in groups]
        columns = ("group", "standardised", "margin", *FARES)
        pictures = [
            self._picture("bars", "standardised", columns, rows, 1),
            self._picture("bars", "fairness_error", ("group", "counting", "corrected"), errors, 2),
        ]
        return self._section("fairness", pictures)

    def _adaptive(self) -> Section:
        known = self.figures["adaptive"]
        rows = [
            (self._name("style", name), each["agreement"], each["accuracy"], each["full_accuracy"], each["people"])
            for name, each in known["styles"].items()
        ]
        picture = self._picture("bars", "how_often", ("style", "agreement", "right", "full", "people"), rows, 3)
        values = {"median": f"{known['median_questions']:g}", "questions": known["questions"]}
        return self._section("adaptive", [picture], agreement=self.cell(known["agreement"]), **values)

    def _section(self, key: str, pictures: Iterable[Picture], **values: object) -> Section:
        return Section(self.word(key), self.word(f"{key}_text", **values), tuple(pictures))

    def _picture(
        self,
        kind: Any,
        key: str,
        columns: Sequence[str],
        rows: Iterable[tuple[Cell, ...]],
        drawn: int,
        text: str = "",
        end: str = "",
        diagonal: bool = False,
    ) -> Picture:
        heads = tuple(map(self.word, columns))
        return Picture(kind, self.word(key) + end, heads, tuple(rows), drawn, text, diagonal)

    def _name(self, kind: str, name: str) -> str:
        """What a style, trait or group is called; the name in the file of the simulation when we have no word."""
        key = f"{kind}_{name}"
        return self.word(key) if key in words() else name

    def _moved_name(self, key: str) -> str:
        name, move = key.split()
        direction = "higher" if float(move) > 0 else "lower"
        return self.word(direction, name=profiles().types[name].name.in_(self.language))


def _fares(part: Facts) -> tuple[Cell, ...]:
    return tuple(part[name] for name in ("accuracy", "abstained", "confidence", "ece", "margin", "people"))
