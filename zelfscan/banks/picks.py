"""Questions picked from the skill library: what an author leaves out, the skill fills in."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from zelfscan.banks.document import NAMELESS, Document, Field, Located, Node, node_of
from zelfscan.banks.problems import Mistake, Path, meant
from zelfscan.banks.schema import ID_PATTERN, Skill

PICKED_KIND = "scale"
UNKNOWN = "?"


def has_picks(document: Document) -> bool:
    """Return whether a question of the document is picked from the library."""
    return any(True for _ in _picks(document))


def fill_picks(document: Document, skills: Mapping[str, Skill]) -> list[Located]:
    """Put what the skills say where the questions that pick them say nothing; return what is wrong with the picks.

    A question that picks an unknown skill is filled as well, so that nothing else is told of what is missing there.
    """
    languages, scale = _languages(document), _first_scale(document)
    found = []
    for path, question in _picks(document):
        picked = question.fields["skill"].value
        skill = skills.get(picked.raw)
        if skill is None:
            params = {"skill": picked.raw, **meant(picked.raw, skills)}
            found.append(Located(picked.mark, Mistake((*path, "skill"), "unknown_skill", params)))
        kind = question.fields.get("kind")
        own = scale if kind is None or kind.value.raw == PICKED_KIND else {}
        _fill(question, _content(skill, picked.raw, languages) | own)
    return found


def _picks(document: Document) -> Iterator[tuple[Path, Node]]:
    themes = document.find(("themes",))
    for theme_number, theme in enumerate(themes.items if themes else ()):
        questions = theme.child("questions") if theme.tag == "map" else None
        for number, question in enumerate(questions.items if questions else ()):
            if question.tag == "map" and "skill" in question.fields:
                yield ("themes", theme_number, "questions", number), question


def _fill(question: Node, content: Mapping[str, Any]) -> None:
    mark = question.fields["skill"].value.mark
    for name, value in content.items():
        if name not in question.fields:
            question.fields[name] = Field(mark, node_of(value, mark))


def _content(skill: Skill | None, picked: str, languages: Collection[str]) -> dict[str, Any]:
    if skill is None:
        return {
            "id": picked if re.fullmatch(ID_PATTERN, picked) else NAMELESS[-1],
            "text": dict.fromkeys(languages, UNKNOWN),
            "kind": PICKED_KIND,
        }
    texts = {name: _in(languages, getattr(skill, name).root) for name in ("text", "tip")}
    lists = {name: list(getattr(skill, name)) for name in ("materials", "functions") if getattr(skill, name)}
    basic = {"basic": True} if skill.basic else {}
    return {"id": skill.id, "kind": PICKED_KIND} | texts | lists | basic


def _in(languages: Collection[str], text: Mapping[str, str]) -> dict[str, str]:
    return {language: words for language, words in text.items() if language in languages}


def _languages(document: Document) -> list[str]:
    listed = document.find(("languages",))
    return [node.raw for node in listed.items] if listed and listed.items else ["nl"]


def _first_scale(document: Document) -> dict[str, str]:
    scales = document.find(("scales",))
    return {"scale": next(iter(scales.fields))} if scales and scales.fields else {}
