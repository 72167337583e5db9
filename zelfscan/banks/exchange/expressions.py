"""Reading conditions of other programs: XPath of XLSForm, ExpressionScript of LimeSurvey, SurveyJS and REDCap.

They share one grammar: comparisons of a question with a value, tied together with and, or and not. What differs is
how a question is named, which a `Dialect` says. Whatever else they can express is refused: nothing is evaluated.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MAX_LENGTH = 5000
"""Characters of an expression at most."""
MAX_DEPTH = 20
"""Nested brackets and nots at most."""


@dataclass(frozen=True)
class Comparison:
    """A question compared with values.

    `operator` is `=`, `<`, `<=`, `>`, `>=`, `has` (one of the values is chosen) or `answered`.
    """

    name: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Both:
    """Every part holds."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Either:
    """At least one part holds."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Expression"


Expression = Comparison | Both | Either | Not


class Dialect(NamedTuple):
    """How a program writes conditions: `reference` finds a question (group 1 is its name).

    `bare_values`: whether a word without quotes is a value.
    """

    reference: str
    bare_values: bool = False


XPATH = Dialect(r"\$\{\s*([^{}\s]+)\s*\}")
EXPRESSION_SCRIPT = Dialect(r"([A-Za-z_]\w*)(?:\.(?:NAOK|code|value|valueNAOK))?\b(?!\s*\()")
SURVEYJS = Dialect(r"\{([^{}]+)\}", bare_values=True)
REDCAP = Dialect(r"\[([A-Za-z]\w*(?:\([^()\[\]]+\))?)\](?!\s*\[)")

OPERATORS = {
    "=": "=",
    "==": "=",
    "===": "=",
    "eq": "=",
    "equal": "=",
    "equals": "=",
    "!=": "!=",
    "!==": "!=",
    "<>": "!=",
    "ne": "!=",
    "notequal": "!=",
    "notequals": "!=",
    "<": "<",
    "lt": "<",
    "less": "<",
    "<=": "<=",
    "le": "<=",
    "lessorequal": "<=",
    ">": ">",
    "gt": ">",
    "greater": ">",
    ">=": ">=",
    "ge": ">=",
    "greaterorequal": ">=",
    "contains": "has",
    "contain": "has",
    "anyof": "has",
    "allof": "has all",
    "notcontains": "has not",
    "notcontain": "has not",
    "noneof": "has not",
    "empty": "empty",
    "notempty": "not empty",
}
FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
EMPTINESS = {"empty", "not empty"}
EMPTY_CALLS = {"is_empty", "isempty", "empty"}

SYMBOLS = r"===|!==|==|!=|<>|<=|>=|=|<|>"
WORD = r"[A-Za-z_][\w.-]*"


class ExpressionError(ValueError):
    """An expression with something that is not one of the comparisons above; the message is the part."""


class Token(NamedTuple):
    """A part of an expression: `kind` is reference, value, word, operator or a bracket."""

    kind: str
    text: str


def parse(text: str, dialect: Dialect) -> Expression:
    """Read a condition.

    Raises:
        ExpressionError: it has a part that is not a comparison, or goes over a bound.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(text[:60])
    parser = _Parser(list(_tokens(text, dialect)), dialect)
    expression = parser.either(0)
    if parser.next.kind != "end":
        raise ExpressionError(parser.next.text)
    return expression


def both(*parts: Expression | None) -> Expression | None:
    """Return the condition that every part holds; None stands for a part that always holds."""
    there = tuple(part for part in parts if part is not None)
    return Both(there) if len(there) > 1 else next(iter(there), None)


def _lexer(dialect: Dialect) -> re.Pattern[str]:
    words = "and|or|not"
    return re.compile(
        rf"""\s*(?:(?P<string>'[^']*'|"[^"]*")|(?P<joint>&&|\|\||(?i:{words})\b|!(?!=))|(?P<operator>{SYMBOLS}|"""
        rf"""\b(?i:{"|".join(name for name in OPERATORS if name.isalpha())})\b(?!\s*\())|"""
        rf"""(?P<number>[+-]?[0-9]+(?:\.[0-9]+)?(?![\w.]))|(?P<reference>{dialect.reference})|"""
        rf"""(?P<word>{WORD})|(?P<bracket>[()\[\],]))"""
    )


LEXERS = {dialect: _lexer(dialect) for dialect in (XPATH, EXPRESSION_SCRIPT, SURVEYJS, REDCAP)}
JOINTS = {"&&": "and", "||": "or", "!": "not"}


