"""The choice at the end of a scan, and the form that takes a code."""

from flask_babel import lazy_gettext
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import InputRequired, Length

from zelfscan.web.forms import Form

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


class CodeForm(Form):
    """A personal code, however it was typed."""

    code = StringField(validators=[InputRequired(lazy_gettext("Fill in your code.")), Length(max=200)])
