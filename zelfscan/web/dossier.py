"""What a works council and a privacy officer want to know of this installation, read from what is in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString, lazy_gettext
from sqlalchemy.orm import Session

from zelfscan.config import Settings
from zelfscan.outcome.services import CODE_SHOWN, OUTCOME_OPEN
from zelfscan.privacy.disclosure import Rules
from zelfscan.rounds.backgrounds import titles_of
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import all_rounds, custodians_of
from zelfscan.web import cookies

_OWN = lazy_gettext("The released numbers of these units. No outcome of anybody.")
ROLES_SEE: dict[str, tuple[LazyString, LazyString]] = {
    "teamleider": (lazy_gettext("Team leader"), _OWN),
    "locatiemanager": (lazy_gettext("Location manager"), _OWN),
    "organisatiemanager": (lazy_gettext("Manager of the organisation"), _OWN),
}
"""Per role of an account: its name, and what it sees."""


@dataclass(frozen=True)
class RoundFacts:
    """What everybody may know of a round; its title is not in it, for that can name a team.

    Attributes:
        backgrounds: titles of the background questions that it asks.
        custodians: who hold the halves of its key; empty when it lies in the keys folder.
        attack: see `zelfscan.rounds.services.attack_figures`; None before closing, and of a round of an older version.
    """

    organisation: str
    opened_on: date
    closed_on: date | None
    minimum: int
    minimum_distribution: int
    invitations_only: bool
    backgrounds: tuple[str, ...]
    custodians: tuple[str, ...]
    attack: dict[str, int | bool | None] | None


@dataclass(frozen=True)
class Dossier:
    """All that the dossier page quotes; texts around it are in its template.

    Attributes:
        floor: the minimums below which no round can be opened.
        open, closed: the open rounds, and of each organisation the round that was closed last.
        database: 'SQLite' or 'PostgreSQL'.
        keys_apart: whether the keys folder lies outside the data folder.
    """

    settings: Settings
    floor: Rules
    open: tuple[RoundFacts, ...]
    closed: tuple[RoundFacts, ...]
    database: str
    keys_apart: bool
    code_minutes: int = int(CODE_SHOWN.total_seconds() // 60)
    outcome_minutes: int = int(OUTCOME_OPEN.total_seconds() // 60)
    done_days: int = cookies.DONE_DAYS


def dossier(session: Session, settings: Settings, language: str) -> Dossier:
    """The dossier of an installation, as it is now."""
    rounds = all_rounds(session)
    closed = sorted((found for found in rounds if found[1].closed_on), key=lambda found: found[1].closed_on or date.min)
    newest = dict(closed)
    return Dossier(
        settings,
        Rules(),
        _different(_facts(session, name, round_, language) for name, round_ in rounds if round_.state == "open"),
        tuple(_facts(session, name, newest[name], language) for name in sorted(newest)),
        "PostgreSQL" if settings.database.startswith("postgresql") else "SQLite",
        not settings.keys.resolve().is_relative_to(settings.data_dir.resolve()),
    )


def _different(found: Iterable[RoundFacts]) -> tuple[RoundFacts, ...]:
    """Rounds that say something else than those before."""
    listed = list(found)
    return tuple(facts for number, facts in enumerate(listed) if facts not in listed[:number])


def _facts(session: Session, organisation: str, round_: Round, language: str) -> RoundFacts:
    return RoundFacts(
        organisation,
        round_.opened_on,
        round_.closed_on,
        round_.minimum,
        round_.minimum_distribution,
        round_.invitations_only,
        tuple(titles_of(round_, language)),
        custodians_of(session, round_.id),
        round_.attack,
    )
