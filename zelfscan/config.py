"""Settings from the environment, and the secrets that are made on first start."""

import difflib
import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from zelfscan.errors import ClearError

PREFIX = "ZELFSCAN_"
ROOT = Path(__file__).resolve().parent
SHIPPED = ROOT / "shipped" if (ROOT / "shipped").is_dir() else ROOT.parent
SHIPPED_BANKS = SHIPPED / "question_banks"


class SettingsError(ClearError):
    """A setting or a secret is missing or wrong; the message says which, and how to mend it."""


class Settings(BaseModel):
    """Everything that an installation can choose, read once from the environment (`ZELFSCAN_<NAME>`).

    docs/settings.md describes each field; a test holds the two together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Path = Field(Path("data"), description="Folder for the database, secrets and round keys.")
    database_url: str = Field("", description="SQLAlchemy address; empty: SQLite in the data folder.")
    base_url: str = Field("http://localhost:8000", pattern=r"^https?://[^/\s]+$")
    banks_dir: Path = SHIPPED_BANKS
    models_dir: Path = SHIPPED / "models"
    keys_dir: Path | None = None
    production: bool = False
    draft_days: int = Field(30, ge=1, le=30)
    log_days: int = Field(365, ge=1, le=1825)
    workers: int = Field(2, ge=1, le=64)
    login_limit: str = "10 per 5 minutes"
    code_limit: str = "20 per 5 minutes"
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    metrics: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from variables that start with `ZELFSCAN_`.

        Raises:
            SettingsError: an unknown variable or a value that cannot be used; names all of them.
        """
        given = {k.removeprefix(PREFIX).lower(): v for k, v in environ.items() if k.startswith(PREFIX)}
        given = {k: v for k, v in given.items() if not k.startswith("test_")}
        problems = [_unknown(name) for name in given if name not in cls.model_fields]
        try:
            settings = cls.model_validate({k: v for k, v in given.items() if k in cls.model_fields})
        except ValidationError as error:
            problems += [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
        if problems:
            raise SettingsError("\n".join([*problems, "docs/settings.md describes each setting."]))
        return settings._checked()

    def _checked(self) -> Self:
        if self.production and not self.secure:
            raise SettingsError(
                f"{PREFIX}BASE_URL: production needs an https address; "
                f"set {PREFIX}BASE_URL=https://your.address or leave {PREFIX}PRODUCTION out"
            )
        return self

    @property
    def database(self) -> str:
        """Address of the database: the given one, or SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'zelfscan.sqlite'}"

    @property
    def keys(self) -> Path:
        """Folder of the rounds' private keys: outside the database, so that a dump opens no ballot."""
        return self.keys_dir or self.data_dir / "keys"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the service over https, so that cookies are kept to https."""
        return self.base_url.startswith("https://")

    @property
    def bank_folders(self) -> tuple[Path, ...]:
        """Folders whose materials and skills every bank can refer to: those that ship, then the banks folder."""
        own = (self.banks_dir,) if self.banks_dir.resolve() != SHIPPED_BANKS.resolve() else ()
        return (SHIPPED_BANKS, *own)

    def shipped_bank(self, bank: str) -> Path:
        """Path of a bank by its id: in the banks folder, or else among those that ship."""
        own = self.banks_dir / f"{bank}.yaml"
        return own if own.is_file() else SHIPPED_BANKS / f"{bank}.yaml"

    def bank_file(self, name: str) -> Path:
        """Path of the bank that a command is given: a file, or the id of a bank in the banks folder."""
        path = Path(name)
        return path if path.suffix in (".yaml", ".yml") or path.is_file() else self.shipped_bank(name)


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, Settings.model_fields, n=1)
    hint = f"did you mean {PREFIX}{close[0].upper()}?" if close else "remove it"
    return f"{PREFIX}{name.upper()}: there is no such setting; {hint}"


class Secrets(BaseModel):
    """What the installation keeps outside the database: `session` signs cookies, `pepper` goes into codes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    session: str = Field(min_length=43)
    pepper: str = Field(min_length=43)

    def __repr__(self) -> str:
        return "Secrets(...)"

    __str__ = __repr__

    @property
    def pepper_bytes(self) -> bytes:
        return self.pepper.encode()


def secrets_file(settings: Settings) -> Path:
    """Where the secrets are kept: a file that only the service can read."""
    return settings.data_dir / "secrets.json"


def create_secrets(settings: Settings) -> Secrets:
    """Make the secrets file, unless it is there already; two starts at once agree on one file."""
    private_folder(settings.data_dir)
    made = Secrets(session=secrets.token_urlsafe(32), pepper=secrets.token_urlsafe(32))
    write_private(secrets_file(settings), made.model_dump_json().encode())
    return load_secrets(settings)


def load_secrets(settings: Settings) -> Secrets:
    """Read the secrets.

    Raises:
        SettingsError: the file is missing, open to others, or damaged.
    """
    path = secrets_file(settings)
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(f"{path}: other users can read this file; run: chmod 600 {path}")
        return Secrets.model_validate(json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: the secrets are missing; run `zelfscan init` for a new installation, or put back the "
            "file from your backup: without it no personal code opens an outcome"
        ) from None
    except ValueError:
        raise SettingsError(f"{path}: damaged; put back the file from your backup") from None


def private_folder(path: Path) -> Path:
    """Make a folder that only the service can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(PermissionError):
        path.chmod(0o700)
    return path


def write_private(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by the service only; an existing file stays as it is."""
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
