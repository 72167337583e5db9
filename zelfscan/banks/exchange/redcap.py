"""REDCap in: a data dictionary (.csv), a row per field."""

import re

from zelfscan.banks.exchange.draft import Asked, Choice, Draft, Section, add_line, whole
from zelfscan.banks.exchange.expressions import REDCAP, Expression, ExpressionError, parse
from zelfscan.banks.exchange.limesurvey_txt import Cells, read_table
from zelfscan.banks.exchange.report import ExchangeError, Place, Report

COLUMNS = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "header": ("Section Header", "section_header"),
    "type": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "Choices OR Calculations", "select_choices_or_calculations"),
    "note": ("Field Note", "field_note"),
    "validation": ("Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"),
    "minimum": ("Text Validation Min", "text_validation_min"),
    "maximum": ("Text Validation Max", "text_validation_max"),
    "logic": ("Branching Logic (Show field only if...)", "branching_logic"),
    "required": ("Required Field?", "required_field"),
    "matrix": ("Matrix Group Name", "matrix_group_name"),
    "ranking": ("Matrix Ranking?", "matrix_ranking"),
    "annotation": ("Field Annotation", "field_annotation"),
}
"""The columns, by the headings of the file and of the programming interface."""
NEEDED = ("name", "form", "type", "label")
INSERTION = re.compile(r"\[([a-z][a-z0-9_]*)(?:\([^()\[\]]{1,50}\))?\]")
WHOLE_NUMBERS = frozenset({"integer", "int"})
DECIMALS = re.compile(r"(number|float).*")
SINGLE, UNNAMED = frozenset({"radio", "dropdown", "select"}), ""


def read_redcap(name: str, text: str, report: Report) -> Draft:
    """Return the questionnaire of a data dictionary.

    Raises:
        ExchangeError: it is no such file, or goes over a bound.
    """
    first = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = _Reader(report)
    for line, cells in read_table(text, delimiter):
        reader.row(Place(line=line), {key: _cell(cells, key) for key in COLUMNS})
    if not reader.sections:
        raise ExchangeError("nothing_to_ask")
    return Draft(name, {}, [UNNAMED], reader.sections, insertion=INSERTION, only_known_insertions=True)


def _cell(cells: Cells, key: str) -> str:
    found = next((heading for heading in COLUMNS[key] if heading in cells), None)
    if found is None and key in NEEDED:
        raise ExchangeError("no_column", Place(line=1), column=COLUMNS[key][0])
    return cells.get(found, "") if found else ""


class _Reader:
    """Puts fields into sections: a form is one, and a header begins another."""

    def __init__(self, report: Report) -> None:
        self.sections: list[Section] = []
        self._report = report
        self._form = ""

    def row(self, place: Place, cells: Cells) -> None:
        """Take in one field."""
        if not cells["name"]:
            return
        if not self.sections or cells["form"] != self._form or cells["header"]:
            title = cells["header"] or cells["form"].replace("_", " ").capitalize()
            self.sections.append(Section(cells["form"] or "deel", place, {UNNAMED: title}))
            self._form = cells["form"]
        section = self.sections[-1]
        if cells["type"] == "descriptive":
            self._describe(place, cells, section)
            return
        asked = self._asked(place, cells)
        if asked is not None:
            asked.condition = self._condition(place, cells["logic"])
            section.questions.append(asked)
            self._left_out(place, cells)

    def _describe(self, place: Place, cells: Cells, section: Section) -> None:
        if section.questions:
            self._report.add(place, "note")
        else:
            add_line(section.intro, {UNNAMED: cells["label"]})

    def _asked(self, place: Place, cells: Cells) -> Asked | None:
        kind = cells["type"].lower()
        asked = Asked(cells["name"], place, "one", {UNNAMED: cells["label"]}, {UNNAMED: cells["note"]})
        asked.list_name, asked.ordered = cells["matrix"] or cells["name"], bool(cells["matrix"])
        if "@HIDDEN" in cells["annotation"] or kind in ("calc", "sql"):
            self._report.add(place, "calculated", name=cells["name"])
            return None
        if kind in SINGLE or kind == "checkbox":
            asked.answer = "several" if kind == "checkbox" else "one"
            return self._chosen(asked, cells)
        if kind in ("yesno", "truefalse"):
            asked.answer, asked.values = "yesno", ("1", "0")
            return asked
        return self._entered(asked, cells, kind)

    def _chosen(self, asked: Asked, cells: Cells) -> Asked:
        for part in cells["choices"].split("|"):
            value, comma, label = part.strip().partition(",")
            if value.strip():
                words = label.strip() if comma else value.strip()
                asked.choices.append(Choice(value.strip(), {UNNAMED: words}, asked.place))
        asked.ordered = asked.ordered and asked.answer == "one"
        if asked.answer == "several":
            asked.option_names = {f"{asked.name}({choice.value})": choice.value for choice in asked.choices}
        return asked

    def _entered(self, asked: Asked, cells: Cells, kind: str) -> Asked | None:
        """Return a field that is filled in as a whole number, or None; what else is filled in is not carried over."""
        validation = cells["validation"].lower()
        if kind == "slider" or (kind == "text" and validation in WHOLE_NUMBERS):
            asked.answer = "number"
            low, high = whole(cells["minimum"]), whole(cells["maximum"])
            slider = kind == "slider"
            asked.minimum, asked.maximum = (
                (0 if slider and low is None else low),
                (100 if slider and high is None else high),
            )
            return asked
        if kind == "text" and DECIMALS.fullmatch(validation):
            self._report.add(asked.place, "decimals")
        elif kind == "notes" or (kind == "text" and not validation):
            self._report.add(asked.place, "free_text", name=asked.name)
        else:
            self._report.add(asked.place, "no_counterpart", type=f"{kind} {validation}".strip())
        return None

    def _condition(self, place: Place, logic: str) -> Expression | None:
        if not logic:
            return None
        try:
            return parse(logic, REDCAP)
        except ExpressionError as error:
            self._report.add(place, "condition", condition=logic, part=error)
            return None

    def _left_out(self, place: Place, cells: Cells) -> None:
        if cells["required"].lower() == "y":
            self._report.add(place, "required")
        for column in ("annotation", "ranking"):
            if cells[column]:
                self._report.add(place, "column", column=COLUMNS[column][0])
