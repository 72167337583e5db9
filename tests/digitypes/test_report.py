import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from zelfscan.digitypes.report import Report, number, percent, report_page, words
from zelfscan.digitypes.store import load_facts


@pytest.fixture(scope="module")
def figures(models: Path) -> dict[str, Any]:
    facts = load_facts(models)
    return {"model": facts["model"]} | facts["figures"]


class Page(HTMLParser):
    """Counts the tags of a page, and checks that each that opens also closes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_picture_has_its_table(figures: dict[str, Any], language: str) -> None:
    page = Page(report_page(figures, language))
    pictures = [picture for section in Report(figures, language).sections() for picture in section.pictures]
    assert page.open == []
    assert page.counts["svg"] == page.counts["table"] == page.counts["figure"] == len(pictures) > 20


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_page_needs_nothing_beside_it(figures: dict[str, Any], language: str) -> None:
    page = report_page(figures, language)
    assert re.findall(r"https?://|src=|<link|<script|url\(|@import", page) == []
    assert f'<html lang="{language}">' in page


def test_the_page_says_whose_test_it_is(figures: dict[str, Any]) -> None:
    dutch, english = report_page(figures, "nl"), report_page(figures, "en")
    assert "Deze test is van onszelf" in dutch
    assert "niet met antwoorden van echte mensen gemeten" in dutch
    assert "not clinically validated" in english
    assert "not measured on answers of real people" in english


def test_the_page_tells_the_figures(figures: dict[str, Any]) -> None:
    dutch, english = report_page(figures, "nl"), report_page(figures, "en")
    for share in (figures["accuracy"], figures["bayes_accuracy"], figures["distribution_error"]["20"]["corrected"]):
        assert percent("nl", share) in dutch
        assert percent("en", share) in english
    assert figures["model"] in english
    assert str(figures["confusion"][0][0]) in english.replace(",", "")


def test_there_is_a_part_for_every_question_that_was_asked(figures: dict[str, Any]) -> None:
    report = Report(figures, "en")
    titles = [section.title for section in report.sections()]
    keys = "result", "ordered", "styles", "missing", "shifted", "moved", "distribution", "fairness", "adaptive"
    assert titles == [report.word(key) for key in keys]
    styles = report.sections()[2].pictures
    assert len(styles) == 1 + 2 * len(figures["styles"])


def test_page_without_an_adaptive_test(figures: dict[str, Any]) -> None:
    report = Report(figures | {"adaptive": None}, "en")
    assert report.word("adaptive") not in [section.title for section in report.sections()]


def test_style_without_a_word_keeps_its_name(figures: dict[str, Any]) -> None:
    renamed = figures | {"by_style": {"hurried <b>": figures["by_style"]["regular"]}}
    page = report_page(renamed, "en")
    assert "hurried &lt;b&gt;" in page
    assert "hurried <b>" not in page


def test_every_text_is_in_both_languages() -> None:
    assert all(text.in_("nl") and text.in_("en") for text in words().values())
    assert all(set(text.root) == {"nl", "en"} for text in words().values())


def test_numbers_in_both_languages() -> None:
    assert (number("nl", 20_000), number("en", 20_000)) == ("20.000", "20,000")
    assert (percent("nl", 0.7345), percent("en", 0.7345)) == ("73,5%", "73.5%")
