"""The words of the report and of the table, in Dutch and in English."""

from functools import cache
from importlib.resources import files

import yaml


@cache
def messages() -> dict[str, dict[str, str]]:
    """Return every message and word by code and language, from `messages.yaml` beside this module."""
    text = files(__package__).joinpath("messages.yaml").read_text(encoding="utf-8")
    content: dict[str, dict[str, str]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return content


def told(code: str, language: str) -> str:
    """Return the message or word of a code, in Dutch (`nl`) or else in English."""
    return messages()[code]["nl" if language == "nl" else "en"]
