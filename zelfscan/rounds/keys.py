"""Files with the rounds' private keys: outside the database, one a round, gone after closing."""

import os
from pathlib import Path
from typing import BinaryIO

from zelfscan.config import Settings, private_folder, write_private
from zelfscan.errors import ClearError


class KeyMissing(ClearError):
    """A round's private key is gone, so its ballots cannot be counted; the message says where it should be."""


def key_file(settings: Settings, round_id: str) -> Path:
    return settings.keys / f"round-{round_id}.pem"


def store_key(settings: Settings, round_id: str, private: bytes) -> None:
    private_folder(settings.keys)
    write_private(key_file(settings, round_id), private)


def read_key(settings: Settings, round_id: str) -> bytes:
    """The private key of an open round.

    Raises:
        KeyMissing: there is no such file.
    """
    path = key_file(settings, round_id)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise KeyMissing(f"{path}: the key of this round is missing; put it back from your backup") from None


def destroy_key(settings: Settings, round_id: str) -> None:
    """Overwrite and remove the key, so that ballots left in a backup open no more. Harmless when it is gone."""
    destroy_file(key_file(settings, round_id))


def destroy_file(path: Path) -> None:
    """Overwrite and remove a file. Harmless when it is gone."""
    if path.exists():
        with path.open("r+b") as file:
            overwrite(file)
        path.unlink()


def overwrite(file: BinaryIO) -> None:
    """Write zeros over the whole content of an open file, down to the disk."""
    file.write(bytes(os.fstat(file.fileno()).st_size))
    file.flush()
    os.fsync(file.fileno())
