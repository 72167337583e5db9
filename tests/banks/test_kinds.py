"""The kinds of question: their answers, reading them from a form, and scoring them."""

from pathlib import Path

import pytest

from zelfscan.banks.kinds import KINDS, OWN_FIELDS, YES_AND_NO, Kind
from zelfscan.banks.loader import load_bank
from zelfscan.banks.schema import Bank, Question, Value

BANKS = Path(__file__).parent
SCALE = "scale", "basis.zelf"
REVERSED = "scale", "basis.bang"
CHOICE = "choices", "apparaat.meest"
CHOICES = "choices", "apparaat.alle"
YESNO = "yesno", "beleid.plan"
NO_IS_GOOD = "yesno", "beleid.vrij"
ONE_RIGHT = "knowledge", "veilig.link"
TWO_RIGHT = "knowledge", "veilig.sterk"
BOUNDED = "number", "team.leden"
UNBOUNDED = "number", "team.uren"

Address = tuple[str, str]


def asked(address: Address) -> tuple[Kind, Question, Bank]:
    """Return the kind, the question and the bank of a question in one of the tiny banks."""
    bank = load_bank(BANKS / f"{address[0]}.yaml")
    question = bank.item(address[1]).question
    return KINDS[question.kind], question, bank


@pytest.mark.parametrize(
    ("address", "raw", "answer"),
    [
        (SCALE, "4", 4),
        (SCALE, " 0 ", 0),
        (SCALE, ["1"], 1),
        (CHOICE, "tablet", "tablet"),
        (CHOICES, ["laptop", "telefoon"], ["telefoon", "laptop"]),
        (CHOICES, "tablet", ["tablet"]),
        (YESNO, "ja", "ja"),
        (ONE_RIGHT, "openen", "openen"),
        (TWO_RIGHT, ["naam"], ["naam"]),
        (BOUNDED, "99", 99),
        (UNBOUNDED, "-3", -3),
    ],
)
def test_a_form_entry_is_read_as_an_answer(address: Address, raw: str | list[str], answer: Value) -> None:
    kind, question, bank = asked(address)
    assert kind.parse(raw, question, bank) == answer
    assert kind.accepts(answer, question, bank)


@pytest.mark.parametrize(
    ("address", "raw"),
    [
        (SCALE, "2"),
        (SCALE, ""),
        (SCALE, "1.0"),
        (SCALE, "0_1"),
        (SCALE, "٤"),
        (SCALE, []),
        (SCALE, ["0", "1"]),
        (CHOICE, "fax"),
        (CHOICE, ["telefoon", "tablet"]),
        (CHOICES, []),
        (CHOICES, ["telefoon", "fax"]),
        (CHOICES, ["telefoon", "telefoon"]),
        (YESNO, "yes"),
        (YESNO, "true"),
        (TWO_RIGHT, ""),
        (BOUNDED, "0"),
        (BOUNDED, "100"),
        (UNBOUNDED, "veel"),
        (UNBOUNDED, "9" * 5000),
    ],
)
def test_an_impossible_entry_is_refused(address: Address, raw: str | list[str]) -> None:
    kind, question, bank = asked(address)
    with pytest.raises(ValueError, match=r"\w"):
        kind.parse(raw, question, bank)


def test_the_refusal_of_an_answer_does_not_repeat_it() -> None:
    kind, question, bank = asked(CHOICE)
    with pytest.raises(ValueError, match="meest") as caught:
        kind.parse("something private", question, bank)
    assert "private" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, True, 1.0, "4", [4], {}, [[1]], [{}]])
@pytest.mark.parametrize("address", [SCALE, CHOICES, TWO_RIGHT, YESNO, BOUNDED])
def test_values_of_another_type_are_no_answers(address: Address, answer: object) -> None:
    kind, question, bank = asked(address)
    assert not kind.accepts(answer, question, bank)


@pytest.mark.parametrize(
    ("address", "answer", "score"),
    [
        (SCALE, 0, 0.0),
        (SCALE, 1, 0.25),
        (SCALE, 4, 1.0),
        (REVERSED, 0, 1.0),
        (REVERSED, 1, 0.75),
        (YESNO, "ja", 1.0),
        (YESNO, "nee", 0.0),
        (NO_IS_GOOD, "ja", 0.0),
        (NO_IS_GOOD, "nee", 1.0),
        (ONE_RIGHT, "melden", 1.0),
        (ONE_RIGHT, "openen", 0.0),
        (TWO_RIGHT, ["lang", "uniek"], 1.0),
        (TWO_RIGHT, ["lang"], 0.5),
        (TWO_RIGHT, ["lang", "uniek", "naam"], 0.5),
        (TWO_RIGHT, ["lang", "naam"], 0.0),
        (TWO_RIGHT, ["lang", "uniek", "naam", "oud"], 0.0),
        (TWO_RIGHT, ["oud"], 0.0),
        (CHOICE, "tablet", None),
        (CHOICES, ["tablet"], None),
        (BOUNDED, 5, None),
    ],
)
def test_scores_run_from_0_to_1(address: Address, answer: Value, score: float | None) -> None:
    kind, question, bank = asked(address)
    assert kind.score(answer, question, bank) == score


@pytest.mark.parametrize("address", [SCALE, CHOICE, CHOICES, YESNO, ONE_RIGHT, TWO_RIGHT])
def test_every_offered_choice_can_be_chosen(address: Address) -> None:
    kind, question, bank = asked(address)
    offered = kind.choices(question, bank)
    assert offered
    for option in offered:
        assert kind.accepts(kind.parse(option.value, question, bank), question, bank)


def test_a_number_is_entered_freely() -> None:
    kind, question, bank = asked(BOUNDED)
    assert kind.choices(question, bank) is None


def test_only_knowledge_tells_what_someone_knows() -> None:
    assert [name for name, kind in KINDS.items() if kind.rates_knowledge] == ["knowledge"]


@pytest.mark.parametrize(
    ("address", "several"), [(CHOICE, False), (CHOICES, True), (ONE_RIGHT, False), (TWO_RIGHT, True)]
)
def test_a_form_can_tell_whether_several_can_be_chosen(address: Address, several: bool) -> None:
    kind, question, _ = asked(address)
    assert kind.takes_several(question) is several


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_claims_only_fields_that_a_question_has(kind: Kind) -> None:
    assert KINDS[kind.name] is kind
    assert kind.fields <= set(OWN_FIELDS) <= set(Question.model_fields)


def test_yes_and_no_are_known_in_the_languages_of_the_product() -> None:
    assert (YES_AND_NO["nl"], YES_AND_NO["en"]) == (("Ja", "Nee"), ("Yes", "No"))
