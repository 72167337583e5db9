"""Conditions of other programs mean the same here, for every combination of answers."""

from itertools import product

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from tests.banks.exchange.support import read_bank
from zelfscan.banks.branching import visible
from zelfscan.banks.exchange.conditions import MAX_CONDITIONS, Target, Unfit, show_if
from zelfscan.banks.exchange.expressions import (
    EXPRESSION_SCRIPT,
    MAX_LENGTH,
    REDCAP,
    SURVEYJS,
    XPATH,
    Both,
    Comparison,
    Either,
    Expression,
    ExpressionError,
    Not,
    parse,
)
from zelfscan.banks.exchange.rendering import render
from zelfscan.banks.exchange.writing import as_yaml
from zelfscan.banks.schema import Bank, Value

TARGETS = {
    "s": Target("t.s", {"1": 1, "2": 2, "3": 3}, numeric=True),
    "c": Target("t.c", {"a": "a", "b": "b"}),
    "m": Target("t.m", {"a": "a", "b": "b", "c": "c"}, several=True),
    "m_a": Target("t.m", {"a": "a", "b": "b", "c": "c"}, several=True, option="a"),
    "n": Target("t.n", numeric=True, minimum=0, maximum=4),
    "twice": None,
}
ANSWERS: dict[str, list[Value | None]] = {
    "s": [None, 1, 2, 3],
    "c": [None, "a", "b"],
    "m": [None, ["a"], ["b"], ["a", "b"], ["c"]],
    "n": [None, 0, 2, 4],
}
OPTIONS = [{"value": value, "label": {"nl": value}} for value in "abc"]
QUESTIONS = [
    {"id": "s", "text": {"nl": "S"}, "kind": "scale", "scale": "x"},
    {"id": "c", "text": {"nl": "C"}, "kind": "choice", "options": OPTIONS[:2]},
    {"id": "m", "text": {"nl": "M"}, "kind": "choices", "options": OPTIONS},
    {"id": "n", "text": {"nl": "N"}, "kind": "number", "minimum": 0, "maximum": 4},
]


def bank_with(condition: dict[str, object]) -> Bank:
    asked = [*QUESTIONS, {"id": "q", "text": {"nl": "Q"}, "kind": "yesno", "show_if": condition}]
    scale = [{"value": value, "label": {"nl": str(value)}} for value in (1, 2, 3)]
    themes = [{"id": "t", "title": {"nl": "T"}, "questions": asked}]
    content = {"bank": "b", "title": {"nl": "B"}, "audience": "employee", "minutes": 1}
    return read_bank(as_yaml({**content, "scales": {"x": scale}, "themes": themes}), "b.yaml")


def holds(expression: Expression, answers: dict[str, Value | None]) -> bool:
    """What other programs make of it: an empty answer differs from every value, and is never more or less."""
    if isinstance(expression, Not):
        return not holds(expression.part, answers)
    if isinstance(expression, Both | Either):
        return (all if isinstance(expression, Both) else any)(holds(part, answers) for part in expression.parts)
    answer = answers[expression.name.split("_")[0]]
    if expression.name == "m_a":
        return isinstance(answer, list) and "a" in answer
    if expression.operator == "answered" or answer is None:
        return expression.operator == "answered" and answer is not None
    if expression.operator == "has":
        return any(value in answer for value in expression.values) if isinstance(answer, list) else False
    (value,) = expression.values
    if isinstance(answer, int):
        bound = int(value)
        found = {"=": answer == bound, "<": answer < bound, "<=": answer <= bound}
        return {**found, ">": answer > bound, ">=": answer >= bound}[expression.operator]
    return answer == ([value] if isinstance(answer, list) else value)


numbers = st.builds(
    lambda name, operator, value: Comparison(name, operator, (str(value),)),
    st.sampled_from("sn"),
    st.sampled_from(["=", "<", "<=", ">", ">="]),
    st.integers(1, 3),
)
others = st.sampled_from(
    [
        Comparison("c", "=", ("a",)),
        Comparison("m", "=", ("a",)),
        Comparison("m", "has", ("a", "b")),
        Comparison("m_a", "=", ("Y",)),
        Comparison("m", "answered"),
        Comparison("s", "answered"),
    ]
)
expressions = st.recursive(
    numbers | others,
    lambda parts: (
        st.builds(Not, parts) | st.builds(Both, st.tuples(parts, parts)) | st.builds(Either, st.tuples(parts, parts))
    ),
    max_leaves=5,
)


def shown(bank: Bank, answers: dict[str, Value | None]) -> bool:
    return "t.q" in visible(bank, {f"t.{name}": answer for name, answer in answers.items()})


