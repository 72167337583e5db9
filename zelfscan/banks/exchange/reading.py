"""Reading a file of unknown origin within bounds, and telling which format it has."""

from pathlib import Path
from typing import NamedTuple

from zelfscan.banks.exchange.report import ExchangeError, Place

MAX_SIZE = 8 * 1024**2
"""Bytes of a file at most; a questionnaire of a thousand questions has less than one."""

MAX_ROWS = 20_000
"""Rows of a sheet or lines of a file at most."""
MAX_QUESTIONS = 3000
"""Questions of a questionnaire at most."""
MAX_COLUMNS = 300
MAX_CELL = 20_000
"""Characters of a text at most."""
MAX_DEPTH = 60
"""Elements, groups or lists in each other at most."""

ZIP, OLD_EXCEL, UTF_16 = b"PK", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")


class Format(NamedTuple):
    """A format that can be imported: its name on the command line, the ending of its files and how they begin."""

    name: str
    endings: tuple[str, ...]
    begins: str = ""


FORMATS = (
    Format("xlsform", (".xlsx",)),
    Format("limesurvey-txt", (".txt", ".tsv")),
    Format("limesurvey-lss", (".lss", ".xml"), "<"),
    Format("surveyjs", (".json",), "{"),
    Format("redcap", (".csv",)),
)


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Raises:
        ExchangeError: it cannot be read, is empty, or has more than `MAX_SIZE` bytes.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SIZE + 1)
    except (OSError, ValueError) as error:
        raise ExchangeError("unreadable", file=path, reason=getattr(error, "strerror", None) or error) from None
    if len(content) > MAX_SIZE:
        raise ExchangeError("too_large", file=path, limit=MAX_SIZE // 1024**2)
    if not content.strip():
        raise ExchangeError("empty", file=path)
    return content


def format_of(path: Path, content: bytes, named: str | None) -> str:
    """Return the format of a file: the one that was named, or the one that its ending says.

    Raises:
        ExchangeError: no format has this ending, or the content is something else.
    """
    found = next(
        (one for one in FORMATS if (path.suffix.lower() in one.endings if named is None else one.name == named)), None
    )
    if content.startswith(OLD_EXCEL):
        raise ExchangeError("old_excel", file=path)
    if found is None:
        raise ExchangeError("unknown_format", file=path, formats=[one.name for one in FORMATS])
    is_zip = content.startswith(ZIP)
    begins = content[:200].decode("utf-8-sig", "ignore").lstrip()
    fits = is_zip if found.name == "xlsform" else not is_zip and begins.startswith(found.begins)
    if not fits and not content.startswith(UTF_16):
        raise ExchangeError("wrong_content", file=path, format=found.name)
    return found.name


def decoded(content: bytes) -> str:
    """Return the text of a file.

    Raises:
        ExchangeError: it is not UTF-8, with the line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExchangeError("not_utf8", Place(line=content.count(b"\n", 0, error.start) + 1)) from None
    if "\0" in text:
        raise ExchangeError("not_utf8", Place(line=text.count("\n", 0, text.index("\0")) + 1))
    return text
