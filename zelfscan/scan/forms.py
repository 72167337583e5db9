"""The form of a theme, generated from its bank, so that an answer that the bank does not know reaches no service."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Item
from zelfscan.scan.services import Answers, Page, parse_answer
from zelfscan.web.i18n import in_language

SKIP = "-"
SKIP_LABEL = lazy_gettext("Rather not say, or does not apply to me")


class BeginForm(FlaskForm):
    """Start of a scan; the code is optional, for who has been here before."""

    code = StringField(validators=[Optional()])


def theme_form(page: Page, answers: Answers) -> FlaskForm:
    """A form with a field per question of the page, filled with the answers so far."""
    fields = {item.address: _field(item, page.bank) for item in page.items}
    form_class = type("ThemeForm", (FlaskForm,), fields)
    form: FlaskForm = form_class(data={item.address: _as_data(answers, item) for item in page.items})
    return form


def given_answers(form: FlaskForm, page: Page) -> Answers:
    """The valid answers in a submitted form; a question left open is left out."""
    return {
        item.address: None if SKIP in raw else parse_answer(raw, item, page.bank)
        for item in page.items
        if (raw := _raw(form[item.address])) and not form[item.address].errors
    }


class Checks:
    """Says in the reader's language what is wrong with an answer."""

    def __init__(self, item: Item, bank: Bank) -> None:
        self.item, self.bank = item, bank

    def __call__(self, form: FlaskForm, field: Field) -> None:
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
    labels.append(SelectChoice(SKIP, SKIP_LABEL))
    if kind.takes_several(item.question):
        return SelectMultipleField(
            choices=labels, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), **options
        )
    return RadioField(choices=labels, validate_choice=False, **options)


def _as_data(answers: Answers, item: Item) -> Any:
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
