import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.paper.conftest import SHIPPED, TINY
from zelfscan.paper.command import print_


def run(*words: object) -> Result:
    return CliRunner().invoke(print_, [str(word) for word in words])


def test_a_pdf(tmp_path: Path) -> None:
    out = tmp_path / "mini.pdf"
    done = run(TINY / "mini.yaml", "--out", out, "--language", "en")
    assert (done.exit_code, done.output) == (0, f"{out}: written.\n")
    assert out.read_bytes().startswith(b"%PDF-")


def test_the_same_bank_gives_the_same_pdf(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(SHIPPED / "digitype.yaml", "--out", tmp_path / name, "--language", "nl")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_page_for_a_browser_needs_no_pango(tmp_path: Path, without_pango: None) -> None:
    out = tmp_path / "mini.html"
    assert run(TINY / "mini.yaml", "--out", out, "--html", "--language", "nl").exit_code == 0
    assert '<html lang="nl">' in out.read_text(encoding="utf-8")


def test_a_bank_that_is_only_in_dutch_is_printed_in_dutch(tmp_path: Path) -> None:
    out = tmp_path / "x.html"
    done = run(TINY / "number.yaml", "--out", out, "--html", "--language", "en")
    assert "is not there in English" in done.stderr
    assert '<html lang="nl">' in out.read_text(encoding="utf-8")


def test_mistakes_in_the_bank_are_told(tmp_path: Path) -> None:
    file = tmp_path / "fout.yaml"
    file.write_text("bank: fout\n", encoding="utf-8")
    done = run(file, "--out", tmp_path / "x.pdf", "--language", "nl")
    assert done.exit_code == 1
    assert f"{file}:1:1" in done.stderr
    assert not (tmp_path / "x.pdf").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    done = run(TINY / "mini.yaml", "--out", tmp_path / "no" / "x.html", "--html", "--language", "en")
    assert done.exit_code == 1
    assert "Choose another place with --out" in done.stderr


@pytest.fixture
def without_pango(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """WeasyPrint as it is where Pango is missing: it prints a page of advice and raises."""
    (tmp_path / "weasyprint.py").write_text(
        "print('long advice')\nraise OSError(\"cannot load library 'libpango-1.0-0': no such file\")\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)


@pytest.mark.parametrize(("language", "words"), [("nl", "Installeer het"), ("en", "Install it")])
def test_without_pango_it_says_how_to_install_it(
    tmp_path: Path, without_pango: None, language: str, words: str
) -> None:
    done = run(TINY / "mini.yaml", "--out", tmp_path / "x.pdf", "--language", language)
    assert done.exit_code == 1
    assert words in done.stderr
    assert "sudo apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in done.stderr
    assert "cannot load library 'libpango-1.0-0')" in done.stderr
    assert "long advice" not in done.output


def test_without_fonts_it_says_which_to_install(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><dir>{tmp_path / 'empty'}</dir></fontconfig>")
    code = "from zelfscan.paper.command import print_; print_()"
    asked = [sys.executable, "-c", code, str(TINY / "mini.yaml"), "--out", str(tmp_path / "x.pdf"), "--language", "en"]
    environment = {"FONTCONFIG_FILE": str(config), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, env=environment)
    assert done.returncode == 1
    assert "No font was found" in done.stderr
    assert not (tmp_path / "x.pdf").exists()
