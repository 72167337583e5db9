"""Going on after a mistake: what stands in for what."""

import pytest

from zelfscan.banks.mending import correct_spelling, is_under, mend
from zelfscan.banks.schema import Bank, Question
from zelfscan.banks.source import read

GOOD = "{id: q, text: {nl: Vraag}, kind: yesno}"


def mended_question(question: str) -> tuple[Question, set[object]]:
    """Return a question after mending, and the last steps of the paths with stand-ins in it."""
    text = (
        "{bank: b, title: {nl: B}, audience: client, minutes: 1,"
        f" themes: [{{id: t, title: {{nl: T}}, questions: [{question}]}}]}}"
    )
    mended = mend(Bank, read(text))
    assert mended.model is not None
    return mended.model.themes[0].questions[0], {path[-1] for path in mended.stand_ins}


def test_what_fits_stays_as_it_is() -> None:
    question, stand_ins = mended_question(GOOD)
    assert (question.id, question.text.in_("nl"), stand_ins) == ("q", "Vraag", set())


def test_a_misread_text_keeps_its_words() -> None:
    question, stand_ins = mended_question(GOOD.replace("Vraag", "12:30"))
    assert question.text.in_("nl") == "12:30"
    assert stand_ins == {"nl"}


def test_a_missing_field_gets_something_neutral_and_an_optional_one_is_left_out() -> None:
    question, stand_ins = mended_question("{id: q, kind: yesno, facet: x, minimum: a}")
    assert (question.text.in_("nl"), question.facet, question.minimum) == ("?", None, None)
    assert stand_ins == {"text", "facet", "minimum"}


def test_a_number_between_quotes_is_that_number() -> None:
    question, _ = mended_question(GOOD.replace("yesno", "number, minimum: '4'"))
    assert question.minimum == 4


def test_an_item_that_cannot_be_mended_takes_its_list_with_it() -> None:
    question, stand_ins = mended_question(GOOD.replace("yesno", "yesno, functions: [{a: b}]"))
    assert question.functions == ()
    assert "functions" in stand_ins


def test_a_bad_condition_in_a_group_leaves_the_others() -> None:
    condition = "show_if: {all: [{question: t.a, is: 1}, {question: t.b}]}"
    question, _ = mended_question(GOOD.replace("yesno", f"yesno, {condition}"))
    assert question.show_if is not None
    assert question.show_if.all is not None
    assert [below.question for below in question.show_if.all] == ["t.a", "stand-in.stand-in"]


@pytest.mark.parametrize("content", ["5", "[]", "~", "tekst"])
def test_what_is_no_bank_at_all_is_not_mended(content: str) -> None:
    mended = mend(Bank, read(content))
    assert mended.model is None
    assert len(mended.errors) == 1


def test_misspelt_fields_are_corrected_all_the_way_down() -> None:
    document = read("{themas: [{id: t, questons: [{id: q, tekst: {nl: a}, text: {nl: b}}]}]}")
    found = [located.mistake.path for located in correct_spelling(Bank, document)]
    assert found == [("themas",), ("themes", 0, "questons")]
    assert document.find(("themes", 0, "questions", 0, "text", "nl")) is not None


def test_a_path_is_under_itself_and_what_is_around_it() -> None:
    assert is_under(("a", 0), {("a", 0)})
    assert is_under(("a", 0), {("a",)})
    assert not is_under(("a",), {("a", 0)})
