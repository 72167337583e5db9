"""Opening an installation: the secrets have to be those of its database."""

import pytest

from zelfscan.config import Settings, SettingsError, secrets_file
from zelfscan.installation import initialise, open_installation


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
