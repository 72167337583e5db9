"""The form of a theme, generated from its bank, so that an answer that the bank does not know reaches no service."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flask_babel import gettext
from wtforms import Field, RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from zelfscan.banks.kinds import KINDS, SKIPPED
from zelfscan.banks.schema import Bank, Item
from zelfscan.scan.services import Answers, Page, help_places, parse_answer
from zelfscan.web.forms import Form
from zelfscan.web.i18n import current_language, in_language

SKIP = SKIPPED
SHOWN, HELP, HELP_ASKED, THEME = "shown", "help", "help_asked", "theme"
"""Fields of a page beside its questions: what the browser shows that can be emptied, where help is wanted, where it
was asked, and which theme of which bank it shows."""
FORMS_IN_MEMORY = 512


class BeginForm(Form):
    """Start of a scan; the code is optional, for who has been here before."""

    code = StringField(validators=[Optional()])


def theme_form(page: Page) -> Form:
    """The form that was sent from a page: a field per question."""
    asked = tuple(item.address for item in page.items)
    return _form_class(_Asked(page.bank.hash, asked, current_language(), page.bank, page.items))()


def field_with(item: Item, bank: Bank, data: Any) -> Field:
    """The field of a question with an answer (`as_data`) filled in."""
    asked = _Asked(bank.hash, (item.address,), current_language(), bank, (item,))
    return _form_class(asked)(formdata=None, data={item.address: data})[item.address]


@dataclass(frozen=True)
class _Asked:
    """What a form depends on; bank and questions follow from the rest."""

    bank_hash: str
    addresses: tuple[str, ...]
    language: str
    bank: Bank = field(compare=False)
    items: tuple[Item, ...] = field(compare=False)


@lru_cache(maxsize=FORMS_IN_MEMORY)
def _form_class(asked: _Asked) -> type[Form]:
    return type("ThemeForm", (Form,), {item.address: _field(item, asked.bank) for item in asked.items})


def given_answers(form: Form, page: Page) -> Answers:
    """The valid answers in a submitted form; a question left open is left out."""
    return {
        item.address: None if SKIP in raw else parse_answer(raw, item, page.bank)
        for item in page.items
        if (raw := _raw(form[item.address])) and not form[item.address].errors
    }


def cleared_answers(form: Form, page: Page, emptied: Collection[str]) -> set[str]:
    """Questions whose entry or ticks a browser says it shows, and which are empty now.

    Round buttons cannot be emptied: one that is not there was not touched, or belongs to an older tab.
    """
    return {item.address for item in page.items if item.address in emptied and not _raw(form[item.address])}


def wanted_help(page: Page, asked: Collection[str], ticked: Collection[str]) -> dict[str, bool]:
    """Whether help is wanted, per place of a page where the browser asked."""
    return {place: place in ticked for place in help_places(page) if place in asked}


class Checks:
    """Says in the reader's language what is wrong with an answer."""

    def __init__(self, item: Item, bank: Bank) -> None:
        self.item, self.bank = item, bank

    def __call__(self, form: Form, field: Field) -> None:
        raw = _raw(field)
        if not raw or SKIP in raw:
            raise StopValidation()
        try:
            parse_answer(raw, self.item, self.bank)
        except ValueError:
            raise ValidationError(self._message()) from None

    def _message(self) -> str:
        question = self.item.question
        if question.minimum is None or question.maximum is None:
            return gettext("This answer is not one of the possible answers.")
        return gettext("Give a whole number from %(low)s to %(high)s.", low=question.minimum, high=question.maximum)


class EntryField(StringField):
    """A free entry; the tick box 'rather not say' beside it has the same name."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = SKIP if SKIP in valuelist else next(iter(valuelist), None)


def _field(item: Item, bank: Bank) -> Field:
    kind = KINDS[item.question.kind]
    choices = kind.choices(item.question, bank)
    options: dict[str, Any] = {"validators": [Checks(item, bank)]}
    if choices is None:
        return EntryField(**options)
    labels = [SelectChoice(choice.value, in_language(choice.label)) for choice in choices]
    labels.append(SelectChoice(SKIP, gettext("Rather not say, or does not apply to me")))
    if kind.takes_several(item.question):
        return SelectMultipleField(
            choices=labels, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), **options
        )
    return RadioField(choices=labels, validate_choice=False, **options)


def as_data(answers: Answers, item: Item) -> str | list[str] | None:
    """An answer as a form holds it; None without an answer."""
    if item.address not in answers:
        return None
    value = answers[item.address]
    several = KINDS[item.question.kind].takes_several(item.question)
    if value is None:
        return [SKIP] if several else SKIP
    return [str(v) for v in value] if isinstance(value, list) else str(value)


def _raw(field: Field) -> list[str]:
    data = field.data if isinstance(field.data, list) else [field.data]
    return [str(word) for word in _present(data)]


def _present(data: Iterable[Any]) -> list[Any]:
    return [word for word in data if word not in (None, "")]
