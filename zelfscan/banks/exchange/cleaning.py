"""Texts of other programs as plain words: without HTML, control characters, outside addresses and fill-ins."""

import re
from html import unescape

from yaml.reader import Reader

from zelfscan.banks.exchange.report import Place, Report
from zelfscan.banks.links import unknown_links

TAG = re.compile(r"<(/?)([a-zA-Z!][a-zA-Z0-9]*+)[^<>]*+>")
SPACES = re.compile(r"[ \t\u00a0]+")
LINES = re.compile(r" ?\n[ \n]*")
MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\((?:https?:|mailto:)[^()\s]{1,2000}\)")
LONG_WORD = re.compile(r"\S{501,}+")
LINE_TAGS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
SHOWN_TAGS = frozenset({"img", "video", "audio", "iframe", "input", "object", "embed"})
HIDDEN_TAGS = frozenset({"script", "style"})
ELLIPSIS = "…"
LONGEST_WORD = 500
"""Characters without a space at most: what is longer is no word, and takes long to search for addresses."""


def plain(text: str, place: Place, report: Report) -> str:
    """Return a text without what a bank cannot hold, and report what was taken out.

    Args:
        text: the text as the source has it.
        place: where it is.
        report: gets what was taken out: pictures and the like, layout, addresses that a bank cannot link to.
    """
    words = _without_html(text, place, report)
    words = Reader.NON_PRINTABLE.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    words = _without_long_words(words, place, report)
    words = _without_links(MARKDOWN_LINK.sub(r"\1", words), place, report)
    return LINES.sub("\n", SPACES.sub(" ", words)).strip()


def _without_html(text: str, place: Place, report: Report) -> str:
    if "<" not in text and "&" not in text:
        return text
    for tag in HIDDEN_TAGS:
        text = _without_element(text, tag)
    tags = {found.group(2).lower() for found in TAG.finditer(text)}
    for tag in sorted(tags & SHOWN_TAGS):
        report.add(place, "media", media=tag)
    if tags - SHOWN_TAGS - LINE_TAGS - {"span"}:
        report.add(place, "layout")
    return unescape(TAG.sub(lambda found: "\n" if found.group(2).lower() in LINE_TAGS else "", text))


def _without_element(text: str, tag: str) -> str:
    """Return a text without the elements of one kind, with what they hold; one that is not closed takes the rest."""
    kept, lower, position = [], text.lower(), 0
    while (start := lower.find(f"<{tag}", position)) >= 0:
        kept.append(text[position:start])
        end = lower.find(f"</{tag}>", start)
        position = end + len(tag) + 3 if end >= 0 else len(text)
    return "".join([*kept, text[position:]])


def _without_long_words(words: str, place: Place, report: Report) -> str:
    if len(words) <= LONGEST_WORD or not LONG_WORD.search(words):
        return words
    report.add(place, "long_word", limit=LONGEST_WORD)
    return LONG_WORD.sub(ELLIPSIS, words)


def _without_links(words: str, place: Place, report: Report) -> str:
    for link in dict.fromkeys(unknown_links(words)):
        report.add(place, "link", link=link)
        words = words.replace(link, ELLIPSIS)
    return words
