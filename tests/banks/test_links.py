"""The closed list of outside addresses."""

import pytest

from zelfscan.banks.links import ADDRESSES, is_known, unknown_links


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_listed_address_is_known_with_and_without_its_last_slash(address: str) -> None:
    assert address.startswith("https://")
    assert is_known(address)
    assert is_known(address.rstrip("/"))


@pytest.mark.parametrize(
    "link",
    [
        "http://www.steffie.nl/",
        "https://steffie.nl.evil.example/",
        "https://www.steffie.nl/deep/page",
        "https://www.steffie.nl@evil.example/",
        "javascript:alert(1)",
        "ftp://www.steffie.nl/",
        "",
    ],
)
def test_anything_else_is_not(link: str) -> None:
    assert not is_known(link)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Geen adres, wel een punt.", []),
        ("Kijk op https://www.steffie.nl/, of op www.pgo.nl!", []),
        ("(zie https://digivitaler.nl)", []),
        ("Kijk op http://example.org/a?b=c.", ["http://example.org/a?b=c"]),
        ("WWW.EXAMPLE.ORG en HTTPS://EXAMPLE.ORG", ["WWW.EXAMPLE.ORG", "HTTPS://EXAMPLE.ORG"]),
    ],
)
def test_addresses_in_a_running_text_are_found(text: str, unknown: list[str]) -> None:
    assert list(unknown_links(text)) == unknown


def test_a_long_text_without_spaces_is_searched_too() -> None:
    text = "a" * 200_000 + " " + "a.-" * 70_000 + " https://elders.example"
    assert list(unknown_links(text)) == ["https://elders.example"]
