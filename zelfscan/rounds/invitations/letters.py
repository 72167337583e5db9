"""The words of an invitation: as a mail, and as letters on paper (A4), each made when it goes out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from functools import cache

import segno
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from zelfscan.paper.document import to_pdf
from zelfscan.rounds.invitations.mail import Parcel, message
from zelfscan.rounds.invitations.models import PersonalInvitation
from zelfscan.rounds.invitations.queries import Occasion
from zelfscan.rounds.invitations.tokens import Tokens


@dataclass(frozen=True)
class Post:
    """Makes mails and letters of one round.

    Args:
        tokens: what the links are derived with.
        base_url: address of the service.
        occasion: what each of them tells.
        reminder: whether it goes to people who had an invitation before.
    """

    tokens: Tokens
    base_url: str
    occasion: Occasion
    reminder: bool = False

    def link(self, one: PersonalInvitation) -> str:
        """The personal link: it is in the mail or letter, and is kept nowhere."""
        return f"{self.base_url}/s/{self.tokens.token(one.id)}"

    def parcels(self, sender: Address, people: Iterable[PersonalInvitation]) -> list[Parcel]:
        """A message for each of these people, who all have an address."""
        return [self._parcel(sender, one, one.email) for one in people if one.email]

    def _parcel(self, sender: Address, one: PersonalInvitation, to: str) -> Parcel:
        subject, _, text = self._rendered(
            f"mail_{one.language}.txt",
            link=self.link(one),
            team=self.occasion.teams[one.unit_id],
            base_url=self.base_url,
        ).partition("\n")
        return Parcel(one, message(sender, to, subject, text))

    def letters_html(self, people: Iterable[PersonalInvitation], language: str) -> str:
        """Letters for these people as one page, sorted by team, and in it by address or number."""
        letters = sorted((self._letter(one) for one in people), key=lambda letter: (letter.team, letter.who))
        return self._rendered("letters.html", letters=letters, language=language)

    def letters_pdf(self, people: Iterable[PersonalInvitation], language: str) -> bytes:
        """The same as a PDF on A4, tagged for screen readers.

        Raises:
            PaperError: Pango is not on this computer, or no font is.
        """
        return to_pdf(self.letters_html(people, language), language)

    def _letter(self, one: PersonalInvitation) -> "Letter":
        link = self.link(one)
        qr = str(segno.make(link, error="m").svg_data_uri(scale=5, border=2))
        who = " · ".join(filter(None, (one.number, one.email)))
        return Letter(who, self.occasion.teams[one.unit_id], one.language, link, qr)

    def _rendered(self, template: str, **values: object) -> str:
        return _environment().get_template(template).render(occasion=self.occasion, reminder=self.reminder, **values)


@dataclass(frozen=True)
class Letter:
    """A letter to one person: employee number or address, team, language, link and its QR code."""

    who: str
    team: str
    language: str
    link: str
    qr: str


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("zelfscan.rounds.invitations"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def without_mail(people: Sequence[PersonalInvitation]) -> list[PersonalInvitation]:
    """Those who can be reached by a letter alone."""
    return [one for one in people if not one.email]