@settings(deadline=None, max_examples=150)
@given(expressions)
def test_a_condition_means_the_same_as_the_expression(expression: Expression) -> None:
    try:
        bank = bank_with(show_if(expression, TARGETS))
    except Unfit as unfit:
        if unfit.code != "never":
            raise
        reject()
    for combination in product(*ANSWERS.values()):
        answers = dict(zip(ANSWERS, combination, strict=True))
        assert shown(bank, answers) == holds(expression, answers)


@settings(deadline=None, max_examples=100)
@given(expressions)
def test_a_condition_written_as_xpath_is_read_with_the_same_meaning(expression: Expression) -> None:
    try:
        bank = bank_with(show_if(expression, TARGETS))
    except Unfit:
        return
    relevant = render(bank).survey[-2]["relevant"]
    targets = {f"t.{name}": target for name, target in TARGETS.items()}
    again = bank_with(show_if(parse(relevant, XPATH), targets))
    for combination in product(*ANSWERS.values()):
        answers = dict(zip(ANSWERS, combination, strict=True))
        assert shown(again, answers) == shown(bank, answers)


A, B = Comparison("a", "=", ("1",)), Comparison("b", "=", ("x",))


@pytest.mark.parametrize(
    ("text", "dialect", "expected"),
    [
        ("${a} = 1 and ${b} = 'x'", XPATH, Both((A, B))),
        ("(${a}='1') or not(${b} = \"x\")", XPATH, Either((A, Not(B)))),
        ("selected(${a}, 'v')", XPATH, Comparison("a", "has", ("v",))),
        ("${a} != ''", XPATH, Comparison("a", "answered")),
        ("3 < ${t.a}", XPATH, Comparison("t.a", ">", ("3",))),
        ('((a.NAOK == "1" && b == "x"))', EXPRESSION_SCRIPT, Both((A, B))),
        ('a ne "1"', EXPRESSION_SCRIPT, Not(A)),
        ("!is_empty(a.NAOK)", EXPRESSION_SCRIPT, Not(Not(Comparison("a", "answered")))),
        ("a_SQ1 ge 2", EXPRESSION_SCRIPT, Comparison("a_SQ1", ">=", ("2",))),
        ("{a} = 1 AND {b} = x", SURVEYJS, Both((A, B))),
        ("{a} anyof ['p', 'q']", SURVEYJS, Comparison("a", "has", ("p", "q"))),
        ("{a} allof ['p', 'q']", SURVEYJS, Both((Comparison("a", "has", ("p",)), Comparison("a", "has", ("q",))))),
        ("{a} notcontains 'p'", SURVEYJS, Not(Comparison("a", "has", ("p",)))),
        (
            "{a b} notempty or {a} empty",
            SURVEYJS,
            Either((Comparison("a b", "answered"), Not(Comparison("a", "answered")))),
        ),
        ("[a] = '1' or [b(2)] <> '1'", REDCAP, Either((A, Not(Comparison("b(2)", "=", ("1",)))))),
    ],
)
def test_each_dialect_is_read(text: str, dialect: object, expected: Expression) -> None:
    assert parse(text, dialect) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("", XPATH),
        ("${a}", XPATH),
        ("${a} = ${b}", XPATH),
        ("${a} + 1 = 2", XPATH),
        ("count-selected(${a}) > 1", XPATH),
        ("${a} = 1 ${b} = 2", XPATH),
        ("(" * 200 + "${a} = 1" + ")" * 200, XPATH),
        ("not " * 200 + "${a} = 1", XPATH),
        ("${a} = 1 or " * MAX_LENGTH, XPATH),
        ("{a} = ['p'", SURVEYJS),
        ("[event_1][a] = '1'", REDCAP),
        ("regexMatch('/x/', a)", EXPRESSION_SCRIPT),
        ("__import__('os')", EXPRESSION_SCRIPT),
    ],
)
def test_what_is_no_comparison_is_refused(text: str, dialect: object) -> None:
    with pytest.raises(ExpressionError):
        parse(text, dialect)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        (Comparison("x", "answered"), "no_such_question"),
        (Comparison("twice", "answered"), "ambiguous_question"),
        (Comparison("c", "=", ("z",)), "no_such_value"),
        (Comparison("n", "=", ("9",)), "no_such_value"),
        (Comparison("c", ">", ("1",)), "operator"),
        (Comparison("m", ">", ("1",)), "operator"),
        (Comparison("n", ">", ("4",)), "never"),
        (Comparison("s", "<", ("1",)), "never"),
        (Both((Comparison("s", "answered"),) * (MAX_CONDITIONS + 1)), "too_complex"),
    ],
)
def test_what_show_if_cannot_say_is_told(expression: Expression, code: str) -> None:
    with pytest.raises(Unfit) as caught:
        show_if(expression, TARGETS)
    assert caught.value.code == code
