"""Reading YAML: values as an author means them, with their places."""

import pytest

from zelfscan.banks.document import Mark, Misread
from zelfscan.banks.source import read


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("tekst", "tekst"),
        ("'010'", "010"),
        ('"no"', "no"),
        ("nee", "nee"),
        ("=", "="),
        ("8", 8),
        ("-8", -8),
        ("0.25", 0.25),
        ("true", True),
        ("off", False),
        ("~", None),
        ("", None),
        ("010", Misread("010")),
        ("0x1F", Misread("0x1F")),
        ("1_000", Misread("1_000")),
        ("12:30", Misread("12:30")),
        (".inf", Misread(".inf")),
        ("12345678901", Misread("12345678901")),
        ("2026-01-31", Misread("2026-01-31")),
        ("[1, a]", [1, "a"]),
        ("{b: 1}", {"b": 1}),
        (">-\n  twee\n  regels", "twee regels"),
    ],
)
def test_a_value_is_read_as_an_author_means_it(written: str, value: object) -> None:
    document = read(f"a: {written}\n")
    assert document.faults == []
    assert document.root is not None
    assert document.root.data() == {"a": value}


def test_places_are_counted_from_1_and_fall_back_to_what_is_around() -> None:
    document = read("themes:\n  - id: t\n    title: {nl: Een, en: One}\n")
    assert document.mark(("themes", 0, "title", "en")) == Mark(3, 26)
    assert document.key_mark(("themes", 0, "title", "en")) == Mark(3, 22)
    assert document.mark(("themes", 0, "questions")) == Mark(2, 5)
    assert document.key_mark(("themes", 0, "questions")) == Mark(2, 5)
    assert document.mark(("levels", 7)) == Mark(1, 1)


def test_a_path_names_what_has_an_id_and_numbers_the_rest() -> None:
    document = read("themes: [{id: t, questions: [{text: x}]}]\nis: 1\n")
    assert document.describe(("themes", 0, "questions", 0, "text")) == "themes[t].questions[#1].text"
    assert document.describe(("is", 0)) == "is"
    assert document.describe(()) == ""


def test_a_field_is_renamed_only_to_a_free_name() -> None:
    document = read("a: {tekst: 1, id: 2}\n")
    assert not document.rename(("a", "tekst"), "id")
    assert not document.rename(("a", "weg"), "text")
    assert document.rename(("a", "tekst"), "text")
    assert document.root is not None
    assert document.root.data() == {"a": {"id": 2, "text": 1}}


def test_an_escaped_control_character_is_a_fault_as_well() -> None:
    (fault,) = read('a: "b\\0c"\n').faults
    assert (fault.mistake.code, fault.mistake.params) == ("control_character", {"character": "U+0000"})
