"""Files that are damaged, huge or meant to do harm get a clear message, soon, and leave nothing behind."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.banks.exchange.support import workbook
from zelfscan.banks.exchange.command import import_
from zelfscan.banks.exchange.reading import MAX_COLUMNS, MAX_ROWS, MAX_SIZE
from zelfscan.banks.exchange.workbook import MAX_UNPACKED

SECONDS = 30
"""Of the processor, so that other work on the machine does not count; counting memory takes a part of it."""
MEMORY = 200 * 1024**2
SHEET = "xl/worksheets/sheet1.xml"
BOMB_ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DTD = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY l0 "ha">'
DICTIONARY = "Variable / Field Name,Form Name,Field Type,Field Label,Branching Logic (Show field only if...)\n"


@pytest.fixture
def plain(tmp_path: Path) -> bytes:
    rows = {"survey": [["type", "name", "label"], ["integer", "a", "A?"]]}
    return workbook(tmp_path / "goed.xlsx", rows).read_bytes()


def with_part(book: bytes, name: str, content: bytes) -> bytes:
    """Return a workbook with another content for a part."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            after.writestr(part, content if part == name else before.read(part))
        if name not in before.namelist():
            after.writestr(name, content)
    return made.getvalue()


def lying(book: bytes, size: int) -> bytes:
    """Return a workbook of which a part unpacks to `size` bytes and says that it is tiny."""
    made = bytearray(with_part(book, "xl/media/x.bin", b"\0" * size))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        position = made.rfind(mark)
        made[position + offset : position + offset + 4] = (1000).to_bytes(4, "little")
    return bytes(made)


def run(folder: Path, name: str, content: bytes) -> str:
    """Import a file within bounds of time and memory, and return what is said when it is refused."""
    path, out = folder / name, folder / "uit.yaml"
    path.write_bytes(content)
    tracemalloc.start()
    before = time.process_time()
    result = CliRunner().invoke(import_, [str(path), "--out", str(out), "--language", "en"])
    took, (_, peak) = time.process_time() - before, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.stderr.startswith("Error: ")
    assert took < SECONDS
    assert peak < MEMORY
    assert sorted(one.name for one in folder.iterdir() if one.name not in (name, "goed.xlsx")) == []
    return result.stderr


