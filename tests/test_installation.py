"""Opening an installation: the secrets have to be those of its database."""

from pathlib import Path
from shutil import copytree

import pytest

from zelfscan.config import Settings, SettingsError, secrets_file
from zelfscan.db import DatabaseError
from zelfscan.digitypes.store import ModelError
from zelfscan.installation import initialise, open_installation
from zelfscan.serving import require_ready


def test_an_installation_opens_again_with_its_own_secrets(settings: Settings) -> None:
    initialise(settings)
    first = open_installation(settings)
    first.database.close()
    again = open_installation(settings)
    again.database.close()
    assert (first.salt, first.secrets) == (again.salt, again.secrets)


def test_other_secrets_are_refused_before_anything_is_served(settings: Settings) -> None:
    initialise(settings)
    opened = open_installation(settings)
    opened.database.close()
    file, pepper = secrets_file(settings), opened.secrets.pepper
    old = file.read_text(encoding="utf-8")
    file.write_text(old.replace(pepper, pepper[::-1]), encoding="utf-8")
    with pytest.raises(SettingsError, match="put back the file from the backup"):
        open_installation(settings)
    file.write_text(old, encoding="utf-8")
    open_installation(settings).database.close()


def test_a_service_does_not_start_with_a_wrong_model(sqlite_settings: Settings, tmp_path: Path) -> None:
    initialise(sqlite_settings)
    require_ready(sqlite_settings)
    models = copytree(sqlite_settings.models_dir, tmp_path / "models")
    (models / "digitype.skops").write_bytes(b"no model")
    with pytest.raises(ModelError, match="digitype"):
        require_ready(sqlite_settings.model_copy(update={"models_dir": models}))


def test_a_service_does_not_start_without_tables(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    initialise(settings)
    with pytest.raises(DatabaseError, match="zelfscan init"):
        require_ready(settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'empty.sqlite'}"}))
