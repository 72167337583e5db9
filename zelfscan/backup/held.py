"""The second file: secrets and keys of open rounds, sealed under a passphrase."""

import base64
import json
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from zelfscan.backup.archive import new_file
from zelfscan.backup.words import BackupError
from zelfscan.config import Secrets, Settings, load_secrets
from zelfscan.privacy.code import KEY_LENGTH
from zelfscan.privacy.custody import (
    ARGON2_ITERATIONS,
    ARGON2_LANES,
    ARGON2_MEMORY,
    SALT_SIZE,
    WeakPassphrase,
    normal_passphrase,
    require_strength,
)
from zelfscan.privacy.sealing import SealError, open_sealed, seal

FORMAT = "zelfscan secrets 1"
SMALLEST = 64 * 1024
"""Bytes before sealing: the next power of two from here, so that the length does not tell how many rounds are open."""
LARGEST = 64 * 1024 * 1024
KEY_FILE = re.compile(r"round-([0-9a-f]{32})(\.pem|-[12]-[a-z0-9-]{0,80}\.share)")
"""Names of the files in the keys folder; a name that leads elsewhere is none."""


@dataclass(frozen=True)
class Held:
    """What belongs to a database and is not in it.

    Attributes:
        secrets: of the installation.
        files: files of the keys folder, by name.
    """

    secrets: Secrets
    files: Mapping[str, bytes] = field(repr=False)

    def to_json(self) -> bytes:
        files = {name: base64.b64encode(content).decode() for name, content in self.files.items()}
        return json.dumps({"secrets": self.secrets.model_dump(), "files": files}).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Raise ValueError, KeyError, TypeError or AttributeError for anything else than `to_json` writes."""
        given = json.loads(text)
        files = {name: base64.b64decode(content, validate=True) for name, content in given["files"].items()}
        if not all(KEY_FILE.fullmatch(name) for name in files):
            raise ValueError("names")
        return cls(Secrets.model_validate(given["secrets"]), files)


def gather(settings: Settings, open_rounds: Collection[str]) -> Held:
    """The secrets of this installation, and the key files of its open rounds.

    Raises:
        SettingsError: the secrets are missing or damaged.
    """
    found = {path: KEY_FILE.fullmatch(path.name) for path in sorted(settings.keys.glob("round-*"))}
    files = {path.name: path.read_bytes() for path, name in found.items() if name and name[1] in open_rounds}
    return Held(load_secrets(settings), files)


def save_held(held: Held, path: Path, passphrase: str) -> None:
    """Write the file with secrets.

    Raises:
        BackupError: the passphrase is too easy to guess, the file is there already, or cannot be written.
    """
    try:
        require_strength(passphrase)
    except WeakPassphrase:
        raise BackupError("weak") from None
    salt, plain = os.urandom(SALT_SIZE), held.to_json()
    size = max(SMALLEST, 1 << (len(plain) + 8).bit_length())
    sealed = seal(_key(passphrase, salt), plain, size, FORMAT.encode())
    content = {"format": FORMAT, "salt": salt.hex(), "sha256": sha256(sealed).hexdigest()}
    with new_file(path) as file:
        file.write(json.dumps(content | {"sealed": base64.b64encode(sealed).decode()}, indent=1).encode())


def load_held(path: Path, passphrase: str) -> Held:
    """Read a file with secrets.

    Raises:
        BackupError: it is damaged, or the passphrase does not open it.
    """
    salt, sealed = _sealed_part(path)
    try:
        plain = open_sealed(_key(passphrase, salt), sealed, FORMAT.encode())
    except SealError:
        raise BackupError("wrong_passphrase", path=path) from None
    try:
        return Held.from_json(plain)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupError("secrets_damaged", path=path) from None


def _sealed_part(path: Path) -> tuple[bytes, bytes]:
    """Salt and sealed content, once their checksum is right."""
    try:
        with path.open("rb") as file:
            given: Any = json.loads(file.read(LARGEST))
        salt, sealed = bytes.fromhex(given["salt"]), base64.b64decode(given["sealed"], validate=True)
        whole = (given["format"], given["sha256"], len(salt)) == (FORMAT, sha256(sealed).hexdigest(), SALT_SIZE)
    except OSError as error:
        raise BackupError("cannot_read", path=path, why=error.strerror) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise BackupError("secrets_damaged", path=path)
    return salt, sealed


def _key(passphrase: str, salt: bytes) -> bytes:
    """Argon2id with the parameters of a custodian's share: who holds the file can try without limit."""
    stretch = Argon2id(
        salt=salt, length=KEY_LENGTH, iterations=ARGON2_ITERATIONS, lanes=ARGON2_LANES, memory_cost=ARGON2_MEMORY
    )
    return stretch.derive(normal_passphrase(passphrase).encode(errors="surrogatepass"))
