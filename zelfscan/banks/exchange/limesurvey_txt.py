"""LimeSurvey's tab-separated file: a row per group, question, subquestion and answer, once per language."""

import csv
from collections import Counter
from io import StringIO

from zelfscan.banks.exchange.draft import Draft, whole
from zelfscan.banks.exchange.limesurvey import Group, Item, Survey, as_draft
from zelfscan.banks.exchange.reading import MAX_CELL, MAX_COLUMNS, MAX_ROWS
from zelfscan.banks.exchange.report import ExchangeError, Place, Report

NEEDED = ("class", "name", "text")
OWN = frozenset({"id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language"})
OWN |= {"validation", "mandatory", "encrypted", "other", "default", "same_default", "same_script"}

Cells = dict[str, str]


def read_table(text: str, delimiter: str) -> list[tuple[int, Cells]]:
    """Return the rows of a table with headings, each with its line from 1, and its cells by heading.

    Raises:
        ExchangeError: it is no good table, or goes over a bound.
    """
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=False)
    rows: list[tuple[int, Cells]] = []
    headings: list[str] = []
    empty: Cells = {}
    try:
        for cells in reader:
            line = reader.line_num
            if not headings:
                headings = _headings(cells)
                empty = dict.fromkeys(headings, "")
                continue
            if len(rows) >= MAX_ROWS:
                raise ExchangeError("too_many_rows", limit=MAX_ROWS)
            if any(len(cell) > MAX_CELL for cell in cells):
                raise ExchangeError("long_text", Place(line=line), limit=MAX_CELL)
            rows.append((line, {**empty, **dict(zip(headings, (cell.strip() for cell in cells), strict=False))}))
    except csv.Error as error:
        raise ExchangeError("not_csv", Place(line=reader.line_num), reason=error) from None
    return rows


def _headings(cells: list[str]) -> list[str]:
    if len(cells) > MAX_COLUMNS:
        raise ExchangeError("too_many_columns", Place(line=1), limit=MAX_COLUMNS)
    return [cell.strip() for cell in cells]


def read_limesurvey_txt(name: str, text: str, report: Report) -> Draft:
    """Return the questionnaire of a tab-separated file.

    Raises:
        ExchangeError: it is no such file, or goes over a bound.
    """
    rows = read_table(text, "\t")
    if not rows or any(heading not in rows[0][1] for heading in NEEDED):
        raise ExchangeError("not_limesurvey")
    reader = _Reader()
    for line, cells in rows:
        reader.row(Place(line=line), cells)
    return as_draft(name, reader.survey, report)


class _Reader:
    """Puts the rows of all languages together: groups by their order, the rest by their codes."""

    def __init__(self) -> None:
        self.survey = Survey()
        self._items: dict[tuple[str, ...], Item] = {}
        self._groups: Counter[str] = Counter()
        self._group: Group | None = None
        self._question: Item | None = None

    def row(self, place: Place, cells: Cells) -> None:
        """Take in one row."""
        language = cells.get("language", "") or (self.survey.languages or [""])[0]
        kind = cells.get("class", "")
        if kind == "S" and cells.get("name") == "language":
            self._know(cells.get("text", ""))
        elif kind == "SL":
            self._setting(cells, language)
        elif kind == "G":
            self._begin_group(place, cells, language)
        elif kind == "Q" and self._group is not None:
            self._begin_question(place, cells, language)
        elif kind in ("SQ", "A") and self._question is not None:
            self._below(place, cells, language, kind)

    def _know(self, language: str) -> None:
        if language and language not in self.survey.languages:
            self.survey.languages.append(language)

    def _setting(self, cells: Cells, language: str) -> None:
        self._know(language)
        for name, texts in (("surveyls_title", self.survey.title), ("surveyls_welcometext", self.survey.welcome)):
            if cells.get("name") == name and cells.get("text"):
                texts[language] = cells["text"]

    def _begin_group(self, place: Place, cells: Cells, language: str) -> None:
        self._know(language)
        number = self._groups[language]
        self._groups[language] += 1
        if number == len(self.survey.groups):
            self.survey.groups.append(Group(place, relevance=cells.get("relevance", "")))
        self._group, self._question = self.survey.groups[number], None
        self._group.title[language] = cells.get("name", "")
        self._group.description[language] = cells.get("text", "")

    def _begin_question(self, place: Place, cells: Cells, language: str) -> None:
        self._know(language)
        key = ("Q", cells.get("name", ""))
        if key not in self._items and self._group is not None:
            self._items[key] = _question(place, cells)
            self._group.questions.append(self._items[key])
        self._question = self._items[key]
        self._question.texts[language] = cells.get("text", "")
        self._question.help[language] = cells.get("help", "")

    def _below(self, place: Place, cells: Cells, language: str, kind: str) -> None:
        question, code, scale = self._question, cells.get("name", ""), cells.get("type/scale", "") or "0"
        key = (kind, question.code if question else "", scale, code)
        if key not in self._items and question is not None:
            number = whole(cells.get("relevance", "")) if kind == "A" else None
            self._items[key] = Item(code, place, scale=scale, number=number)
            (question.answers if kind == "A" else question.subquestions).append(self._items[key])
        self._items[key].texts[language] = cells.get("text", "")


def _question(place: Place, cells: Cells) -> Item:
    return Item(
        cells.get("name", ""),
        place,
        cells.get("type/scale", ""),
        relevance=cells.get("relevance", ""),
        mandatory=cells.get("mandatory", "") in ("Y", "S"),
        other=cells.get("other", "") == "Y",
        validation=cells.get("validation", ""),
        attributes={name: value for name, value in cells.items() if name not in OWN and value},
    )