WORKBOOKS: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "bomb": (lambda book: with_part(book, "xl/media/x.bin", b"\0" * (MAX_UNPACKED + 1)), "too large once unpacked"),
    "lying bomb": (lambda book: lying(book, MAX_UNPACKED + 1), "too large once unpacked|damaged"),
    "tags": (lambda book: with_part(book, SHEET, b"<a>" + b"<c/>" * 1_000_001 + b"</a>"), "too large once unpacked"),
    "doctype": (lambda book: with_part(book, SHEET, (DTD + "]><worksheet/>").encode()), "DOCTYPE"),
    "doctype in UTF-16": (lambda book: with_part(book, SHEET, (DTD + "]><worksheet/>").encode("utf-16")), "DOCTYPE"),
    "half": (lambda book: book[: len(book) // 2], "damaged or incomplete"),
    "end missing": (lambda book: book[:-30], "damaged or incomplete"),
    "noise": (lambda book: b"PK\x03\x04" + bytes(range(256)) * 20, "damaged or incomplete"),
    "broken part": (lambda book: book[:900] + bytes([book[900] ^ 255]) + book[901:], "damaged or incomplete"),
    "broken sheet": (lambda book: with_part(book, SHEET, b"<worksheet><sheetData><row>"), "damaged or incomplete"),
    "broken workbook": (lambda book: with_part(book, "xl/workbook.xml", b"<a>" * 100_000), "damaged|no sheet"),
    "empty": (lambda book: b"", "is empty"),
    "no workbook": (lambda book: b"type,name,label", "does not hold what xlsform holds"),
    "old Excel": (lambda book: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old form of Excel"),
    "too large": (lambda book: book + b"\0" * MAX_SIZE, "too large"),
}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_workbooks(name: str, plain: bytes, tmp_path: Path) -> None:
    make, expected = WORKBOOKS[name]
    said = run(tmp_path, "vorm.xlsx", make(plain))
    assert any(words in said for words in expected.split("|"))


SHEETS: dict[str, tuple[list[list[object]], str]] = {
    "columns": ([["type", "name", *(f"c{n}" for n in range(MAX_COLUMNS))]], f"more than {MAX_COLUMNS} columns"),
    "rows": ([["type", "name"], *([["integer", "a"]] * MAX_ROWS)], f"more than {MAX_ROWS} rows"),
    "questions": ([["type", "name"], *(["integer", f"a{n}"] for n in range(3001))], "more than 3000 questions"),
    "long text": ([["type", "name", "label"], ["integer", "a", "x" * 20_001]], "row 2, column label: a text here"),
    "two columns": (
        [["type", "name", "name"], ["integer", "a", "b"]],
        "row 1, column name: this column is there twice",
    ),
    "groups": ([["type", "name"], *(["begin group", f"g{n}"] for n in range(500))], "row 62: more than 60 levels"),
    "nothing": ([["type", "name"], ["text", "a"]], "not a single question"),
    "no heading": ([[], ["integer", "a"]], "not a single question"),
}


@pytest.mark.parametrize("name", SHEETS)
def test_sheets(name: str, tmp_path: Path) -> None:
    rows, expected = SHEETS[name]
    path = workbook(tmp_path / "goed.xlsx", {"survey": rows})
    assert expected in run(tmp_path, "vorm.xlsx", path.read_bytes())


FILES: dict[str, tuple[str, bytes, str]] = {
    "billion laughs": ("x.lss", f"{DTD}{BOMB_ENTITIES}]><document>&l9;</document>".encode(), "DOCTYPE"),
    "external entity": ("x.lss", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hosts">]><d>&x;</d>', "DOCTYPE"),
    "external DTD": ("x.lss", b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><document/>', "DOCTYPE"),
    "deep xml": ("x.lss", b"<a>" * 100_000, "more than 60 levels"),
    "wide xml": ("x.lss", b"<d>" + b"<a/>" * 1_000_001, "more than 1000000 parts"),
    "half xml": ("x.lss", b"<document><groups>", "no good XML"),
    "other xml": ("x.lss", b"<html><body/></html>", "no questionnaire of LimeSurvey"),
    "unknown encoding": ("x.lss", b'<?xml version="1.0" encoding="bogus"?><document/>', "no good XML"),
    "long xml": ("x.lss", b"<document><g><rows><row><t>" + b"x" * 30_000, "more than 20000 characters"),
    "latin-1": (
        "x.csv",
        DICTIONARY.encode() + "a,f,yesno,één,\n".encode("latin-1"),
        "line 2: a character here is not UTF-8",
    ),
    "utf-16": ("x.txt", "class\tname\ttext\n".encode("utf-16"), "not UTF-8"),
    "null": ("x.csv", DICTIONARY.encode() + b"a\0,f,yesno,b,\n", "line 2: a character here is not UTF-8"),
    "open quote": ("x.csv", DICTIONARY.encode() + b'"' + b"x" * 200_000, "line 2: this is no good row"),
    "csv columns": ("x.csv", b"," * 5000 + b"\na,b\n", "more than 300 columns"),
    "csv rows": ("x.csv", DICTIONARY.encode() + b"a,f,yesno,b,\n" * (MAX_ROWS + 1), "more than 20000 rows"),
    "no table": ("x.txt", b"zomaar wat tekst\n", "no questionnaire of LimeSurvey"),
    "large": ("x.csv", b"a,b\n" * (MAX_SIZE // 4 + 1), "too large"),
    "deep json": ("x.json", b'{"elements":' + b"[" * 100_000, "more than 60 levels"),
    "half json": ("x.json", b'{"elements": [', "no good JSON"),
    "huge number": (
        "x.json",
        b'{"elements": [{"type": "rating", "rateMax": ' + b"9" * 100_000 + b"}]}",
        "no good JSON",
    ),
    "other json": ("x.json", b'{"a": 1}', "no questionnaire of SurveyJS"),
    "list as json": ("x.json", b"[1, 2]", "does not hold what surveyjs holds"),
    "picture": ("x.json", b"\x89PNG\r\n\x1a\n", "does not hold"),
    "zip as csv": ("x.csv", b"PK\x03\x04rest", "does not hold what redcap holds"),
    "unknown ending": ("x.docx", b"a", "Name it with --format"),
}


@pytest.mark.parametrize("name", FILES)
def test_other_files(name: str, tmp_path: Path) -> None:
    file, content, expected = FILES[name]
    assert expected in run(tmp_path, file, content)


def test_a_folder_and_a_file_that_is_not_there_are_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "weg.xlsx"):
        result = CliRunner().invoke(import_, [str(path), "--language", "nl"])
        assert (result.exit_code, result.stderr[:6]) == (1, "Fout: ")
        assert "kan niet worden gelezen" in result.stderr


@pytest.mark.parametrize(
    "label", ["a." * 9000, "<a" + "a" * 18_000, "<script" * 2500, "[" * 9000, "&" * 19_000, "{" * 19_000]
)
def test_texts_that_are_slow_to_search_are_not(label: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(DICTIONARY + "".join(f"a{n},f,yesno,{label},\n" for n in range(100)), encoding="utf-8")
    before = time.process_time()
    result = CliRunner().invoke(import_, [str(path), "--out", str(tmp_path / "uit.yaml")])
    assert result.exit_code == 0
    assert time.process_time() - before < SECONDS


@pytest.mark.parametrize("logic", ["(" * 4000, "[a0] = 1 or " * 400 + "[a0] = 1", "not " * 1200, "'" * 4999])
def test_conditions_that_are_slow_to_read_are_not(logic: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(DICTIONARY + "".join(f"a{n},f,yesno,b,{logic}\n" for n in range(200)), encoding="utf-8")
    before = time.process_time()
    result = CliRunner().invoke(import_, [str(path), "--out", str(tmp_path / "uit.yaml"), "--language", "en"])
    assert result.exit_code == 0
    assert "is always asked" in result.output
    assert time.process_time() - before < SECONDS


def test_a_formula_is_told_and_never_kept(tmp_path: Path) -> None:
    rows = [["type", "name", "label"], ["integer", "a", '=HYPERLINK("http://x.example";"klik")']]
    path, out = workbook(tmp_path / "x.xlsx", {"survey": rows}), tmp_path / "uit.yaml"
    result = CliRunner().invoke(import_, [str(path), "--out", str(out), "--language", "en"])
    assert "sheet survey, row 2, column label: a formula without a stored result" in result.output
    assert "HYPERLINK" not in out.read_text(encoding="utf-8")


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(DICTIONARY + "a,f,yesno,b,\nb\x1b[31m,f,notes,\x1b]0;x\x07,\n", encoding="utf-8")
    result = CliRunner().invoke(import_, [str(path), "--out", str(tmp_path / "uit.yaml"), "--language", "en"])
    assert result.exit_code == 0
    assert "\x1b" not in result.output
