"""The language of a page: Dutch unless the reader chose another. Texts live in translations/<language>.po."""

from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale, lazy_gettext
from werkzeug.wrappers import Response

from zelfscan.banks.schema import Text

LANGUAGES = {"nl": "Nederlands", "en": "English"}
DEFAULT = "nl"
LOCALES = {language: Locale.parse(language) for language in LANGUAGES}
COOKIE = "zelfscan_language"
CATALOGUES = Path(__file__).parent / "translations"
A_YEAR = 365 * 24 * 3600

_ = lazy_gettext


class Catalogues(Domain):
    """Reads the .po files themselves, once: there is no compiled copy that can lag behind."""

    def get_translations(self) -> NullTranslations:
        language = current_language()
        if language not in self.cache:
            self.cache[language] = _read(language)
        return self.cache[language]


def _read(language: str) -> NullTranslations:
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def chosen_locale() -> Locale:
    """The language in the reader's cookie, if we speak it."""
    chosen = request.cookies.get(COOKIE, DEFAULT)
    return LOCALES[chosen if chosen in LANGUAGES else DEFAULT]


def current_language() -> str:
    locale = get_locale()
    return locale.language if locale else DEFAULT


def remember_language(response: Response, language: str, secure: bool) -> Response:
    """Keep the reader's choice in a cookie of its own."""
    if language in LANGUAGES:
        response.set_cookie(COOKIE, language, max_age=A_YEAR, secure=secure, httponly=True, samesite="Lax")
    return response


def in_language(text: Text | None) -> str:
    """A text of a bank in the language of the page."""
    return text.in_(current_language()) if text else ""


def init_app(app: Flask) -> None:
    babel = Babel(app, default_locale=DEFAULT, locale_selector=chosen_locale)
    babel.domain_instance = catalogues = Catalogues()
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda text: catalogues.get_translations().ugettext(text),
        ngettext=lambda one, many, number: catalogues.get_translations().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.filters["t"] = in_language
    app.jinja_env.globals.update(LANGUAGES=LANGUAGES, current_language=current_language)
