"""SurveyJS in: the JSON of a questionnaire, with its pages, panels and elements."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from zelfscan.banks.exchange.draft import Asked, Choice, Draft, Section, Texts, add_line, whole
from zelfscan.banks.exchange.expressions import SURVEYJS, Expression, ExpressionError, both, parse
from zelfscan.banks.exchange.reading import MAX_CELL, MAX_DEPTH
from zelfscan.banks.exchange.report import ExchangeError, Place, Report

INSERTION = re.compile(r"\{([^{}\n]{1,300})\}")
BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]')
MAX_ELEMENTS = 5000
LISTS = frozenset({"radiogroup", "dropdown", "buttongroup", "imagepicker"})
SEVERAL = frozenset({"checkbox", "tagbox"})
EXTRA = {
    "hasNone": "none",
    "showNoneItem": "none",
    "showRefuseItem": "refused",
    "showDontKnowItem": "dontknow",
}
OTHER = ("hasOther", "showOtherItem")
COMMENT = ("hasComment", "showCommentArea")
FILTERS = ("choicesVisibleIf", "choicesEnableIf", "choicesFromQuestion", "rowsVisibleIf", "columnsVisibleIf")
LEFT_OUT = ("defaultValue", "defaultValueExpression", "enableIf", "validators", "requiredIf", "setValueExpression")
WHOLE_SURVEY = ("triggers", "calculatedValues", "completedHtml", "timeLimit", "maxTimeToFinish")

Json = dict[str, Any]


def read_surveyjs(name: str, text: str, report: Report) -> Draft:
    """Return the questionnaire of a JSON file.

    Raises:
        ExchangeError: it is no such file, or goes over a bound.
    """
    _check_depth(text)
    try:
        whole_survey = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise ExchangeError("not_json", Place(line=line), reason=getattr(error, "msg", error)) from None
    if not isinstance(whole_survey, dict) or not {"pages", "elements", "questions"} & set(whole_survey):
        raise ExchangeError("not_surveyjs")
    return _Reader(whole_survey, report).draft(name)


def _check_depth(text: str) -> None:
    depth = 0
    for found in BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > MAX_DEPTH:
            raise ExchangeError("too_deep", Place(line=text.count("\n", 0, found.start()) + 1), limit=MAX_DEPTH)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(place: Place, *steps: str | int) -> Place:
    return place._replace(pointer=place.pointer + "".join(f"/{step}" for step in steps))


class _Reader:
    """Reads pages into sections."""

    def __init__(self, survey: Json, report: Report) -> None:
        self._survey, self._report = survey, report
        self._default = str(survey.get("locale") or "en")
        self._languages: dict[str, None] = {self._default: None}
        self._count = 0

    def draft(self, name: str) -> Draft:
        """Return the questionnaire."""
        for setting in WHOLE_SURVEY:
            if self._survey.get(setting):
                self._report.add(Place(pointer=f"/{setting}"), "setting", setting=setting)
        sections = [self._section(place, page, number) for number, (place, page) in enumerate(self._pages(), start=1)]
        title = self._text(self._survey.get("title"), Place(pointer="/title"))
        intro = self._text(self._survey.get("description"), Place(pointer="/description"))
        return Draft(name, title, list(self._languages), sections, intro, INSERTION)

    def _pages(self) -> Iterator[tuple[Place, Json]]:
        for number, page in enumerate(_list(self._survey.get("pages"))):
            if isinstance(page, dict):
                yield Place(pointer=f"/pages/{number}"), page
        for key in ("elements", "questions"):
            if _list(self._survey.get(key)):
                yield Place(), {"name": key, key: self._survey[key]}

    def _section(self, place: Place, page: Json, number: int) -> Section:
        name = str(page.get("name") or f"pagina-{number}")
        section = Section(name, place, self._text(page.get("title"), place), self._text(page.get("description"), place))
        if page.get("visible") is not False:
            self._elements(place, page, section, self._condition(place, page))
        return section

    def _elements(self, place: Place, holder: Json, section: Section, condition: Expression | None) -> None:
        for key in ("elements", "questions", "templateElements"):
            for number, element in enumerate(_list(holder.get(key))):
                self._count += 1
                if self._count > MAX_ELEMENTS:
                    raise ExchangeError("too_many_rows", place, limit=MAX_ELEMENTS)
                if isinstance(element, dict):
                    self._element(_at(place, key, number), element, section, condition)

    def _element(self, place: Place, element: Json, section: Section, outer: Expression | None) -> None:
        kind = str(element.get("type", ""))
        if element.get("visible") is False:
            self._report.add(place, "disabled")
            return
        if kind in ("panel", "paneldynamic"):
            self._panel(place, element, kind, section, outer)
            return
        if kind == "html":
            self._html(place, element, section)
            return
        found = list(self._asked(place, element, kind))
        condition = both(outer, self._condition(place, element)) if found else None
        for asked in found:
            asked.condition = condition
        section.questions += found
        if found:
            self._left_out(place, element)

    def _panel(self, place: Place, panel: Json, kind: str, section: Section, outer: Expression | None) -> None:
        title = self._text(panel.get("title"), place)
        name = str(next(iter(title.values()), panel.get("name", "")))
        self._report.add(place, "repeat" if kind == "paneldynamic" else "nested_group", name=name)
        self._elements(place, panel, section, both(outer, self._condition(place, panel)))

    def _html(self, place: Place, element: Json, section: Section) -> None:
        if section.questions:
            self._report.add(place, "note")
        else:
            add_line(section.intro, self._text(element.get("html"), place))

    def _asked(self, place: Place, element: Json, kind: str) -> Iterator[Asked]:
        if kind in LISTS or kind in SEVERAL:
            yield from self._chosen(place, element, "several" if self._takes_several(element, kind) else "one")
        elif kind == "boolean":
            yield self._boolean(place, element)
        elif kind == "rating":
            yield self._rating(place, element)
        elif kind == "matrix" and element.get("cellType") != "checkbox":
            yield from self._matrix(place, element)
        elif kind == "slider" or (kind == "text" and element.get("inputType") in ("number", "range")):
            yield from self._number(place, element, kind)
        else:
            self._unknown(place, element, kind)

    def _takes_several(self, element: Json, kind: str) -> bool:
        return kind in SEVERAL or (kind == "imagepicker" and element.get("multiSelect") is True)

    def _unknown(self, place: Place, element: Json, kind: str) -> None:
        name, entry = str(element.get("name", "")), str(element.get("inputType") or "text")
        if kind in ("comment", "multipletext") or (
            kind == "text" and entry in ("text", "email", "tel", "url", "password")
        ):
            self._report.add(place, "free_text", name=name)
        elif kind == "expression":
            self._report.add(place, "calculated", name=name)
        else:
            self._report.add(place, "no_counterpart", type=f"{kind} {entry}" if kind == "text" else kind)

    def _one(self, place: Place, element: Json, answer: Any) -> Asked:
        name = str(element.get("name", ""))
        text = self._text(element.get("title"), _at(place, "title")) or {self._default: name}
        help_text = self._text(element.get("description"), _at(place, "description"))
        return Asked(str(element.get("valueName") or name), place, answer, text, help_text, list_name=name)

    def _chosen(self, place: Place, element: Json, answer: str) -> Iterator[Asked]:
        if not _list(element.get("choices")):
            self._report.add(place, "no_list", list="choicesByUrl" if "choicesByUrl" in element else "choices")
            return
        asked = self._one(place, element, answer)
        asked.choices = self._choices(_at(place, "choices"), element["choices"])
        right = element.get("correctAnswer")
        asked.right = tuple(
            _word(value) for value in (right if isinstance(right, list) else [right]) if value is not None
        )
        yield asked

    def _choices(self, place: Place, items: object) -> list[Choice]:
        found = []
        for number, item in enumerate(_list(items)):
            here = _at(place, number)
            given = item if isinstance(item, dict) else {"value": item}
            value = _word(given.get("value", given.get("name", "")))
            if given.get("visibleIf"):
                self._report.add(here, "filter")
            if given.get("imageLink"):
                self._report.add(here, "media", media="imageLink")
            found.append(Choice(value, self._text(given.get("text"), here) or {self._default: value}, here))
        return found

    def _boolean(self, place: Place, element: Json) -> Asked:
        asked = self._one(place, element, "one")
        values = [_word(element.get(name, default)) for name, default in (("valueTrue", True), ("valueFalse", False))]
        labels = [self._text(element.get(name), _at(place, name)) for name in ("labelTrue", "labelFalse")]
        asked.choices = [Choice(v, label, place) for v, label in zip(values, labels, strict=True)]
        if not any(labels):
            asked.answer, asked.values = "yesno", (values[0], values[1])
        return asked

    def _rating(self, place: Place, element: Json) -> Asked:
        asked = self._one(place, element, "one")
        asked.ordered = True
        asked.choices = self._choices(_at(place, "rateValues"), element.get("rateValues")) or self._rates(
            place, element
        )
        for end, name in ((0, "minRateDescription"), (-1, "maxRateDescription")):
            for language, words in self._text(element.get(name), _at(place, name)).items():
                label = asked.choices[end].label
                label[language] = f"{asked.choices[end].value}: {words}"
        return asked

    def _rates(self, place: Place, element: Json) -> list[Choice]:
        low, high = whole(element.get("rateMin", 1)), whole(element.get("rateMax", element.get("rateCount", 5)))
        step = whole(element.get("rateStep", 1)) or 1
        if low is None or high is None or step < 1 or not low < high <= low + 100 * step:
            low, high, step = 1, 5, 1
        return [Choice(str(n), dict.fromkeys(self._languages, str(n)), place) for n in range(low, high + 1, step)]

    def _matrix(self, place: Place, element: Json) -> Iterator[Asked]:
        """Yield each row as a question; what the matrix asks is the explanation below it."""
        around = self._one(place, element, "one")
        for row in self._choices(_at(place, "rows"), element.get("rows")):
            columns = self._choices(_at(place, "columns"), element.get("columns"))
            name = f"{around.name}.{row.value}"
            yield Asked(name, row.place, "one", row.label, around.text, columns, around.list_name, ordered=True)

    def _number(self, place: Place, element: Json, kind: str) -> Iterator[Asked]:
        asked = self._one(place, element, "number")
        slider = kind == "slider"
        if slider and element.get("sliderType") == "range":
            self._report.add(place, "no_counterpart", type="slider range")
            return
        if str(element.get("step", 1)) != "1":
            self._report.add(place, "step", step=element.get("step"))
        elif not slider:
            self._report.add(place, "whole_numbers")
        asked.minimum = whole(element.get("min", 0 if slider else ""))
        asked.maximum = whole(element.get("max", 100 if slider else ""))
        yield asked

    def _condition(self, place: Place, element: Json) -> Expression | None:
        text = element.get("visibleIf")
        if not isinstance(text, str) or not text.strip():
            return None
        try:
            return parse(text, SURVEYJS)
        except ExpressionError as error:
            self._report.add(_at(place, "visibleIf"), "condition", condition=text, part=error)
            return None

    def _text(self, value: object, place: Place) -> Texts:
        """Return a text that is one text, or one per language; `default` is the language of the questionnaire."""
        by_language: Mapping[str, object] = value if isinstance(value, dict) else {"default": value}
        texts: Texts = {}
        for language, words in by_language.items():
            if isinstance(words, str | int | float) and not isinstance(words, bool) and str(words).strip():
                name = self._default if language == "default" else str(language)
                self._languages.setdefault(name)
                texts[name] = str(words)
                if len(texts[name]) > MAX_CELL:
                    raise ExchangeError("long_text", place, limit=MAX_CELL)
        return texts

    def _left_out(self, place: Place, element: Json) -> None:
        if element.get("isRequired"):
            self._report.add(place, "required")
        for name, option in EXTRA.items():
            if element.get(name):
                self._report.add(place, "extra_option", option=option)
        if any(element.get(name) for name in OTHER):
            self._report.add(place, "other_option")
        if any(element.get(name) for name in COMMENT):
            self._report.add(place, "comment")
        if any(element.get(name) for name in FILTERS):
            self._report.add(place, "filter")
        for name in LEFT_OUT:
            if element.get(name) not in (None, "", [], False):
                self._report.add(place, "column", column=name)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
