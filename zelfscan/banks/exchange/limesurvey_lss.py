"""LimeSurvey's .lss: its tables as XML, before version 4 with the texts in the tables, and since then beside them."""

from collections import defaultdict
from typing import Any
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from zelfscan.banks.exchange.draft import Draft, Texts, whole
from zelfscan.banks.exchange.limesurvey import Group, Item, Survey, as_draft
from zelfscan.banks.exchange.reading import MAX_CELL, MAX_DEPTH, MAX_ROWS
from zelfscan.banks.exchange.report import ExchangeError, Place, Report

MAX_FIELDS = 1_000_000
TABLE_DEPTH, ROW_DEPTH, FIELD_DEPTH = 2, 4, 5
"""How deep things are: `document/questions/rows/row/title`."""

Row = dict[str, str]
Tables = dict[str, list[tuple[int, Row]]]


def read_limesurvey_lss(name: str, content: bytes, report: Report) -> Draft:
    """Return the questionnaire of an .lss file.

    Raises:
        ExchangeError: it is no such file, has entities or a DOCTYPE, or goes over a bound.
    """
    tables = _tables(content)
    if not {"groups", "questions"} <= set(tables):
        raise ExchangeError("not_limesurvey")
    return as_draft(name, _survey(tables), report)


def _tables(content: bytes) -> Tables:
    from defusedxml import DefusedXmlException
    from defusedxml.sax import parseString

    handler = _Handler()
    try:
        parseString(content, handler, forbid_dtd=True)
    except DefusedXmlException:
        raise ExchangeError("entities") from None
    except SAXException as error:
        line = getattr(error, "getLineNumber", lambda: 0)() or 0
        raise ExchangeError("not_xml", Place(line=line), reason=error.getMessage()) from None
    except (ValueError, LookupError) as error:
        raise ExchangeError("not_xml", reason=error) from None
    return handler.tables


