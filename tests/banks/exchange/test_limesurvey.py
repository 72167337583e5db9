"""LimeSurvey in, from both of its files."""

from pathlib import Path

import pytest

from tests.banks.exchange.support import FILES, import_file
from zelfscan.banks.schema import ShowIf


def shown(condition: ShowIf | None) -> object:
    return condition.model_dump(by_alias=True, exclude_none=True, mode="json") if condition else None


def test_groups_questions_and_arrays_come_over_from_the_tab_separated_file() -> None:
    bank = import_file(FILES / "survey.txt").bank
    assert (bank.title.root, bank.languages) == ({"nl": "Digitaal werken", "en": "Working digitally"}, ("nl", "en"))
    assert bank.intro is not None
    assert bank.intro.root == {"nl": "Fijn dat je meedoet.", "en": "Good that you take part."}
    assert {item.address: item.question.kind for item in bank.items()} == {
        "apparaten.app": "yesno",
        "apparaten.welk": "choice",
        "apparaten.ook": "choices",
        "apparaten.team": "number",
        "stellingen.vaak_sq1": "scale",
        "stellingen.vaak_sq2": "scale",
        "stellingen.cijfer": "scale",
        "stellingen.hulp": "yesno",
    }
    row = bank.item("stellingen.vaak_sq1").question
    assert (row.text.in_("en"), row.help.in_("en")) == (
        "I find out by myself how things work.",
        "How often is this so?",
    )  # type: ignore[union-attr]
    assert [point.label.in_("nl") for point in bank.scales["vaak"]] == ["Nooit", "Soms", "Vaak"]
    assert [point.value for point in bank.scales["cijfer"]] == [1, 2, 3, 4, 5]
    assert bank.themes[1].intro.in_("nl") == "Kies wat bij je past."  # type: ignore[union-attr]


def test_relevance_becomes_a_condition() -> None:
    bank = import_file(FILES / "survey.txt").bank
    conditions = {item.question.id: shown(item.question.show_if) for item in bank.items() if item.question.show_if}
    answered = {"question": "apparaten.team", "answered": True}
    assert conditions == {
        "welk": {"question": "apparaten.app", "is": ["ja"]},
        "team": {
            "all": [
                {"question": "apparaten.ook", "is": ["lap"]},
                {
                    "any": [
                        {"question": "apparaten.welk", "answered": False},
                        {"question": "apparaten.welk", "is_not": ["tab"]},
                    ]
                },
            ]
        },
        "vaak_sq1": answered,
        "vaak_sq2": answered,
    }


def test_what_is_left_out_of_the_tab_separated_file_is_told_by_line() -> None:
    imported = import_file(FILES / "survey.txt")
    assert imported.codes() == {
        "required": ["line 10"],
        "layout": ["line 11", "line 11", "", ""],
        "other_option": ["line 14"],
        "free_text": ["line 18", "line 30"],
        "column": ["line 21"],
        "condition_operator": ["line 27"],
        "condition": ["line 28"],
        "no_counterpart": ["line 29"],
    }
    assert imported.codes("changed")["built_in"] == ["line 27"]


@pytest.mark.parametrize("name", ["survey.lss", "survey-new.lss"])
def test_both_forms_of_lss_say_the_same(name: str) -> None:
    bank = import_file(FILES / name, bank="tablets").bank
    assert bank.title.root == {"nl": "Tablets", "en": "Tablets at work"}
    assert [item.address for item in bank.items()] == ["werk.q1", "werk.q2_sq1"]
    row = bank.item("werk.q2_sq1").question
    assert row.text.root == {"nl": "Ik lees er berichten op.", "en": "I read messages on it."}
    assert row.help.root == {"nl": "Hoe vaak?", "en": "How often?"}  # type: ignore[union-attr]
    assert shown(row.show_if) == {"question": "werk.q1", "is": ["ja"]}
    points = [(point.value, point.label.root) for point in bank.scales["q2"]]
    assert points == [(0, {"nl": "Nooit", "en": "Never"}), (4, {"nl": "Vaak", "en": "Often"})]


def test_lss_tells_lines_and_attributes_that_matter() -> None:
    imported = import_file(FILES / "survey-new.lss")
    assert imported.codes() == {"required": ["line 22"], "column": ["line 23"]}


TYPES = {
    "L": "choice",
    "!": "choice",
    "O": "choice",
    "5": "scale",
    "Y": "yesno",
    "G": "choice",
    "M": "choices",
    "P": "choices",
    "N": "number",
    "K": "number",
    "F": "scale",
    "H": "scale",
    "A": "scale",
    "B": "scale",
    "C": "choice",
    "E": "scale",
}
LEFT_OUT = {
    **dict.fromkeys("STUQ;", "free_text"),
    **dict.fromkeys("DRI1:|", "no_counterpart"),
    "*": "calculated",
    "X": "note",
}


@pytest.mark.parametrize("kind", [*TYPES, *LEFT_OUT])
def test_every_type_of_limesurvey_has_its_place(kind: str, tmp_path: Path) -> None:
    rows = [
        "class\ttype/scale\tname\trelevance\ttext\thelp\tlanguage",
        "G\t\tGroep\t\t\t\tnl",
        "Q\tY\tvast\t1\tVast?\t\tnl",
        f"Q\t{kind}\tq\t1\tVraag?\t\tnl",
        *(f"SQ\t0\ts{n}\t\tRij {n}\t\tnl" for n in (1, 2)),
        *(f"A\t0\ta{n}\t0\tAntwoord {n}\t\tnl" for n in (1, 2)),
    ]
    path = tmp_path / "x.txt"
    path.write_text("\n".join(rows), encoding="utf-8")
    imported = import_file(path)
    kinds = {item.question.kind for item in imported.bank.items()[1:]}
    assert kinds == ({TYPES[kind]} if kind in TYPES else set())
    assert (LEFT_OUT.get(kind, "") in imported.codes()) == (kind in LEFT_OUT)
