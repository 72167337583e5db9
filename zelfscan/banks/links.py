"""The outside addresses that a bank or a material may point to: a closed list, so that no text leads elsewhere."""

import re
from collections.abc import Iterator

ADDRESSES = (
    "https://www.digivaardigindezorg.nl/",
    "https://www.vilans.nl/wat-doen-we/digivaardig-in-de-zorg",
    "https://digivitaler.nl/",
    "https://www.digisterker.nl/",
    "https://www.seniorweb.nl/",
    "https://www.steffie.nl/",
    "https://helpdeskdigitalezorg.nl/",
    "https://digihulp.nl/digihulplijn/",
    "https://www.thuisarts.nl/",
    "https://www.apotheek.nl/",
    "https://www.pgo.nl/",
    "https://www.allemaal-digitaal.nl/",
    "https://www.pharos.nl/",
    "https://www.sigra.nl/",
    "https://www.leernetwerkdigitalezorg.nl/",
    "https://www.goodhabitz.com/nl-nl/",
    "https://www.newheroes.com/nl/",
    "https://www.burostrakz.nl/",
    "https://ecp.nl/",
    "https://www.telmeemettaal.nl/",
)
"""Public pages on digital skills, and places to get help with them."""

LINK = re.compile(r"\b(?:[a-z][a-z+.-]{0,30}://|www\.)[^\s<>\"'`]+", re.IGNORECASE)
PUNCTUATION = ".,;:!?)]}"

_KNOWN = frozenset(address.rstrip("/") for address in ADDRESSES)


def is_known(link: str) -> bool:
    """Return whether `link` is one of `ADDRESSES`, with or without the slash at its end."""
    return link.rstrip("/") in _KNOWN


def unknown_links(text: str) -> Iterator[str]:
    """Yield the addresses in a running text that are not in the list; `www.` alone counts as an address."""
    for found in LINK.finditer(text):
        link = found.group().rstrip(PUNCTUATION)
        if not is_known(link if "://" in link else f"https://{link}"):
            yield link
