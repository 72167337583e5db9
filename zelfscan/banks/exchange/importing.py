"""Importing: from a file of any format to a bank that `bank check` has nothing against."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from zelfscan.banks.exchange import carried
from zelfscan.banks.exchange.building import Content, Wishes, build, identifier
from zelfscan.banks.exchange.draft import Draft
from zelfscan.banks.exchange.reading import decoded, format_of, read_bytes
from zelfscan.banks.exchange.report import ExchangeError, Place, Report
from zelfscan.banks.exchange.writing import as_yaml
from zelfscan.banks.loader import Shelf, parse_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Bank, Skill

MAX_TOLD = 3
"""Problems that are told of a bank that is not good; there are none, unless a source holds something unforeseen."""

READERS = {
    "limesurvey-lss": ("limesurvey_lss", "read_limesurvey_lss"),
    "limesurvey-txt": ("limesurvey_txt", "read_limesurvey_txt"),
    "redcap": ("redcap", "read_redcap"),
    "surveyjs": ("surveyjs", "read_surveyjs"),
}
"""The module and the function that read a format; each is imported when it is asked for."""


class Source(NamedTuple):
    """A questionnaire that was read: as a draft, or as the bank that an export carried along."""

    name: str
    draft: Draft | None
    whole: Content | None = None
    kept: carried.Kept | None = None


def read_source(path: Path, named: str | None, report: Report) -> Source:
    """Read a file of any format.

    Args:
        path: the file.
        named: its format; None: the one that its ending says.
        report: gets what is not carried over.

    Raises:
        ExchangeError: it cannot be read, or is no questionnaire.
    """
    content = read_bytes(path)
    name, found = identifier(path.stem), format_of(path, content, named)
    if found == "xlsform":
        return _xlsform(name, content, report)
    module, function = READERS[found]
    read = getattr(import_module(f"{__package__}.{module}"), function)
    draft: Draft = read(name, content if found == "limesurvey-lss" else decoded(content), report)
    return Source(identifier(draft.name), draft)


def _xlsform(name: str, content: bytes, report: Report) -> Source:
    from zelfscan.banks.exchange.workbook import read_workbook
    from zelfscan.banks.exchange.xlsform import SHEETS, read_xlsform

    names, sheets = read_workbook(content, report, SHEETS | {carried.SHEET})
    kept = carried.kept(sheets, report)
    if kept is not None and kept.is_unchanged:
        return Source(kept.bank.bank, None, kept.content())
    names = [one for one in names if one.lower() != carried.SHEET]
    draft = read_xlsform(name, names, {one: s for one, s in sheets.items() if one != carried.SHEET}, report)
    return Source(kept.bank.bank if kept else identifier(draft.name), draft, None, kept)


def make(source: Source, wishes: Wishes, report: Report) -> Content:
    """Return the content of the bank that a source becomes.

    Raises:
        ExchangeError: nothing that can be asked is left, or a language that was named is not there.
    """
    if source.draft is not None:
        content = build(source.draft, wishes, report)
        if source.kept is None:
            return content
        content = source.kept.laid_over(content, report)
    else:
        content = dict(source.whole or {})
    if source.name != wishes.bank:
        report.add(Place(), "other_name", bank=wishes.bank, before=source.name)
    wished = {"bank": wishes.bank, "audience": wishes.audience, "minutes": wishes.minutes}
    return content | {name: value for name, value in wished.items() if value is not None}


def verified(content: Content, out: Path, folders: Iterable[Path], report: Report) -> tuple[str, Bank]:
    """Return a bank as YAML, and as it is read back from it.

    Args:
        content: the content of the bank.
        out: the file that it is going to be in: it can refer to the library and the materials beside it.
        folders: folders whose library and materials count as well.
        report: gets the skills and materials that are not there.

    Raises:
        ExchangeError: `bank check` would have something against it.
    """
    picks = [question for theme in content["themes"] for question in theme["questions"] if question.get("skill")]
    shelf = Shelf(folders)
    skills = shelf.skills_for(out) if picks else {}
    for question in picks:
        if question["skill"] not in skills:
            report.add(Place(), "skill", skill=question.pop("skill"))
    text, bank = _read_back(content, out, skills, report)
    _tell_unknown_materials(bank, out, shelf, report)
    return text, bank


def _read_back(content: Content, out: Path, skills: dict[str, Skill], report: Report) -> tuple[str, Bank]:
    """Return a bank as YAML and as it is read back; an outcome that does not fit its questions is left out."""
    text = as_yaml(content)
    try:
        return text, parse_bank(text, str(out), None, skills)
    except BankError as error:
        if "outcome" in content:
            report.add(Place(), "carried_outcome", field="outcome")
            return _read_back({name: one for name, one in content.items() if name != "outcome"}, out, skills, report)
        raise ExchangeError("not_a_bank", problems="; ".join(map(str, error.problems[:MAX_TOLD]))) from None


def _tell_unknown_materials(bank: Bank, out: Path, shelf: Shelf, report: Report) -> None:
    used = [name for theme in bank.themes for name in theme.materials]
    used += [name for _, _, question in bank.items() for name in question.materials]
    used += [name for advice in bank.outcome.advice for name in advice.materials]
    known = (shelf.materials_for(out) or {}) if used else {}
    missing = [name for name in dict.fromkeys(used) if name not in known]
    if missing:
        report.add(Place(), "unknown_material", materials=missing)
