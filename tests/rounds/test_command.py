"""The command that opens a round."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support import World, bank_text
from zelfscan.cli import cli


@pytest.fixture(autouse=True)
def environment(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZELFSCAN_DATA_DIR", str(sqlite_world.installation.settings.data_dir))


def opened(title: str, *banks: str) -> str:
    asked = [word for bank in banks for word in ("--bank", bank)]
    result = CliRunner().invoke(cli, ["round", "open", "--organisation", "Testzorg", "--title", title, *asked])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_bank_that_changed_since_the_last_round_is_told(tmp_path: Path) -> None:
    bank = tmp_path / "mini.yaml"
    bank.write_text(bank_text("mini").replace("minutes: 2", "minutes: 3"), encoding="utf-8")
    lines = opened("Herhaling", str(bank)).splitlines()
    assert lines[0] == "mini has changed since the last round that asked it:"
    assert "  ~ (the bank itself): minutes" in lines
    assert lines[-1].endswith("is open.")


def test_a_bank_that_is_the_same_or_new_needs_no_word(tmp_path: Path) -> None:
    bank = tmp_path / "mini.yaml"
    bank.write_text(bank_text("mini"), encoding="utf-8")
    assert len(opened("Herhaling", str(bank), "digitype").splitlines()) == 1


def test_a_bank_may_pick_from_the_library_that_ships(tmp_path: Path) -> None:
    bank = tmp_path / "help.yaml"
    pick = "      - {skill: inloggen-toestel}\n      - {id: waarom"
    bank.write_text(bank_text("help").replace("      - {id: waarom", pick), encoding="utf-8")
    assert len(opened("Eigen", str(bank)).splitlines()) == 1
