"""The fixed words of commands, from `words.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from zelfscan.banks.exchange.report import one_line

SOURCE = Path(__file__).with_name("words.yaml")


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    content: dict[str, dict[str, str]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return content


def say(key: str, language: str, /, **values: object) -> str:
    """The text `key` in Dutch (`nl`) or else in English, with `values` in its places, each safe for any terminal."""
    shown = {name: _shown(value) for name, value in values.items()}
    return _texts()[key]["nl" if language == "nl" else "en"].format_map(shown)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else one_line(str(value))
