"""The paper as a page and as a PDF, for every bank that there is."""

import html
import io
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from tests.paper.conftest import FILES, SHIPPED, TINY, PaperOf
from zelfscan.banks.kinds import KINDS
from zelfscan.banks.loader import load_materials
from zelfscan.banks.schema import Bank, Text
from zelfscan.paper.document import to_html, to_pdf

A4 = (595, 842)
"""Points, rounded."""


def texts_of(bank: Bank) -> Iterator[Text]:
    """Everything that a reader of the bank has to see."""
    yield bank.title
    for theme in bank.themes:
        yield theme.title
        yield from filter(None, [theme.intro])
    for item in bank.items():
        question = item.question
        yield question.text
        yield from filter(None, [question.help, question.tip])
        yield from (option.label for option in KINDS[question.kind].choices(question, bank) or ())
    for advice in bank.outcome.advice:
        yield from (advice.title, advice.text)
    yield from bank.outcome.dialogue


def visible_text(page: str) -> str:
    body = page.partition("<body>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_text_of_the_bank_is_on_the_page(file: Path, language: str, on_paper: PaperOf) -> None:
    bank, paper = on_paper(file, language if language in bank_languages(file) else "nl")
    shown = visible_text(to_html(paper))
    assert [text.in_(paper.language) for text in texts_of(bank) if flat(text.in_(paper.language)) not in shown] == []


def bank_languages(file: Path) -> set[str]:
    found = re.search(r"^languages: \[([^\]]+)\]", file.read_text(encoding="utf-8"), re.MULTILINE)
    return set(found[1].replace(" ", "").split(",")) if found else {"nl"}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_materials_stand_there_with_what_to_do(file: Path, on_paper: PaperOf) -> None:
    bank, paper = on_paper(file, "nl")
    known = load_materials(file.with_name("materials.yaml"))
    named = {name for theme in bank.themes for name in theme.materials}
    named |= {name for item in bank.items() for name in item.question.materials}
    named |= {name for advice in bank.outcome.advice for name in advice.materials}
    shown = visible_text(to_html(paper))
    missing = [name for name in named & set(known) if flat(known[name].what.in_("nl")) not in shown]
    assert missing == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_headings_follow_each_other_without_a_gap(file: Path, on_paper: PaperOf) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", to_html(on_paper(file, "nl")[1]))]
    assert levels[0] == 1
    assert [pair for pair in itertools.pairwise(levels) if pair[1] > pair[0] + 1] == []


def pdf_of(file: Path, on_paper: PaperOf, language: str = "nl") -> PdfReader:
    return PdfReader(io.BytesIO(to_pdf(to_html(on_paper(file, language)[1]), language)))


SMALL = [file for file in FILES if file.parent == TINY]


@pytest.mark.parametrize("file", [*SMALL, SHIPPED / "digitype.yaml", SHIPPED / "vvt.yaml"], ids=lambda file: file.stem)
def test_the_pdf_can_be_read_aloud(file: Path, on_paper: PaperOf) -> None:
    bank, _ = on_paper(file, "nl")
    pdf = pdf_of(file, on_paper)
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == bank.title.in_("nl")
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pdf.pages} == {A4}


def test_the_language_of_the_pdf_is_that_of_its_words(on_paper: PaperOf) -> None:
    pdf = pdf_of(TINY / "mini.yaml", on_paper, "en")
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert "Page 2 of" in pdf.pages[1].extract_text()


def tags(node: object) -> Iterator[DictionaryObject]:
    """Every element of the structure tree."""
    if isinstance(node, IndirectObject):
        node = node.get_object()
    if isinstance(node, list):
        for below in node:
            yield from tags(below)
    elif isinstance(node, DictionaryObject):
        if "/S" in node:
            yield node
        yield from tags(node.get("/K"))


def test_boxes_and_tables_are_tagged(on_paper: PaperOf) -> None:
    found = list(tags(pdf_of(TINY / "mini.yaml", on_paper).trailer["/Root"]["/StructTreeRoot"]["/K"]))
    boxes = [tag for tag in found if tag["/S"] == "/Figure"]
    assert boxes
    assert [tag for tag in boxes if not tag.get("/Alt")] == []
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/L"} <= {str(tag["/S"]) for tag in found}


def test_fonts_are_in_the_pdf(on_paper: PaperOf) -> None:
    page = pdf_of(TINY / "mini.yaml", on_paper).pages[0]
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].get_object().values()]
    assert fonts
    assert [font["/BaseFont"] for font in fonts if "/DescendantFonts" not in font] == []


def test_letters_are_at_least_12_points_and_boxes_7_millimetres(on_paper: PaperOf) -> None:
    page = to_html(on_paper(SHIPPED / "digitype.yaml", "nl")[1])
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:[a-z]+ )?([0-9.]+)pt", page)]
    assert len(sizes) > 5
    assert min(sizes) >= 12
    assert ".box { width: 7mm; height: 7mm;" in page
    assert not re.search(r"#(?!000)[0-9a-f]{3,6}\b", page.partition("</style>")[0]), "black only"


def test_what_a_function_asks_is_compared(on_paper: PaperOf) -> None:
    _, paper = on_paper(TINY / "profile.yaml", "en")
    assert [(one.number, one.enough) for one in paper.requirements] == [(1, "‘I can’"), (2, "‘Almost’ or further")]
    assert "I can find an app." in visible_text(to_html(paper)).partition("Compare with your job")[2]


def test_rules_are_read_from_the_top(on_paper: PaperOf) -> None:
    _, paper = on_paper(TINY / "help.yaml", "en")
    assert [(rule.when, rule.gives, rule.more) for rule in paper.rules] == [
        ("If you answered too few questions of ‘Apps’, then:", (4,), False),
        ("If you answered question 3 with ‘No’ and you come out at ‘Low’ or ‘High’ for ‘Apps’, then:", (2,), True),
        ("If you come out at ‘Low’ for ‘Apps’, then:", (1,), False),
        ("Did you get here? Then:", (3,), False),
    ]
    shown = visible_text(to_html(paper))
    assert shown.count("Read on as well at the next line.") == 1
    assert "Who learns it from whom?" in shown
    assert shown.count("I want help with this") == 3


def test_a_client_is_addressed_politely(on_paper: PaperOf) -> None:
    assert "Op papier. U hebt alleen een pen nodig." in visible_text(to_html(on_paper(TINY / "route.yaml", "nl")[1]))
    assert "Op papier. Je hebt alleen een pen nodig." in visible_text(to_html(on_paper(TINY / "help.yaml", "nl")[1]))


def test_help_can_be_asked_per_theme(on_paper: PaperOf) -> None:
    shown = visible_text(to_html(on_paper(TINY / "checklist.yaml", "en")[1]))
    assert shown.count("I want help with this subject") == 1
    assert "0 or more" in shown


def test_a_bank_without_scores_has_only_questions(on_paper: PaperOf) -> None:
    page = to_html(on_paper(TINY / "number.yaml", "nl")[1])
    assert 'id="outcome"' not in page
    assert "van 1 tot en met 99" in visible_text(page)


def test_texts_of_an_author_are_never_markup(on_paper: PaperOf) -> None:
    bank, paper = on_paper(TINY / "mini.yaml", "nl")
    assert "<script>" not in to_html(type(paper)(**{**vars(paper), "title": f"<script>{bank.bank}"}))
