"""Files that only their owner can read: with first passwords, or with the addresses of an export."""

from collections.abc import Mapping
from pathlib import Path

from zelfscan.banks.exchange.spreadsheet import Table, comma_separated
from zelfscan.config import write_private
from zelfscan.errors import ClearError
from zelfscan.organisations.importing.words import say


def require_free(path: Path | None, language: str) -> None:
    """Raise ClearError when there is a file with this name already."""
    if path is not None and (path.exists() or path.is_symlink()):
        raise ClearError(say("file_exists", language, path=path))


def write_new(path: Path, content: bytes, language: str) -> None:
    """Write a file that only its owner can read, whole or not at all.

    Raises:
        ClearError: there is a file with this name already, or it cannot be written.
    """
    require_free(path, language)
    try:
        write_private(path, content)
        if path.read_bytes() != content:
            raise ClearError(say("file_exists", language, path=path))
    except OSError as error:
        raise ClearError(say("not_written", language, path=path, reason=error.strerror or error)) from None


def write_passwords(path: Path, passwords: Mapping[str, str], language: str) -> None:
    """Write a .csv with the password of each address; raises as `write_new`."""
    headings = [say(column, language) for column in ("email", "password")]
    write_new(path, comma_separated(Table("passwords", headings, list(passwords.items()))), language)
