"""What every form shares."""

from flask_wtf import FlaskForm
from wtforms.meta import DefaultMeta

from zelfscan.web.i18n import current_language


class Form(FlaskForm):
    """A form whose built-in messages are in the language of the page, read once instead of at each request.

    CSRFProtect guards each request before any form is made, so that no form checks the token again.
    """

    class Meta(FlaskForm.Meta):
        csrf = False
        get_translations = DefaultMeta.get_translations

        @property
        def locales(self) -> list[str]:
            return [current_language()]
