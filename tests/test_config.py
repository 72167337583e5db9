"""Settings and secrets: clear errors, nothing secret by default."""

import stat
from pathlib import Path

import pytest

from zelfscan.config import (
    Settings,
    SettingsError,
    create_secrets,
    load_secrets,
    private_folder,
    secrets_file,
    write_private,
)

DOCS = Path(__file__).parents[1] / "docs"


def test_settings_come_from_the_environment() -> None:
    settings = Settings.from_environment({"ZELFSCAN_DATA_DIR": "/srv/scan", "ZELFSCAN_WORKERS": "4", "HOME": "/x"})
    assert settings.data_dir == Path("/srv/scan")
    assert settings.workers == 4
    assert settings.database == "sqlite:////srv/scan/zelfscan.sqlite"


def test_every_wrong_setting_is_named_at_once() -> None:
    given = {"ZELFSCAN_DATABASE_URI": "x", "ZELFSCAN_WORKERS": "many", "ZELFSCAN_DRAFT_DAYS": "400"}
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(given)
    words = str(caught.value)
    assert "did you mean ZELFSCAN_DATABASE_URL?" in words
    assert "ZELFSCAN_WORKERS" in words
    assert "ZELFSCAN_DRAFT_DAYS" in words


def test_production_needs_https() -> None:
    with pytest.raises(SettingsError, match="https"):
        Settings.from_environment({"ZELFSCAN_PRODUCTION": "1"})
    assert Settings.from_environment({"ZELFSCAN_PRODUCTION": "1", "ZELFSCAN_BASE_URL": "https://scan.example"}).secure


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().workers = 3  # type: ignore[misc]


def test_every_setting_is_documented() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert not [name for name in Settings.model_fields if f"`ZELFSCAN_{name.upper()}`" not in page]


def test_secrets_are_made_once_for_the_service_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    made = create_secrets(settings)
    assert create_secrets(settings) == made
    assert stat.S_IMODE(secrets_file(settings).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700
    assert made.session not in repr(made) + str(made)


def test_two_installations_share_no_secret(tmp_path: Path) -> None:
    first, second = (create_secrets(Settings(data_dir=tmp_path / name)) for name in "ab")
    assert {first.session, first.pepper}.isdisjoint({second.session, second.pepper})


def test_missing_open_or_damaged_secrets_get_a_clear_error(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with pytest.raises(SettingsError, match="zelfscan init"):
        load_secrets(settings)
    create_secrets(settings)
    secrets_file(settings).chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_secrets(settings)
    secrets_file(settings).chmod(0o600)
    secrets_file(settings).write_text('{"session": "half')
    with pytest.raises(SettingsError, match="damaged"):
        load_secrets(settings)


def test_a_private_file_is_not_written_over(tmp_path: Path) -> None:
    path = private_folder(tmp_path / "keys") / "a"
    write_private(path, b"first")
    write_private(path, b"second")
    assert path.read_bytes() == b"first"
    assert [file.name for file in path.parent.iterdir()] == ["a"]
