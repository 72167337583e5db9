"""XLSForm in: a workbook with the sheets survey, choices and settings, as ODK and Kobo use it.

Types, headings and aliases are those of pyxform, which also says whether the form is a valid one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from zelfscan.banks.exchange.draft import Asked, Choice, Draft, Section, Texts, add_line, whole
from zelfscan.banks.exchange.expressions import XPATH, Expression, ExpressionError, both, parse
from zelfscan.banks.exchange.reading import MAX_DEPTH, MAX_QUESTIONS
from zelfscan.banks.exchange.report import ExchangeError, Place, Report
from zelfscan.banks.exchange.workbook import Row, Sheet

SHEETS = frozenset({"survey", "choices", "settings"})
INSERTION = re.compile(r"\$\{\s*([^{}\s]+)\s*\}")
BOUND = re.compile(r"\.\s*(>=|<=|>|<)\s*(-?[0-9]{1,9})")
CONSTANT = frozenset({"", "true()", "1", "true", "yes"})
NOT_ASKED = frozenset({"no", "false", "false()", "0"})

READ = frozenset({"type", "name", "label", "hint", "relevant", "constraint", "parameters", "disabled"})
"""Columns of the sheet survey that are carried over, as far as they can be."""
SHOWN_HERE = frozenset({"field-list", "likert", "list-nolabel", "minimal", "table-list"})
"""Looks that need no counterpart: a theme is a page, and a scale is shown as one."""
SILENT = frozenset({"calculate", "bind", "control", "jr:count"})
CHOICE_COLUMNS = frozenset({"list name", "name", "label"})
SETTINGS = frozenset({"title", "id_string", "default_language", "version"})


@dataclass
class _Line:
    """A row of a sheet: its columns by the names of pyxform, and its texts by column and language."""

    place: Place
    cells: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Texts] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        return self.cells.get(name, "")


@dataclass
class _Group:
    """A group that is open: its kind, its place, its condition, and whether it shows its questions as a table."""

    kind: str
    place: Place
    condition: Expression | None
    table: bool


def read_xlsform(name: str, names: list[str], sheets: dict[str, Sheet], report: Report) -> Draft:
    """Return the questionnaire of an XLSForm.

    Args:
        name: what it is called when its settings do not say so.
        names: the names of all sheets in the file.
        sheets: the sheets by name in small letters.
        report: gets what is not carried over, and what pyxform has against the form.

    Raises:
        ExchangeError: it has no sheet survey, or groups go too deep.
    """
    survey = sheets.get("survey") or next((s for s in sheets.values() if len(names) == 1), None)
    if survey is None:
        raise ExchangeError("no_survey", sheets=names or ["-"])
    for other in names:
        if other.lower() not in SHEETS | {survey.name.lower()} and not other.startswith("_"):
            report.add(Place(sheet=other), "sheet")
    draft = _Reader(sheets, report).draft(name, survey)
    if sum(1 for _ in draft.questions()) > MAX_QUESTIONS:
        raise ExchangeError("too_many_questions", limit=MAX_QUESTIONS)
    complaint = _complaint(name, names, sheets, survey)
    if complaint:
        report.add(Place(), "invalid_form", reason=complaint)
    return draft


def _complaint(name: str, names: list[str], sheets: dict[str, Sheet], survey: Sheet) -> str:
    """Return what pyxform has against the form, or nothing."""
    from pyxform.builder import create_survey_element_from_dict  # type: ignore[import-untyped]
    from pyxform.errors import PyXFormError  # type: ignore[import-untyped]
    from pyxform.xls2json import workbook_to_json  # type: ignore[import-untyped]
    from pyxform.xls2json_backends import DefinitionData  # type: ignore[import-untyped]

    parts: dict[str, Any] = {}
    for sheet_name, sheet in {**sheets, "survey": survey}.items():
        if sheet_name in SHEETS:
            parts[sheet_name] = _padded(sheet)
            parts[f"{sheet_name}_header"] = [dict.fromkeys(sheet.headings)]
    try:
        definition = DefinitionData(**parts, sheet_names=names, fallback_form_name=name)
        form = workbook_to_json(definition, fallback_form_name=name, warnings=[])
        create_survey_element_from_dict(form).to_xml(validate=False, pretty_print=False, warnings=[])
    except PyXFormError as error:
        return str(error)
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _padded(sheet: Sheet) -> list[dict[str, str]]:
    """Return the rows with the empty ones between them, so that pyxform names the row that the file has."""
    rows: list[dict[str, str]] = [{} for _ in range(sheet.rows[-1].number - 1)] if sheet.rows else []
    for row in sheet.rows:
        rows[row.number - 2] = dict(row.cells)
    return rows


class _Reader:
    """Reads the rows of the sheet survey into sections."""

    def __init__(self, sheets: dict[str, Sheet], report: Report) -> None:
        from pyxform import aliases  # type: ignore[import-untyped]
        from pyxform.question import Option  # type: ignore[import-untyped]
        from pyxform.survey import Survey  # type: ignore[import-untyped]

        self._report = report
        self._default = ""
        self._languages: dict[str, None] = {}
        settings = sheets.get("settings")
        lines = list(self._lines(settings, aliases.settings_header, Survey)) if settings else []
        self._settings = lines[0] if lines else _Line(Place())
        self._default = self._settings.cell("default_language")
        choices = sheets.get("choices")
        self._lists: dict[str, list[Choice]] = {}
        for line in self._lines(choices, aliases.list_header, Option) if choices else ():
            self._choice(line)
        self._sections: list[Section] = []
        self._open: list[_Group] = []
        self._inside = False
        self._intro: Texts = {}

    def draft(self, name: str, survey: Sheet) -> Draft:
        """Read the survey, and return the questionnaire."""
        from pyxform import aliases
        from pyxform.question import MultipleChoiceQuestion

        for line in self._lines(survey, aliases.survey_header, MultipleChoiceQuestion):
            self._line(line)
        for group in self._open:
            self._report.add(group.place, "not_closed")
        for column in sorted(set(self._settings.cells) - SETTINGS):
            self._report.add(self._settings.place, "column", column=column)
        title = self._settings.cell("title") or self._settings.cell("id_string") or name
        languages = sorted(self._languages or {self._default: None}, key=lambda one: (one != self._default, one != ""))
        draft_name = self._settings.cell("id_string") or name
        return Draft(draft_name, {languages[0]: title}, languages, self._sections, self._intro, INSERTION)

    def _lines(self, sheet: Sheet, aliases: dict[str, Any], element: Any) -> Iterator[_Line]:
        from pyxform.parsing.sheet_headers import process_header  # type: ignore[import-untyped]

        double, columns = any("::" in heading for heading in sheet.headings), set(element.get_slot_names())
        known = {heading: process_header(heading, double, aliases, columns)[1] for heading in sheet.headings}
        for row in sheet.rows:
            yield self._named(sheet.name, row, known)

    def _named(self, sheet: str, row: Row, known: dict[str, tuple[str, ...]]) -> _Line:
        line = _Line(Place(sheet, row.number))
        for heading, value in row.cells.items():
            first, *rest = known[heading]
            if first in ("label", "hint"):
                language = rest[0] if rest and rest[0] != "default" else self._default
                self._languages.setdefault(language)
                line.texts.setdefault(first, {})[language] = value
            else:
                line.cells[rest[0] if rest and first in ("bind", "control", "instance") else first] = value
        return line

    def _choice(self, line: _Line) -> None:
        for column in sorted(set(line.cells) - CHOICE_COLUMNS):
            self._report.add(line.place, "column", column=column)
        choice = Choice(line.cell("name"), line.texts.get("label", {}), line.place)
        self._lists.setdefault(line.cell("list name"), []).append(choice)

    def _line(self, line: _Line) -> None:
        from pyxform.xls2json import RE_BEGIN_CONTROL, RE_END_CONTROL, RE_SELECT

        kind = " ".join(line.cell("type").split())
        if not kind or line.cell("disabled").lower() in ("yes", "true", "true()"):
            if kind:
                self._report.add(line.place, "disabled")
        elif begins := RE_BEGIN_CONTROL.match(kind.lower()):
            self._begin(line, begins.group("type"))
        elif RE_END_CONTROL.match(kind.lower()):
            self._end(line)
        elif select := RE_SELECT.match(kind):
            self._select(line, select)
        else:
            self._other(line, kind.lower())

    def _begin(self, line: _Line, kind: str) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise ExchangeError("too_deep", line.place, limit=MAX_DEPTH)
        title = line.texts.get("label", {})
        if kind != "group":
            self._report.add(line.place, "repeat", name=line.cell("name"))
        if not self._open:
            self._sections.append(Section(line.cell("name") or "deel", line.place, title))
        elif title:
            self._report.add(line.place, "nested_group", name=next(iter(title.values())))
        self._open.append(_Group(kind, line.place, self._condition(line), "table-list" in line.cell("appearance")))
        self._inside = True
        self._left_out(line)

    def _end(self, line: _Line) -> None:
        if not self._open:
            self._report.add(line.place, "not_opened")
            return
        self._open.pop()
        self._inside = bool(self._open)

    def _section(self, line: _Line) -> Section:
        """Return the section that a question belongs to; one outside any group gets a section of its own."""
        if not self._inside:
            self._sections.append(Section("deel", line.place, {}))
            self._inside = True
        return self._sections[-1]

    def _select(self, line: _Line, select: re.Match[str]) -> None:
        from pyxform import aliases

        command, list_name = select.group("select_command"), select.group("list_name")
        meaning = aliases.select[command]
        if command in aliases.select_from_file or meaning not in ("select one", "select all that apply"):
            self._report.add(line.place, "no_counterpart", type=command)
            return
        if line.cell("appearance") == "label":
            self._report.add(line.place, "heading_row")
            return
        if list_name not in self._lists:
            self._report.add(line.place, "no_list", list=list_name)
            return
        if select.group("specify_other"):
            self._report.add(line.place, "other_option")
        asked = self._asked(line, "one" if meaning == "select one" else "several")
        asked.choices, asked.list_name = list(self._lists[list_name]), list_name
        asked.ordered = "likert" in line.cell("appearance") or any(group.table for group in self._open)
        self._keep(line, asked)

    def _other(self, line: _Line, kind: str) -> None:
        from pyxform.question_type_dictionary import QUESTION_TYPE_DICT  # type: ignore[import-untyped]

        known = QUESTION_TYPE_DICT.get(kind, {})
        bind, entered = known.get("bind", {}), known.get("control", {}).get("tag") == "input"
        if kind == "note":
            self._note(line)
        elif kind == "range" or bind.get("type") == "int":
            asked = self._asked(line, "number")
            if self._bounded(line, asked, kind, str(bind.get("constraint", ""))):
                self._keep(line, asked)
        elif "jr:preload" in bind or kind in ("audit", "deviceid", "start-geopoint", "background-audio"):
            self._report.add(line.place, "metadata", type=kind)
        elif kind in ("calculate", "hidden"):
            self._report.add(line.place, "calculated", name=line.cell("name"))
        elif bind.get("type") == "string" and entered:
            self._report.add(line.place, "free_text", name=line.cell("name"))
        else:
            self._report.add(line.place, "no_counterpart", type=kind)

    def _note(self, line: _Line) -> None:
        text = line.texts.get("label", {})
        if not self._inside and not self._sections:
            add_line(self._intro, text)
        elif self._inside and self._sections and not self._sections[-1].questions:
            add_line(self._sections[-1].intro, text)
        else:
            self._report.add(line.place, "note")
            return
        self._left_out(line, {"relevant"})

    def _asked(self, line: _Line, answer: Any) -> Asked:
        return Asked(line.cell("name"), line.place, answer, line.texts.get("label", {}), line.texts.get("hint", {}))

    def _keep(self, line: _Line, asked: Asked) -> None:
        asked.condition = both(*(group.condition for group in self._open), self._condition(line))
        if asked.answer != "number" and line.cell("constraint"):
            self._report.add(line.place, "column", column="constraint")
        self._section(line).questions.append(asked)
        self._left_out(line)

    def _bounded(self, line: _Line, asked: Asked, kind: str, constraint: str) -> bool:
        """Fill in the bounds of a number, and return whether it is a whole number."""
        if kind == "range":
            given = dict(part.split("=", 1) for part in re.split(r"[\s;,]+", line.cell("parameters")) if "=" in part)
            bounds = {
                name: whole(given.get(name, default)) for name, default in (("start", 1), ("end", 10), ("step", 1))
            }
            if None in bounds.values():
                self._report.add(line.place, "no_counterpart", type=f"range {line.cell('parameters')}")
                return False
            asked.minimum, asked.maximum = bounds["start"], bounds["end"]
            if bounds["step"] != 1:
                self._report.add(line.place, "step", step=bounds["step"])
        for part in " ".join((line.cell("constraint") or constraint).split()).split(" and "):
            self._bound(line, asked, part.strip().strip("()").strip())
        return True

    def _bound(self, line: _Line, asked: Asked, part: str) -> None:
        found = BOUND.fullmatch(part)
        if found is None:
            if part:
                self._report.add(line.place, "constraint", constraint=part)
            return
        operator, bound = found.group(1), int(found.group(2))
        if operator.startswith(">"):
            asked.minimum = bound + (operator == ">")
        else:
            asked.maximum = bound - (operator == "<")

    def _condition(self, line: _Line) -> Expression | None:
        text = line.cell("relevant")
        if text.strip() in CONSTANT:
            return None
        try:
            return parse(text, XPATH)
        except ExpressionError as error:
            self._report.add(line.place._replace(column="relevant"), "condition", condition=text, part=error)
            return None

    def _left_out(self, line: _Line, more: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        """Report the columns that say something that a bank cannot."""
        for column, value in line.cells.items():
            if column == "required":
                if value.lower() not in NOT_ASKED:
                    self._report.add(line.place, "required")
            elif column == "appearance" and set(value.split()) <= SHOWN_HERE:
                continue
            elif column not in READ - more and column not in SILENT:
                self._report.add(line.place, "column", column=column)
