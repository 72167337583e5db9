"""What the commands print about style: the report as lines or as plain data, and the table of banks."""

from collections.abc import Iterable, Iterator
from pathlib import Path as File

from zelfscan.banks.loader import MATERIALS_FILE, Shelf, check_files, parse_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Bank
from zelfscan.banks.style.readability import level
from zelfscan.banks.style.report import StyleReport, Summary, check_style
from zelfscan.banks.style.told import told

COLUMNS = ("id", "title", "audience", "themes", "questions", "minutes", "languages", "readability")


def style_lines(report: StyleReport, language: str) -> Iterator[str]:
    """Yield the report for a terminal: a line per finding, a line per file, and the number of findings."""
    yield from (finding.line_in(language) for finding in report.findings)
    yield from (_summary_line(summary, language) for summary in report.summaries)
    yield told("total", language).format(count=len(report.findings))


def summary_rows(report: StyleReport) -> list[dict[str, object]]:
    """Return the figures of each file for a program: the fields of `Summary`, and the `level` of the score."""
    return [
        summary._asdict() | {"level": None if summary.score is None else level(summary.score)}
        for summary in report.summaries
    ]


def bank_table(folder: File, language: str, folders: Iterable[File] = ()) -> str:
    """Return a table in Markdown of the banks in a folder, by id.

    Args:
        folder: the folder; the materials and the library beside the banks are not in the table.
        language: of the head and of the words in the cells; titles are in Dutch.
        folders: folders whose skill library counts, beside the one that lies with the banks.

    Raises:
        BankError: a bank cannot be read, or banks have mistakes; it has all of them.
    """
    files = [file for file in sorted(folder.glob("*.yaml")) if file.name != MATERIALS_FILE]
    scores = {summary.file: summary.score for summary in check_style(files, folders).summaries}
    rows = [_row(bank, scores.get(str(file)), language) for file, bank in _banks(files, folders)]
    head = [[told(column, language) for column in COLUMNS], ["---"] * len(COLUMNS)]
    return "\n".join(map(_line, head + rows))


def _banks(files: Iterable[File], folders: Iterable[File]) -> Iterator[tuple[File, Bank]]:
    problems = check_files(files, folders)
    if problems:
        raise BankError(problems)
    shelf = Shelf(folders)
    for file in files:
        yield file, parse_bank(file.read_text(encoding="utf-8-sig"), str(file), skills=shelf.skills_for(file))


def _summary_line(summary: Summary, language: str) -> str:
    score = told("no_score", language)
    if summary.score is not None:
        score = told("score", language).format(score=_readability(summary.score, language))
    share = f"{summary.long_sentences / max(summary.sentences, 1):.0%}"
    return told("summary", language).format_map(summary._asdict() | {"score": score, "share": share})


def _readability(score: float, language: str) -> str:
    return f"{score:.0f} ({told(level(score), language)})"


def _row(bank: Bank, score: float | None, language: str) -> list[str]:
    return [
        f"`{bank.bank}`",
        bank.title.in_("nl"),
        told(bank.audience, language),
        str(len(bank.themes)),
        str(len(bank.items())),
        str(bank.minutes),
        ", ".join(bank.languages),
        "-" if score is None else _readability(score, language),
    ]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
