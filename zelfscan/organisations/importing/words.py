"""What the commands about the structure and accounts of an organisation say, from `words.yaml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from zelfscan.banks.exchange.report import one_line

SOURCE = Path(__file__).with_name("words.yaml")


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Every sentence by its key, in each language."""
    content: dict[str, dict[str, str]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return content


def say(key: str, language: str, /, **values: object) -> str:
    """The sentence `key` in Dutch (`nl`) or English (`en`), with `values` in its places, each safe for any terminal."""
    return texts()[key][language].format_map({name: one_line(str(value)) for name, value in values.items()})