class _Handler(ContentHandler):
    """Collects the rows of every table, with the line that each begins on."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: Tables = defaultdict(list)
        self._path: list[str] = []
        self._row: Row = {}
        self._line = self._fields = self._length = 0
        self._text: list[str] = []
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802
        """Keep what knows the line."""
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: N802
        """Go one level deeper."""
        self._path.append(name)
        self._text, self._length, self._fields = [], 0, self._fields + 1
        if len(self._path) > MAX_DEPTH:
            raise ExchangeError("too_deep", self._place, limit=MAX_DEPTH)
        if self._fields > MAX_FIELDS:
            raise ExchangeError("too_many_fields", self._place, limit=MAX_FIELDS)
        if len(self._path) == ROW_DEPTH:
            self._row, self._line = {}, self._locator.getLineNumber()

    def characters(self, content: str) -> None:
        """Collect text."""
        self._length += len(content)
        if self._length > MAX_CELL and content.strip():
            raise ExchangeError("long_text", self._place, limit=MAX_CELL)
        self._text.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802
        """Keep a field or a row that ends here."""
        text = "".join(self._text).strip()
        if len(self._path) == FIELD_DEPTH:
            self._row[name] = text
        elif len(self._path) == ROW_DEPTH and name == "row":
            self._keep()
        elif self._path[1:] == ["languages", "language"]:
            self.tables["languages"].append((0, {"language": text}))
        self._path.pop()
        self._text = []

    def _keep(self) -> None:
        table = self.tables[self._path[TABLE_DEPTH - 1]]
        table.append((self._line, self._row))
        if len(table) > MAX_ROWS:
            raise ExchangeError("too_many_rows", self._place, limit=MAX_ROWS)

    @property
    def _place(self) -> Place:
        return Place(line=self._locator.getLineNumber() or 0)


def _survey(tables: Tables) -> Survey:
    base = next((row.get("language", "") for _, row in tables.get("surveys", [])), "")
    others = [row["language"] for _, row in tables.get("languages", [])]
    survey = Survey(list(dict.fromkeys(filter(None, [base, *others]))))
    for _, row in tables.get("surveys_languagesettings", []):
        language = row.get("surveyls_language", "")
        survey.title[language] = row.get("surveyls_title", "")
        survey.welcome[language] = row.get("surveyls_welcometext", "")
    groups = _groups(tables)
    for gid, question in _questions(tables):
        if gid in groups:
            groups[gid].questions.append(question)
    survey.groups = list(groups.values())
    return survey


def _ordered(rows: list[tuple[int, Row]], column: str) -> list[tuple[int, Row]]:
    return sorted(rows, key=lambda one: whole(one[1].get(column, "")) or 0)


def _texts(tables: Tables, beside: str, key: str, column: str) -> dict[str, Texts]:
    """Return the texts of a table of translations, by the id of what they translate."""
    found: dict[str, Texts] = defaultdict(dict)
    for _, row in tables.get(beside, []):
        found[row.get(key, "")][row.get("language", "")] = row.get(column, "")
    return found


def _own(texts: Texts, row: Row, column: str) -> None:
    if column in row:
        texts[row.get("language", "")] = row[column]


def _groups(tables: Tables) -> dict[str, Group]:
    titles = _texts(tables, "group_l10ns", "gid", "group_name")
    descriptions = _texts(tables, "group_l10ns", "gid", "description")
    groups: dict[str, Group] = {}
    for line, row in _ordered(tables["groups"], "group_order"):
        gid = row.get("gid", "")
        if gid not in groups:
            relevance = row.get("grelevance", "")
            groups[gid] = Group(Place(line=line), titles[gid], descriptions[gid], relevance)
        _own(groups[gid].title, row, "group_name")
        _own(groups[gid].description, row, "description")
    return groups


def _questions(tables: Tables) -> list[tuple[str, Item]]:
    attributes = _attributes(tables)
    items: dict[str, tuple[str, Item]] = {}
    for qid, line, row in _named(tables, "questions"):
        if qid not in items:
            items[qid] = row.get("gid", ""), _question(Place(line=line), row, attributes[qid])
    _translate(tables, "questions", {qid: item for qid, (_, item) in items.items()})
    subquestions = {
        qid: Item(row.get("title", ""), Place(line=line)) for qid, line, row in _named(tables, "subquestions")
    }
    _translate(tables, "subquestions", subquestions)
    for qid, _, row in _named(tables, "subquestions"):
        parent = items.get(row.get("parent_qid", ""))
        if parent is not None and qid in subquestions and row.get("scale_id", "0") in ("", "0"):
            parent[1].subquestions.append(subquestions.pop(qid))
    _answers(tables, {qid: item for qid, (_, item) in items.items()})
    return list(items.values())


def _named(tables: Tables, table: str) -> list[tuple[str, int, Row]]:
    return [(row.get("qid", ""), line, row) for line, row in _ordered(tables.get(table, []), "question_order")]


def _question(place: Place, row: Row, attributes: dict[str, str]) -> Item:
    return Item(
        row.get("title", ""),
        place,
        row.get("type", ""),
        relevance=row.get("relevance", ""),
        mandatory=row.get("mandatory", "") in ("Y", "S"),
        other=row.get("other", "") == "Y",
        validation=row.get("preg", ""),
        attributes=attributes,
    )


def _translate(tables: Tables, table: str, items: dict[str, Item]) -> None:
    """Fill in the texts of questions: from their own rows, and from the translations beside them."""
    for qid, _, row in _named(tables, table):
        _own(items[qid].texts, row, "question")
        _own(items[qid].help, row, "help")
    for _, row in tables.get("question_l10ns", []):
        item = items.get(row.get("qid", ""))
        if item is not None:
            _own(item.texts, row, "question")
            _own(item.help, row, "help")


def _attributes(tables: Tables) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for _, row in tables.get("question_attributes", []):
        found[row.get("qid", "")][row.get("attribute", "")] = row.get("value", "")
    return found


def _answers(tables: Tables, items: dict[str, Item]) -> None:
    texts = _texts(tables, "answer_l10ns", "aid", "answer")
    known: dict[tuple[str, str, str], Item] = {}
    for line, row in _ordered(tables.get("answers", []), "sortorder"):
        qid, code, scale = row.get("qid", ""), row.get("code", ""), row.get("scale_id", "") or "0"
        if qid not in items:
            continue
        if (qid, code, scale) not in known:
            number = whole(row.get("assessment_value", ""))
            answer = Item(code, Place(line=line), texts=dict(texts[row.get("aid", "")]), number=number, scale=scale)
            known[qid, code, scale] = answer
            items[qid].answers.append(answer)
        _own(known[qid, code, scale].texts, row, "answer")
