"""The HTML of questions. What has round buttons is rendered once, with every answer that it can have.

What is kept holds all answers of a question alike, so that neither it nor its speed says what somebody answered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from flask import get_template_attribute
from flask_babel import gettext
from markupsafe import Markup
from wtforms import Field, RadioField

from zelfscan.banks.schema import Bank, Item
from zelfscan.scan.forms import SKIP, as_data, field_with
from zelfscan.scan.services import Answers, Page
from zelfscan.web.forms import Form
from zelfscan.web.i18n import current_language, in_language

QUESTIONS_IN_MEMORY = 2048


@dataclass(frozen=True)
class _Asked:
    """What the HTML of a question depends on, apart from its answer; the rest follows from it."""

    bank_hash: str
    address: str
    language: str
    item: Item = field(compare=False)
    bank: Bank = field(compare=False)


def filled_questions(page: Page, answers: Answers) -> list[Markup]:
    """The questions of a page with the answers so far."""
    return [_filled(item, page.bank, answers) for item in page.items]


def submitted_questions(page: Page, form: Form) -> list[Markup]:
    """The questions of a page as somebody sent them, with what is wrong."""
    return [_rendered(form[item.address], item) for item in page.items]


def _filled(item: Item, bank: Bank, answers: Answers) -> Markup:
    data = as_data(answers, item)
    ready = _with_each_answer(_Asked(bank.hash, item.address, current_language(), item, bank))
    known = ready.get(data) if data is None or isinstance(data, str) else None
    return known or _rendered(field_with(item, bank, data), item)


@lru_cache(maxsize=QUESTIONS_IN_MEMORY)
def _with_each_answer(asked: _Asked) -> Mapping[str | None, Markup]:
    """HTML per value of a round button, and without an answer (None); of other questions only the latter."""
    open_ = field_with(asked.item, asked.bank, None)
    values = [choice.value for choice in open_.iter_choices()] if isinstance(open_, RadioField) else []
    fields = {value: field_with(asked.item, asked.bank, value) for value in (None, *values)}
    return {value: _rendered(filled, asked.item) for value, filled in fields.items()}


def _rendered(filled: Field, item: Item) -> Markup:
    help_ = in_language(item.question.help) or None
    if hasattr(filled, "iter_choices"):
        html = get_template_attribute("macros.html", "answers")(filled, in_language(item.question.text), help_)
    else:
        aside = gettext("Rather not say, or does not apply to me")
        html = get_template_attribute("macros.html", "entry")(
            filled, in_language(item.question.text), SKIP, aside, help_
        )
    return Markup(html)  # noqa: S704
