"""The demo: made whole, kept at the second start, and never with fixed passwords."""

import re
from pathlib import Path

import pytest

import zelfscan.demo as demo
from zelfscan.config import Settings, SettingsError
from zelfscan.installation import open_installation
from zelfscan.organisations.queries import organisation_by_name
from zelfscan.organisations.services import sign_in
from zelfscan.rounds.queries import ballot_count, released_groups, rounds_of

SMALL = {"De Wilgenhof": {"Beuk": 9, "Restaurant": 4}, "Het Anker": {"Bakboord": 12, "Steiger": 6}}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(demo, "TREE", SMALL)
    return Settings(data_dir=tmp_path / "data")


def passwords(welcome: str) -> dict[str, str]:
    return dict(re.findall(r"(\S+@demo\.example)\s+(\S+)", welcome))


def test_the_demo_has_two_closed_rounds_and_an_open_one(settings: Settings) -> None:
    welcome = demo.prepare_demo(settings)
    opened = open_installation(settings)
    with opened.database.read() as session:
        organisation = demo.require(organisation_by_name(session, demo.ORGANISATION))
        states = {r.title: r.state for r in rounds_of(session, organisation.id)}
        current, repeat, baseline = rounds_of(session, organisation.id)
        assert ballot_count(session, current.id) > 0
        assert released_groups(session, repeat.id)
        assert released_groups(session, baseline.id)
        assert sign_in(session, "teamleider@demo.example", passwords(welcome)["teamleider@demo.example"])
    opened.database.close()
    assert states == {"Nulmeting": "closed", "Herhaling": "closed", "Meetronde nu": "open"}
    assert f"{settings.base_url}/s/" in welcome
    assert len(passwords(welcome)) == 3


def test_a_second_start_keeps_what_is_there(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    demo.prepare_demo(settings)
    monkeypatch.setattr(demo, "_fill", lambda _: pytest.fail("filled again"))
    again = demo.prepare_demo(settings)
    assert passwords(again) == {}
    assert "new-passwords" in again
    assert len(set(passwords(demo.prepare_demo(settings, new_passwords=True)).values())) == 3


def test_an_interrupted_start_begins_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(demo, "_hold_round", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            demo.prepare_demo(settings)
    assert not settings.data_dir.exists()
    assert "Bakboord" in demo.prepare_demo(settings)


def test_a_folder_with_something_else_is_left_alone(settings: Settings) -> None:
    settings.data_dir.mkdir()
    (settings.data_dir / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError, match="ZELFSCAN_DATA_DIR"):
        demo.prepare_demo(settings)
    assert (settings.data_dir / "thesis.txt").read_text() == "mine"


def test_the_shipped_demo_is_as_large_as_promised() -> None:
    sizes = [size for teams in demo.TREE.values() for size in teams.values()]
    assert len(demo.TREE) == 3
    assert len(sizes) == 14
    assert (min(sizes), max(sizes)) == (4, 30)
