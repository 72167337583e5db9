"""The page about exchange names every format, every option and every limit as they are."""

from pathlib import Path

import pytest

from zelfscan.banks.exchange import reading, workbook
from zelfscan.banks.exchange.command import FORMATS, TARGETS, import_

GUIDE = (Path(__file__).parents[3] / "docs" / "exchange.md").read_text(encoding="utf-8")
ONE_LINE = " ".join(GUIDE.split())


@pytest.mark.parametrize("name", [*FORMATS, *TARGETS])
def test_every_format_is_named(name: str) -> None:
    assert name in GUIDE


def test_every_option_of_import_is_named() -> None:
    options = {option for parameter in import_.params for option in parameter.opts if option.startswith("--")}
    assert [option for option in sorted(options) if option not in GUIDE] == []


def test_the_limits_are_those_that_hold() -> None:
    assert f"at most {reading.MAX_SIZE // 1024**2} MiB" in ONE_LINE
    assert f"at most {workbook.MAX_UNPACKED // 1024**2} MiB and a million elements" in ONE_LINE
    assert workbook.MAX_TAGS == 1_000_000
    for count, what in (
        (reading.MAX_ROWS, "rows"),
        (reading.MAX_COLUMNS, "columns"),
        (reading.MAX_QUESTIONS, "questions"),
        (reading.MAX_CELL, "characters"),
        (reading.MAX_DEPTH, "levels"),
    ):
        assert f"{count:,} {what}" in ONE_LINE
