"""The choice at the end of a scan, and the form that takes a code."""

from collections.abc import Sequence
from functools import cache

from flask_babel import gettext, lazy_gettext
from wtforms import Field, RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from zelfscan.banks.kinds import SKIPPED
from zelfscan.digitypes.explaining import type_in_sentence
from zelfscan.digitypes.types import TYPES
from zelfscan.rounds.backgrounds import Background, known_backgrounds
from zelfscan.web.forms import Form
from zelfscan.web.i18n import current_language

KEEP = [
    SelectChoice("code", lazy_gettext("Keep it. I get a personal code, and only that code opens it.")),
    SelectChoice("nothing", lazy_gettext("Keep nothing. I have seen it, and after this it is gone.")),
]
SEND = [
    SelectChoice("team", lazy_gettext("Count me in, anonymously, with my team.")),
    SelectChoice("me", lazy_gettext("Only for me. My organisation gets nothing.")),
]


class KeepForm(Form):
    """Whether the outcome is kept; nothing is chosen in advance."""

    keep = RadioField(
        choices=KEEP,
        validators=[InputRequired(lazy_gettext("Choose whether you want to keep your outcome."))],
    )


class FinishForm(KeepForm):
    """What happens to the outcome, in a round that counts."""

    send = RadioField(
        choices=SEND,
        validators=[InputRequired(lazy_gettext("Choose whether your outcome counts with your team."))],
    )
    asked: tuple[str, ...] = ()
    own_type: Field | None = None

    @property
    def sees_herself_as(self) -> str | None:
        """The digitype that she chose; None for 'rather not say'."""
        return None if self.own_type is None or self.own_type.data == SKIPPED else self.own_type.data

    @property
    def questions(self) -> list[tuple[Background, Field]]:
        """The background questions, each with its field."""
        return [(known_backgrounds()[id_], self[_name(id_)]) for id_ in self.asked]

    @property
    def background(self) -> dict[str, str | None]:
        """The chosen category per background question; None for 'rather not say'."""
        given = {id_: self[_name(id_)].data for id_ in self.asked}
        return {id_: None if chosen == SKIPPED else chosen for id_, chosen in given.items()}


def finish_form(asked: Sequence[str], digitype: str | None) -> FinishForm:
    """The choice at the end of a scan in a round that counts.

    Args:
        asked: background questions of the round.
        digitype: the type that she was given, to ask whether she sees herself so.
    """
    return _finish_class(tuple(asked), digitype, current_language())()


@cache
def _finish_class(asked: tuple[str, ...], digitype: str | None, language: str) -> type[FinishForm]:
    fields = {_name(id_): _background_field(known_backgrounds()[id_], language) for id_ in asked}
    own = {"own_type": _own_type_field(digitype, language)} if digitype else {}
    return type("FinishForm", (FinishForm,), fields | own | {"asked": asked})


def _own_type_field(digitype: str, language: str) -> Field:
    """Round buttons: the type that she was given first, then the others; nothing is told unless she says so."""
    names = {id_: type_in_sentence(id_, language) for id_ in TYPES}
    labels = [SelectChoice(digitype, gettext("Yes, I see myself as %(type)s.", type=names[digitype]))]
    for other in (id_ for id_ in TYPES if id_ != digitype):
        labels.append(SelectChoice(other, gettext("No, more as %(type)s.", type=names[other])))
    return RadioField(choices=[*labels, SelectChoice(SKIPPED, gettext("Rather not say"))], default=SKIPPED)


def _background_field(background: Background, language: str) -> Field:
    """Round buttons; nothing is told unless she says so."""
    labels = [SelectChoice(category.id, category.label.in_(language)) for category in background.categories]
    return RadioField(choices=[*labels, SelectChoice(SKIPPED, gettext("Rather not say"))], default=SKIPPED)


def _name(background: str) -> str:
    return f"background-{background}"


class CodeForm(Form):
    """A personal code, however it was typed."""

    code = StringField(validators=[InputRequired(lazy_gettext("Fill in your code.")), Length(max=200)])
