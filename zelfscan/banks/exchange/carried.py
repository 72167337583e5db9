"""What an exported XLSForm carries along beside its own sheets: the whole bank, so that it comes back as it was.

Where a person changed the other sheets since, these go before: a row that is as it was gives the question that was
carried, and of a row that was changed only what was changed is taken over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from zelfscan.banks.exchange.building import Content
from zelfscan.banks.exchange.rendering import Cells, Rendered, intro_name, list_name, render
from zelfscan.banks.exchange.report import Place, Report
from zelfscan.banks.exchange.workbook import Sheet
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank

SHEET = "zelfscan"
COLUMN = "bank"
CELL = 15_000
"""Characters of the carried bank in each cell; a cell of Excel holds 32,767."""


def cells(bank: Bank) -> list[Cells]:
    """Return the rows of the sheet that carries a bank; each between bars, so that no space at an end gets lost."""
    text = json.dumps(json.loads(bank.to_json()), sort_keys=True)
    return [{COLUMN: f"|{text[start : start + CELL]}|"} for start in range(0, len(text), CELL)]


def kept(sheets: Mapping[str, Sheet], report: Report) -> "Kept | None":
    """Return the bank that a workbook carries; None when it carries none, or a damaged one, which is reported."""
    if SHEET not in sheets:
        return None
    text = "".join(row.cells.get(COLUMN, "")[1:-1] for row in sheets[SHEET].rows)
    try:
        bank = Bank.model_validate(json.loads(text))
        return Kept(bank, render(bank), {name: _rows(sheet) for name, sheet in sheets.items() if name != SHEET})
    except (ValidationError, ValueError, RecursionError, LookupError):
        report.add(Place(sheet=SHEET), "carried_unreadable")
        return None


def _rows(sheet: Sheet) -> list[Cells]:
    return [_plain(row.cells) for row in sheet.rows]


def _plain(row: Cells) -> Cells:
    """Return a row as it looks after a spreadsheet saved it: lines end in one way, nothing around the words."""
    cleaned = {name: value.replace("\r\n", "\n").replace("\r", "\n").strip() for name, value in row.items()}
    return {name: value for name, value in cleaned.items() if value}


@dataclass(frozen=True)
class Kept:
    """A bank that was carried along.

    Args:
        bank: the bank.
        was: the rows that the other sheets had.
        now: the rows that they have, by sheet.
    """

    bank: Bank
    was: Rendered
    now: Mapping[str, list[Cells]]

    @property
    def is_unchanged(self) -> bool:
        """Return whether the other sheets say what they said when the bank was exported."""
        return all([_plain(row) for row in rows] == self.now.get(name, []) for name, rows in self.was._asdict().items())

    def content(self) -> Content:
        """Return the bank as YAML writes it."""
        content: Content = json.loads(self.bank.to_json())
        ordered = {name: content[name] for name in _fields(Bank) if name in content}
        for theme, source in zip(ordered["themes"], self.bank.themes, strict=True):
            for question, picked in zip(theme["questions"], source.questions, strict=True):
                _spell_out(question, picked.kind)
        return ordered

    def laid_over(self, built: Content, report: Report) -> Content:
        """Return the content that was built from the changed sheets, with what only the carried bank says.

        Args:
            built: the content.
            report: gets a note that the sheets were changed.
        """
        report.add(Place(), "edited")
        whole = self.content()
        whole["languages"] = built["languages"]
        if self._changed_settings:
            whole["title"] |= {"nl": built["title"]["nl"]}
        if not self._same_row(intro_name("bank")):
            whole = _with(whole, "intro", built.get("intro"))
        scales = dict(whole.get("scales", {}))
        whole["themes"] = [self._theme(theme, whole, scales, built) for theme in built["themes"]]
        if scales:
            whole["scales"] = scales
        filled: Content = _in_every_language(whole, tuple(built["languages"]))
        return filled

    def _theme(self, theme: Content, whole: Content, scales: dict[str, Any], built: Content) -> Content:
        before = next((one for one in whole["themes"] if one["id"] == theme["id"]), None)
        questions = [self._question(theme["id"], one, before, scales, built) for one in theme["questions"]]
        if before is None:
            return theme | {"questions": questions}
        merged: Content = before | ({} if self._same_row(theme["id"]) else {"title": theme["title"]})
        if not self._same_row(intro_name(theme["id"])):
            merged = _with(merged, "intro", theme.get("intro"))
        return merged | {"questions": questions}

    def _question(
        self, theme: str, question: Content, before: Content | None, scales: dict[str, Any], built: Content
    ) -> Content:
        known = {one["id"]: one for one in before["questions"]} if before else {}
        carried = known.get(question["id"])
        name = f"{theme}.{question['id']}"
        if carried is None or not self._same_answers(name):
            if question.get("scale"):
                scales.setdefault(question["scale"], built["scales"][question["scale"]])
            return question
        self._relabel(name, carried, scales)
        return self._merged(name, dict(carried), question)

    def _merged(self, name: str, carried: Content, question: Content) -> Content:
        """Return a question that was carried, with what its row in the sheet survey now says otherwise."""
        now, was = self._now.get(name, {}), self._was.get(name, {})
        if _part(now, "label") != _part(was, "label"):
            carried["text"] = question["text"]
        if _part(now, "hint") != _part(was, "hint"):
            carried = _with(carried, "help", question.get("help"))
        if now.get("relevant") != was.get("relevant") or "show_if" not in question:
            carried = _with(carried, "show_if", question.get("show_if"))
        if now.get("constraint") != was.get("constraint"):
            for bound in ("minimum", "maximum"):
                carried = _with(carried, bound, question.get(bound))
        return carried

    def _relabel(self, name: str, question: Content, scales: dict[str, Any]) -> None:
        """Give the answers of a question the labels that the sheet choices has now."""
        listed = list_name(name, self.bank.item(name).question)
        now = [row for row in self.now.get("choices", []) if row.get("list_name") == listed]
        was = [_plain(row) for row in self.was.choices if row["list_name"] == listed]
        points = scales[question["scale"]] if question.get("scale") else question.get("options", [])
        for point, row, earlier in zip(points, now, was, strict=False):
            if row != earlier:
                point["label"] = {**point["label"], **_labels(row, self.bank.languages)}

    def _same_row(self, name: str) -> bool:
        return self._now.get(name) == self._was.get(name)

    def _same_answers(self, name: str) -> bool:
        """Return whether a question is still of its type, with the same answers to choose from, in the same order."""
        if name not in self._was or self._now.get(name, {}).get("type") != self._was[name]["type"]:
            return False
        words = self._was[name]["type"].split()
        lists = ([row.get("name") for row in rows if row.get("list_name") == words[-1]] for rows in self._choice_rows)
        return len(words) == 1 or next(lists) == next(lists)

    @property
    def _choice_rows(self) -> tuple[list[Cells], list[Cells]]:
        return self.now.get("choices", []), self.was.choices

    @property
    def _changed_settings(self) -> bool:
        now = self.now.get("settings", [])
        return bool(now) and now[0].get("form_title") != _plain(self.was.settings[0]).get("form_title")

    @cached_property
    def _now(self) -> dict[str, Cells]:
        return {row["name"]: row for row in self.now.get("survey", []) if "name" in row}

    @cached_property
    def _was(self) -> dict[str, Cells]:
        return {row["name"]: _plain(row) for row in self.was.survey if "name" in row}


def _fields(model: Any) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _spell_out(question: Content, kind: str) -> None:
    """Write out of a picked question what the skill would fill in otherwise."""
    if question.get("skill"):
        question.update({name: question.get(name, []) for name in ("materials", "functions")})
        if "basic" in KINDS[kind].fields:
            question["basic"] = question.get("basic", False)


def _with(content: Content, name: str, value: Any) -> Content:
    without = {key: one for key, one in content.items() if key != name}
    return without if value is None else {**without, name: value}


def _part(row: Cells, column: str) -> Cells:
    return {name: value for name, value in row.items() if name.split("::")[0] == column}


def _labels(row: Cells, languages: tuple[str, ...]) -> dict[str, str]:
    labels = {heading.split("(")[-1].rstrip(")"): value for heading, value in _part(row, "label").items()}
    return {code: label for code, label in labels.items() if code in languages}


def _in_every_language(value: Any, languages: tuple[str, ...]) -> Any:
    """Return content in which every text has just these languages; Dutch stands in where one is missing."""
    if isinstance(value, list):
        return [_in_every_language(one, languages) for one in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("nl"), str):
        return {code: value.get(code, value["nl"]) for code in languages}
    return {name: _in_every_language(one, languages) for name, one in value.items()}
