"""XLSForm in: what is carried over, what is not, and where that is said to be."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.banks.exchange.support import FORMS, import_file, workbook
from zelfscan.banks.exchange.command import import_
from zelfscan.banks.loader import check_files
from zelfscan.banks.schema import Bank, Question

NL, EN = "label::Nederlands (nl)", "label::English (en)"
SURVEY = [
    ["type", "name", NL, EN, "hint::Nederlands (nl)", "relevant", "constraint", "required", "appearance"],
    ["start", "begin"],
    ["note", "welkom", "Fijn dat je er bent.", "Good to have you."],
    ["begin group", "apparaten", "Apparaten", "Devices"],
    ["note", "uitleg", "Over wat je gebruikt.", "About what you use."],
    ["select_one ja_nee", "app", "Gebruik je een app?", "Do you use an app?", None, None, None, "yes"],
    ["select_one toestel", "welk", "Welk toestel?", "Which device?", "Eén antwoord.", "${app} = 'yes'"],
    ["select_multiple toestel or_other", "ook", "Wat nog meer?", "What else?"],
    ["integer", "team", "Hoeveel mensen?", "How many people?", None, None, ". >= 1 and . <= 200"],
    ["end group"],
    ["begin group", "zeggen", "Stellingen", "Statements", None, "selected(${ook}, 'tel')"],
    ["select_one vaak", "zoek", "Ik zoek dingen uit.", "I find things out."],
    ["begin group", "dieper", "Dieper", "Deeper"],
    ["select_one vaak", "hulp", "Ik help, ${welk}.", "I help, ${welk}.", None, "${zoek} > 1"],
    ["end group"],
    ["note", "los", "Nog iets.", "One more thing."],
    ["text", "waarom", "Waarom?", "Why?"],
    ["geopoint", "waar", "Waar?", "Where?"],
    ["calculate", "som"],
    ["select_one ja_nee", "door", "Ga je door?", "Do you go on?", None, "string-length(${waarom}) > 3"],
    ["end group"],
    ["range", "cijfer", "Welk cijfer?", "Which mark?"],
]
CHOICES = [
    ["list_name", "name", NL, EN],
    ["ja_nee", "yes", "Ja", "Yes"],
    ["ja_nee", "no", "Nee", "No"],
    ["toestel", "tel", "Telefoon", "Phone"],
    ["toestel", "tab", "Tablet", "Tablet"],
    ["vaak", 1, "Nooit", "Never"],
    ["vaak", 2, "Soms", "Sometimes"],
    ["vaak", 3, "Vaak", "Often"],
]
SETTINGS = [["form_title", "form_id", "default_language"], ["Digitaal werken", "digitaal", "Nederlands (nl)"]]


@pytest.fixture
def form(tmp_path: Path) -> Path:
    return workbook(tmp_path / "form.xlsx", {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS})


def question(bank: Bank, address: str) -> Question:
    return bank.item(address).question


def condition(bank: Bank, address: str) -> object:
    return question(bank, address).show_if.model_dump(by_alias=True, exclude_none=True, mode="json")  # type: ignore[union-attr]


def test_groups_become_themes_and_notes_their_intros(form: Path) -> None:
    bank = import_file(form).bank
    assert (bank.bank, bank.languages, bank.title.in_("nl")) == ("digitaal", ("nl", "en"), "Digitaal werken")
    assert bank.intro is not None
    assert bank.intro.in_("en") == "Good to have you."
    assert [(theme.id, theme.title.in_("en")) for theme in bank.themes] == [
        ("apparaten", "Devices"),
        ("zeggen", "Statements"),
        ("deel", "Digitaal werken"),
    ]
    assert bank.themes[0].intro is not None
    assert bank.themes[0].intro.in_("nl") == "Over wat je gebruikt."


def test_each_type_gets_its_kind(form: Path) -> None:
    bank = import_file(form).bank
    kinds = {item.address: item.question.kind for item in bank.items()}
    assert kinds == {
        "apparaten.app": "yesno",
        "apparaten.welk": "choice",
        "apparaten.ook": "choices",
        "apparaten.team": "number",
        "zeggen.zoek": "scale",
        "zeggen.hulp": "scale",
        "zeggen.door": "yesno",
        "deel.cijfer": "number",
    }
    assert [point.value for point in bank.scales["vaak"]] == [1, 2, 3]
    assert bank.scales["vaak"][2].label.root == {"nl": "Vaak", "en": "Often"}
    team, mark = question(bank, "apparaten.team"), question(bank, "deel.cijfer")
    assert (team.minimum, team.maximum, mark.minimum, mark.maximum) == (1, 200, 1, 10)
    assert question(bank, "apparaten.welk").help.root == {"nl": "Eén antwoord.", "en": "Eén antwoord."}  # type: ignore[union-attr]


def test_conditions_of_groups_and_questions_come_together(form: Path) -> None:
    bank = import_file(form).bank
    chosen = {"question": "apparaten.ook", "is": ["tel"]}
    assert condition(bank, "apparaten.welk") == {"question": "apparaten.app", "is": ["ja"]}
    assert condition(bank, "zeggen.zoek") == chosen
    assert condition(bank, "zeggen.hulp") == {"all": [chosen, {"question": "zeggen.zoek", "at_least": 2}]}
    assert condition(bank, "zeggen.door") == chosen


def test_what_is_left_out_is_told_with_its_place(form: Path) -> None:
    imported = import_file(form)
    assert imported.codes() == {
        "metadata": ["sheet survey, row 2"],
        "required": ["sheet survey, row 6"],
        "other_option": ["sheet survey, row 8"],
        "note": ["sheet survey, row 16"],
        "free_text": ["sheet survey, row 17"],
        "no_counterpart": ["sheet survey, row 18"],
        "calculated": ["sheet survey, row 19"],
        "condition": ["sheet survey, row 20, column relevant"],
        "insertion": ["sheet survey, row 14", "sheet survey, row 14"],
        "invalid_form": [""],
    }
    assert question(imported.bank, "zeggen.hulp").text.in_("en") == "I help, …."
    assert imported.codes("changed")["nested_group"] == ["sheet survey, row 13"]
    assert imported.codes("changed")["no_translation"] == ["", "sheet survey, row 7"]


def test_the_report_names_rows_of_the_same_kind_together(form: Path, tmp_path: Path) -> None:
    out = tmp_path / "digitaal.yaml"
    result = CliRunner().invoke(import_, [str(form), "--out", str(out), "--language", "nl"])
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[0] == f"{out} gemaakt: 8 vragen in 3 thema's, talen: nl, en."
    assert "  blad survey, rij 18: een vraag van de soort `geopoint` heeft geen tegenhanger." in lines
    assert check_files([out]) == []


def test_numbers_that_are_no_scale_stay_a_choice(tmp_path: Path) -> None:
    rows = [["type", "name", "label"], ["select_one m", "a", "A?"], ["select_one m", "b", "B?"]]
    choices = [["list_name", "name", "label"], *(["m", value, f"L{value}"] for value in (1, 2, 99))]
    bank = import_file(workbook(tmp_path / "x.xlsx", {"survey": rows, "choices": choices})).bank
    assert [item.question.kind for item in bank.items()] == ["choice", "choice"]


def test_a_likert_scale_without_numbers_is_counted_and_told(tmp_path: Path) -> None:
    rows = [["type", "name", "label", "appearance"], ["select_one m", "a", "A?", "likert"]]
    choices = [["list_name", "name", "label"], ["m", "no", "Oneens"], ["m", "yes", "Eens"], ["m", "all", "Zeer eens"]]
    imported = import_file(workbook(tmp_path / "x.xlsx", {"survey": rows, "choices": choices}))
    assert [point.value for point in imported.bank.scales["m"]] == [0, 1, 2]
    assert imported.codes("changed")["scale_counted"] == ["sheet survey, row 2"]


ENGLISH = [["type", "name", "label::English", "label::Français"], ["integer", "n", "How many?", "Combien?"]]


@pytest.mark.parametrize(
    ("wishes", "expected", "told"),
    [
        ({}, {"nl": "How many?", "en": "How many?", "fr": "Combien?"}, ["no_dutch"]),
        ({"as_dutch": "English"}, {"nl": "How many?", "fr": "Combien?"}, []),
        ({"as_dutch": "fr"}, {"nl": "Combien?", "en": "How many?"}, []),
    ],
)
def test_a_source_without_dutch(
    tmp_path: Path, wishes: dict[str, str], expected: dict[str, str], told: list[str]
) -> None:
    imported = import_file(workbook(tmp_path / "x.xlsx", {"survey": ENGLISH}), **wishes)
    assert imported.bank.items()[0].question.text.root == expected
    assert [code for code in imported.codes("changed") if code == "no_dutch"] == told


def test_texts_without_a_language_are_dutch_unless_said_otherwise(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", {"survey": [["type", "name", "label"], ["integer", "n", "Hoeveel?"]]})
    assert import_file(path).bank.languages == ("nl",)
    imported = import_file(path, unnamed="en")
    assert imported.bank.languages == ("nl", "en")
    assert "no_dutch" in imported.codes("changed")


def test_a_language_with_few_texts_is_left_out(tmp_path: Path) -> None:
    rows = [["type", "name", NL, EN], *(["integer", f"n{n}", f"Vraag {n}"] for n in range(4))]
    rows[1].append("One")
    imported = import_file(workbook(tmp_path / "x.xlsx", {"survey": rows}))
    assert imported.bank.languages == ("nl",)
    assert "language_left_out" in imported.codes()


def test_markup_addresses_and_pictures_are_taken_out_of_texts(tmp_path: Path) -> None:
    label = "<b>Hoe</b> werkt <img src='x.png'>dit?<br>Zie https://voorbeeld.example/a. [Lees](https://x.example)"
    label += " <script>1</script>"
    imported = import_file(
        workbook(tmp_path / "x.xlsx", {"survey": [["type", "name", "label"], ["integer", "n", label]]})
    )
    assert imported.bank.items()[0].question.text.in_("nl") == "Hoe werkt dit?\nZie …. Lees"
    assert set(imported.codes()) == {"media", "layout", "link"}


REFUSED = {"allow_comment_rows_test", "duplicate_columns", "pull_data", "search_and_select"}
"""Forms with nothing that a bank can ask, and one with two columns of the same name."""


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.xlsx")), ids=lambda path: path.stem)
def test_the_forms_of_pyxform_come_in_with_a_report_or_a_clear_error(path: Path, tmp_path: Path) -> None:
    out = tmp_path / "form.yaml"
    result = CliRunner().invoke(import_, [str(path), "--out", str(out), "--language", "en"])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    assert out.exists() == (result.exit_code == 0) == (path.stem not in REFUSED)
    if result.exit_code == 0:
        assert check_files([out]) == []
        assert "check this" in result.output
    else:
        assert "Error: " in result.output
