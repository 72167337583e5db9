"""Putting a bank, or another file, in its place whole or not at all."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from zelfscan.banks.exchange.report import ExchangeError

WIDTH = 120


class _Dumper(yaml.SafeDumper):
    """Writes YAML as banks have it: no anchors and aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Return True: the same text twice is written twice."""
        return True


def as_yaml(content: Mapping[str, Any]) -> str:
    """Return the content of a bank as YAML, with a text on one line."""
    text: str = yaml.dump(
        content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=None
    )
    return text


def write(path: Path, content: bytes, force: bool) -> None:
    """Write a file: first beside it, then under its own name, so that nobody ever finds half of it.

    Args:
        path: the file.
        content: what goes in it.
        force: whether a file that is there may be replaced.

    Raises:
        ExchangeError: there is a file already, or it cannot be written.
    """
    if path.exists() and not force:
        raise ExchangeError("exists", file=path)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        _write_new(beside, content)
        _put(beside, path, force)
    except FileExistsError:
        raise ExchangeError("exists", file=path) from None
    except OSError as error:
        raise ExchangeError("not_written", file=path, reason=error.strerror or type(error).__name__) from None
    finally:
        with suppress(OSError):
            beside.unlink()


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _put(beside: Path, path: Path, force: bool) -> None:
    """Give the file its name; without `force` as a link, which fails when somebody else was first.

    A disk without links gets it after one more look.
    """
    if not force:
        with suppress(PermissionError, NotImplementedError):
            os.link(beside, path)
            return
        if path.exists():
            raise FileExistsError
    os.replace(beside, path)
