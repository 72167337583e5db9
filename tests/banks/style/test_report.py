"""The report of style: places, figures, limits, and what a bank picks from the library."""

from pathlib import Path

import pytest

from zelfscan.banks.loader import check_files
from zelfscan.banks.style.readability import flesch_douma
from zelfscan.banks.style.report import JUDGED_FROM, LOWEST_SCORE, LOWEST_TEXT_SCORE, SAMPLE, Finding, check_style
from zelfscan.banks.style.told import messages

BANKS = Path(__file__).parent / "banks"
BANK, LIBRARY = BANKS / "werk.yaml", BANKS / "library" / "basis.yaml"

HARD_SENTENCE = "Verantwoordelijke medewerkers controleren belangrijke veiligheidsmaatregelen."
PLAIN_SENTENCE = "Vraag een collega om samen even te kijken."


def written(folder: Path, *texts: str) -> Path:
    path = folder / "teksten.yaml"
    path.write_text("\n".join(f"- {{nl: {text}}}" for text in texts), encoding="utf-8")
    return path


def codes(path: Path) -> list[str]:
    return [finding.code for finding in check_style([path]).findings]


def test_the_banks_of_these_tests_are_good_banks() -> None:
    assert check_files([BANKS]) == []


def test_each_finding_tells_its_place_and_how_to_mend_it() -> None:
    assert [finding.line_in("nl") for finding in check_style([BANK]).findings] == [
        f"{BANK}:13:17: themes[basis].title.nl: ‘Implementatie’ is vaktaal. Schrijf: invoeren. "
        "Of zet de uitleg er meteen achter, tussen haakjes.",
        f"{BANK}:17:20: themes[basis].questions[mail].text.nl: hier staan twee vragen in één: ‘lezen’ en "
        "‘beantwoorden’. Kies er één, of maak er twee vragen van.",
        f"{BANK}:19:15: themes[basis].questions[mail].help.nl: deze zin heeft 18 woorden: "
        "‘Denk aan een mail van je …’. Maak er twee zinnen van; 15 woorden is genoeg.",
    ]


def test_a_finding_is_told_in_english_as_well() -> None:
    (finding,) = check_style([LIBRARY]).findings
    assert str(finding) == (
        f"{LIBRARY}:8:15: skills[bestand-openen].tip.nl: a double negative: ‘niets’ and ‘zonder’. "
        "Write what is the case, or make two sentences of it."
    )


def test_what_a_bank_picks_counts_for_its_figures_and_is_told_at_the_library_only() -> None:
    report = check_style([BANKS])
    assert [finding.file for finding in report.findings if finding.code == "double_negative"] == [str(LIBRARY)]
    figures = {summary.file: summary for summary in report.summaries}
    own = "\n".join(
        [
            "Deze vragen gaan over jouw werk.",
            "Ik kan een bestand openen.",
            "Open morgen niets zonder naam.",
            "Ik kan een mail lezen en beantwoorden.",
            "Denk aan een mail van je leidinggevende of van een collega over het rooster van de volgende week.",
        ]
    )
    assert figures[str(BANK)].score == pytest.approx(flesch_douma(own))
    assert figures[str(BANK)][2:] == (9, 1, 3)
    assert figures[str(LIBRARY)].findings == 1


def test_the_library_that_ships_counts_where_none_lies_beside_the_bank(tmp_path: Path) -> None:
    path = tmp_path / "werk.yaml"
    path.write_text(BANK.read_text(encoding="utf-8"), encoding="utf-8")
    alone, shipped = check_style([path]).summaries[0], check_style([path], [BANKS]).summaries[0]
    assert (alone.sentences, shipped.sentences) == (7, 9)


def test_a_file_is_judged_from_a_hundred_words(tmp_path: Path) -> None:
    mixed = f"{HARD_SENTENCE} {PLAIN_SENTENCE} {PLAIN_SENTENCE}"
    per_text = len(mixed.split())
    texts = [mixed] * (SAMPLE // per_text)
    assert flesch_douma("\n".join(texts)) < LOWEST_SCORE
    assert codes(written(tmp_path, *texts)) == []
    path = written(tmp_path, *texts, mixed)
    (finding,) = check_style([path]).findings
    score = round(flesch_douma("\n".join([*texts, mixed])))
    assert finding == Finding(str(path), 1, 1, "", "hard_bank", {})
    assert finding.params == {"score": score, "limit": LOWEST_SCORE}


def test_a_plain_file_of_a_hundred_words_is_fine(tmp_path: Path) -> None:
    assert codes(written(tmp_path, *[PLAIN_SENTENCE] * 20)) == []


def test_a_text_is_judged_from_twenty_five_words(tmp_path: Path) -> None:
    short = " ".join([HARD_SENTENCE] * 4)
    assert len(short.split()) < JUDGED_FROM <= len(f"{short} {HARD_SENTENCE}".split())
    assert flesch_douma(short) < LOWEST_TEXT_SCORE
    assert codes(written(tmp_path, short)) == []
    assert codes(written(tmp_path, f"{short} {HARD_SENTENCE}")) == ["hard_text"]


def test_a_file_without_dutch_texts_or_that_is_no_yaml_has_no_figures(tmp_path: Path) -> None:
    path = tmp_path / "leeg.yaml"
    for content in ("", "a: [", "a: 1", "- {en: Only English.}"):
        path.write_text(content, encoding="utf-8")
        assert check_style([path, tmp_path / "nergens.yaml"]) == ([], [])


def test_a_bank_with_mistakes_is_judged_as_well(tmp_path: Path) -> None:
    path = tmp_path / "fout.yaml"
    path.write_text("bank: 3\nthemes: [{title: {nl: Visie}}, 4]\nskill: {a: b}\n", encoding="utf-8")
    assert codes(path) == ["jargon"]


@pytest.mark.parametrize("code", messages())
def test_every_message_is_there_in_both_languages(code: str) -> None:
    assert set(messages()[code]) == {"nl", "en"}