def _tokens(text: str, dialect: Dialect) -> Iterator[Token]:
    lexer, position, text = LEXERS[dialect], 0, text.strip()
    while position < len(text):
        found = lexer.match(text, position)
        if found is None or found.end() == position:
            raise ExpressionError(text[position : position + 30])
        yield _token(found)
        position = found.end()


def _token(found: re.Match[str]) -> Token:
    kind = found.lastgroup if found.lastgroup is not None else "reference"
    if found.group("reference") is not None:
        name = next(group for group in found.groups()[found.re.groupindex["reference"] :] if group is not None)
        return Token("reference", name.strip())
    text = found.group(kind)
    if kind == "string":
        return Token("value", text[1:-1])
    if kind == "number":
        return Token("value", text)
    if kind == "operator":
        return Token("operator", OPERATORS[text.lower()])
    if kind == "joint":
        return Token(kind, JOINTS.get(text, text.lower()))
    return Token(kind, text) if kind == "word" else Token(text, text)


class _Parser:
    """Reads tokens by recursive descent: or, and, not, comparison."""

    def __init__(self, tokens: list[Token], dialect: Dialect) -> None:
        self._tokens = tokens
        self._position = 0
        self._dialect = dialect

    @property
    def next(self) -> Token:
        """The token that comes next; its kind is `end` after the last one."""
        return self._tokens[self._position] if self._position < len(self._tokens) else Token("end", "")

    def either(self, depth: int) -> Expression:
        """Read parts tied with `or`."""
        parts = [self._both(depth)]
        while self._skips("joint", "or"):
            parts.append(self._both(depth))
        return Either(tuple(parts)) if len(parts) > 1 else parts[0]

    def _both(self, depth: int) -> Expression:
        parts = [self._negated(depth)]
        while self._skips("joint", "and"):
            parts.append(self._negated(depth))
        return Both(tuple(parts)) if len(parts) > 1 else parts[0]

    def _negated(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise ExpressionError("((((…")
        if self._skips("joint", "not"):
            return Not(self._negated(depth + 1))
        if self._skips("("):
            inner = self.either(depth + 1)
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Expression:
        token = self._take()
        if token.kind == "word":
            return self._call(token.text.lower()) if self.next.kind == "(" else self._flipped(token.text)
        if token.kind == "value":
            return self._flipped(token.text)
        if token.kind != "reference":
            raise ExpressionError(token.text)
        if self.next.kind != "operator":
            return _truthy(token.text)
        operator = self._take().text
        return _compared(token.text, operator, () if operator in EMPTINESS else self._values())

    def _call(self, name: str) -> Expression:
        self._expect("(")
        reference = self._expect("reference").text
        values = (self._expect("value").text,) if self._skips(",") else ()
        self._expect(")")
        if name == "selected" and values:
            return Comparison(reference, "has", values)
        if name in EMPTY_CALLS and not values:
            return Not(Comparison(reference, "answered"))
        raise ExpressionError(name)

    def _flipped(self, value: str) -> Expression:
        operator = self._expect("operator").text
        if operator not in FLIPPED:
            raise ExpressionError(operator)
        return _compared(self._expect("reference").text, FLIPPED[operator], (value,))

    def _values(self) -> tuple[str, ...]:
        if not self._skips("["):
            return (self._value(),)
        values = [self._value()]
        while self._skips(","):
            values.append(self._value())
        self._expect("]")
        return tuple(values)

    def _value(self) -> str:
        if self._dialect.bare_values and self.next.kind == "word":
            return self._take().text
        return self._expect("value").text

    def _take(self) -> Token:
        token = self.next
        self._position += 1
        return token

    def _skips(self, kind: str, text: str = "") -> bool:
        fits = self.next.kind == kind and text in ("", self.next.text)
        self._position += fits
        return fits

    def _expect(self, kind: str) -> Token:
        token = self._take()
        if token.kind != kind:
            raise ExpressionError(token.text or kind)
        return token


def _truthy(name: str) -> Expression:
    """A question that stands alone holds when it has an answer; what that answer has to be is not said."""
    raise ExpressionError(name)


def _compared(name: str, operator: str, values: tuple[str, ...]) -> Expression:
    answered = Comparison(name, "answered")
    if operator in EMPTINESS:
        return answered if operator == "not empty" else Not(answered)
    if operator == "has all":
        return Both(tuple(Comparison(name, "has", (value,)) for value in values))
    if operator == "has not":
        return Not(Comparison(name, "has", values))
    if values == ("",) and operator in ("=", "!="):
        return Not(answered) if operator == "=" else answered
    return Not(Comparison(name, "=", values)) if operator == "!=" else Comparison(name, operator, values)
