"""Versions of a bank: what changed, and which questions can be compared."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from zelfscan.banks.command import bank as command
from zelfscan.banks.loader import parse_bank
from zelfscan.banks.schema import Bank
from zelfscan.banks.versions import Change, changes, comparable

MINI = (Path(__file__).parent / "help.yaml").read_text(encoding="utf-8")
OPENEN = "- {id: openen, text: {nl: Ik kan een app openen., en: I can open an app.}, kind: scale, scale: can}"
ZOEKEN = "- {id: zoeken, text: {nl: Ik kan een app zoeken., en: I can find an app.}, kind: scale, scale: can}"
ALL = ("apps.openen", "apps.zoeken", "apps.waarom")


def version(*changed: tuple[str, str]) -> Bank:
    """The bank with some words replaced by others."""
    text = MINI
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    return parse_bank(text, "help.yaml")


def test_the_same_version_has_no_changes() -> None:
    assert changes(version(), version(("bank: help", "bank:   help"))) == ()
    assert comparable(version(), version()) == ALL


@pytest.mark.parametrize(
    ("old", "new", "change", "kept"),
    [
        (OPENEN, OPENEN.replace("}, kind", "}, basic: true, kind"), Change("changed", "apps.openen", ("basic",)), ALL),
        (OPENEN, OPENEN.replace("nl: Ik", "nl: Ook ik"), Change("changed", "apps.openen", ("text",)), ALL[1:]),
        (
            OPENEN,
            OPENEN.replace("kind", "reverse: true, kind"),
            Change("changed", "apps.openen", ("reverse",)),
            ALL[1:],
        ),
        ("title: {nl: Apps,", "title: {nl: Programma's,", Change("changed", "apps", ("title",)), ALL),
        ("minutes: 1", "minutes: 2", Change("changed", "", ("minutes",)), ALL),
        ("label: {nl: Bijna", "label: {nl: Haast", Change("changed", "", ("scales",)), ("apps.waarom",)),
        ("      " + OPENEN + "\n", "", Change("removed", "apps.openen"), ALL[1:]),
        ("id: openen", "id: starten", Change("added", "apps.starten"), ALL[1:]),
        (
            OPENEN + "\n      " + ZOEKEN,
            ZOEKEN + "\n      " + OPENEN,
            Change("changed", "apps", ("order",)),
            (ALL[1], ALL[0], ALL[2]),
        ),
    ],
)
def test_each_change_is_named_and_only_the_same_questions_are_compared(
    old: str, new: str, change: Change, kept: tuple[str, ...]
) -> None:
    found = version((old, new))
    assert change in changes(version(), found)
    assert comparable(version(), found) == kept


def test_the_command_says_what_changed(tmp_path: Path) -> None:
    for folder, text in (("old", MINI), ("new", MINI.replace("minutes: 1", "minutes: 2").replace(OPENEN, ""))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "help.yaml").write_text(text, encoding="utf-8")
    paths = [str(tmp_path / "old" / "help.yaml"), str(tmp_path / "new" / "help.yaml")]
    printed = CliRunner().invoke(command, ["diff", *paths, "--language", "en"]).output
    assert printed.splitlines() == [
        "~ (the bank itself): minutes",
        "- apps.openen",
        "Can be compared: 2 of 2 questions.",
    ]
    read = json.loads(CliRunner().invoke(command, ["diff", *paths, "--json"]).output)
    assert read["comparable"] == ["apps.zoeken", "apps.waarom"]
    assert {one["place"] for one in read["changes"]} == {"", "apps.openen"}


def test_a_wrong_bank_is_told_with_its_place(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["diff", str(tmp_path / "weg.yaml"), str(tmp_path / "weg.yaml")])
    assert result.exit_code == 1
    assert "weg.yaml:1:1" in result.stderr
