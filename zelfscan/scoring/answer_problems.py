"""Mistakes in a file with answers: what they are, and how they are told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from zelfscan.banks.problems import Problem
from zelfscan.errors import ClearError

MESSAGES = {
    "unreadable": {
        "nl": "het bestand kan niet worden gelezen ({reason}). Kijk of de naam klopt en of je het mag openen.",
        "en": "the file cannot be read ({reason}). Check its name, and whether you may open it.",
    },
    "not_utf8": {
        "nl": "dit bestand is geen UTF-8. Bewaar het als UTF-8 (in Excel: 'CSV UTF-8').",
        "en": "this file is not UTF-8. Save it as UTF-8 (in Excel: 'CSV UTF-8').",
    },
    "not_csv": {
        "nl": "deze regel is geen CSV ({reason}). Kijk of elk aanhalingsteken wordt gesloten.",
        "en": "this line is not CSV ({reason}). Check that every quote is closed.",
    },
    "not_answers": {
        "nl": "hier staan geen antwoorden. Schrijf op elke regel `thema.vraag: waarde`.",
        "en": "there are no answers here. Write `theme.question: value` on each line.",
    },
    "no_columns": {
        "nl": "het bestand is leeg. Zet op de eerste regel de vragen, zoals `thema.vraag`.",
        "en": "the file is empty. Put the questions on the first line, such as `theme.question`.",
    },
    "unknown_question": {
        "nl": "vragenlijst `{bank}` heeft deze vraag niet; `zelfscan bank show` noemt alle vragen.",
        "en": "bank `{bank}` does not have this question; `zelfscan bank show` lists every question.",
    },
    "wrong_answer": {
        "nl": "dit kan geen antwoord zijn op deze vraag. Kies {choices}, of laat het leeg.",
        "en": "this cannot be an answer to this question. Choose {choices}, or leave it empty.",
    },
    "wrong_label": {
        "nl": "dit kan niet in deze kolom staan. Kies {choices}.",
        "en": "this cannot stand in this column. Choose {choices}.",
    },
    "duplicate_column": {
        "nl": "deze kolom staat er twee keer. Haal er een weg.",
        "en": "this column is there twice. Take one out.",
    },
    "missing_column": {
        "nl": "kolom `{name}` ontbreekt. Voeg hem toe.",
        "en": "column `{name}` is missing. Add it.",
    },
    "wrong_length": {
        "nl": "deze regel heeft {found} cellen, de eerste regel {needed}. Maak ze gelijk.",
        "en": "this line has {found} cells, the first line {needed}. Make them the same.",
    },
    "more": {
        "nl": "vanaf hier staan er meer fouten. Verbeter eerst die hierboven.",
        "en": "from here on there are more mistakes. Mend those above first.",
    },
    "meant": {"nl": " Bedoelde je `{meant}`?", "en": " Did you mean `{meant}`?"},
    "number": {"nl": "een heel getal ({bounds})", "en": "a whole number ({bounds})"},
    "one_of": {"nl": "een uit {values}", "en": "one of {values}"},
    "several_of": {"nl": "een of meer uit {values}", "en": "one or more of {values}"},
}


@dataclass(frozen=True, order=True)
class AnswerProblem(Problem):
    """A mistake in a file with answers. It never repeats the answer itself; in a CSV, columns are cells."""

    def text(self, language: str) -> str:
        """What is wrong and how to mend it, in Dutch (`nl`) or else in English."""
        language = "nl" if language == "nl" else "en"
        shown = {name: v[language] if isinstance(v, Mapping) else v for name, v in self.params.items()}
        suggestion = MESSAGES["meant"][language] if "meant" in shown else ""
        return (MESSAGES[self.code][language] + suggestion).format_map(shown)


class AnswersError(ClearError):
    """A file with answers that cannot be used.

    Attributes:
        problems: every mistake, in the order of the file; at least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.column)))
        super().__init__("\n".join(map(str, self.problems)))


class Refusal(NamedTuple):
    """Why something in a file is refused: a key of `MESSAGES`, and the values of its fields."""

    code: str
    params: Mapping[str, object]

    def at(self, path: Path, line: int, column: int, where: str = "") -> AnswerProblem:
        """The problem in its place; line and column count from 1, `where` is the question."""
        return AnswerProblem(str(path), line, column, where, self.code, self.params)


def words(code: str, **params: object) -> dict[str, str]:
    """A part of a message in each language."""
    return {language: text.format_map(params) for language, text in MESSAGES[code].items()}


def one_of(values: Sequence[str], code: str = "one_of") -> dict[str, str]:
    """A list of values to choose from, in each language."""
    return words(code, values=", ".join(values))


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        AnswersError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        refusal = Refusal("unreadable", {"reason": error.strerror or type(error).__name__})
    except UnicodeDecodeError:
        refusal = Refusal("not_utf8", {})
    raise AnswersError([refusal.at(path, 1, 1)])
