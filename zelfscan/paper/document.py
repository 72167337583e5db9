"""The paper as one HTML page, and as an accessible PDF."""

import contextlib
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from jinja2 import Environment, PackageLoader, StrictUndefined

from zelfscan.banks.schema import Bank, Material
from zelfscan.errors import ClearError
from zelfscan.paper.counting import (
    BasicCounting,
    Counting,
    RightAnswers,
    ThemeCounting,
    TypeCounting,
)
from zelfscan.paper.helping import Exercise, GivenAdvice, Helping, PaperRule, Requirement, ThemeHelp
from zelfscan.paper.nearest import TypeRule
from zelfscan.paper.questions import Questions, ThemeQuestions
from zelfscan.paper.words import Say

VARIANT = "pdf/ua-1"
"""ISO 14289-1: a tagged PDF that a screen reader can read."""

NO_FONT = "No fonts configured|FontConfig cannot load"
"""What WeasyPrint warns of when it is imported where no font is."""


class PaperError(ClearError):
    """The paper cannot be made; the message says what is missing and how to get it."""


@dataclass(frozen=True)
class Paper:
    """Everything that stands on the paper, in words; a part that a bank does not have is None or empty."""

    language: str
    polite: bool
    title: str
    intro: str
    audience: str
    minutes: int
    count: int
    wants_help: str | None
    has_conditions: bool
    themes: tuple[ThemeQuestions, ...]
    counting: tuple[ThemeCounting, ...]
    levels: tuple[str, ...]
    basic: BasicCounting | None
    digitype: TypeCounting | None
    requirements: tuple[Requirement, ...]
    rules: tuple[PaperRule, ...]
    advice: tuple[GivenAdvice, ...]
    dialogue: tuple[str, ...]
    help: tuple[ThemeHelp, ...]
    more_exercises: tuple[Exercise, ...]
    right: tuple[RightAnswers, ...]

    @property
    def has_outcome(self) -> bool:
        """Whether there is anything to work out after the questions."""
        parts = (self.counting, self.requirements, self.rules, self.dialogue, self.help, self.right)
        return any(parts)


def paper_of(bank: Bank, materials: Mapping[str, Material], rule: TypeRule | None, language: str) -> Paper:
    """The content of the paper.

    Args:
        bank: the bank.
        materials: learning materials by id.
        rule: how the digitype is found on paper; None: the paper has no digitype.
        language: a language of the bank, `nl` or `en`.
    """
    polite = bank.audience == "client"
    say = Say(language, polite)
    questions = Questions(bank, say)
    counting = Counting(bank, questions, say)
    helping = Helping(bank, questions, counting.points, materials, say)
    return Paper(
        language=language,
        polite=polite,
        title=say.text(bank.title),
        intro=say.text(bank.intro),
        audience=say(f"audience_{bank.audience}"),
        minutes=bank.minutes,
        count=len(bank.items()),
        wants_help=bank.wants_help,
        has_conditions=any(item.question.show_if for item in bank.items()),
        themes=tuple(questions.themes()),
        counting=tuple(counting.themes()),
        levels=tuple(say.text(level.label) for level in bank.levels),
        basic=counting.basic(),
        digitype=counting.digitype(rule) if rule else None,
        requirements=tuple(helping.requirements()),
        rules=tuple(helping.rules()),
        advice=helping.advice(),
        dialogue=helping.dialogue(),
        help=tuple(helping.themes()),
        more_exercises=helping.more_exercises(),
        right=tuple(counting.right_answers()),
    )


def to_html(paper: Paper) -> str:
    """The paper as one HTML page that needs nothing beside it."""
    environment = Environment(
        loader=PackageLoader("zelfscan.paper"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("paper.html").render(paper=paper, say=Say(paper.language, paper.polite))


def to_pdf(html: str, language: str) -> bytes:
    """The page as a PDF on A4, tagged for screen readers (PDF/UA).

    Args:
        html: what `to_html` made.
        language: of the messages.

    Raises:
        PaperError: Pango is not on this computer, or no font is.
    """
    content: bytes = _weasyprint(language).HTML(string=html).write_pdf(pdf_variant=VARIANT)
    return content


def _weasyprint(language: str) -> ModuleType:
    """WeasyPrint. It prints advice of its own when a library is missing, and only warns without fonts, then crashes."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.filterwarnings("error", message=NO_FONT)
            import weasyprint
    except OSError as error:
        raise PaperError(Say(language)("no_pango", reason=str(error).partition(":")[0])) from error
    except UserWarning as warning:
        raise PaperError(Say(language)("no_font")) from warning
    return weasyprint
