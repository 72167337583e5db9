"""The checks that need more than one value: references, translations, names used twice, order and links.

They run on a bank that fits the schema, or on one that was mended to fit it, and yield every mistake.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from zelfscan.banks.kinds import KINDS, Kind
from zelfscan.banks.links import is_known, unknown_links
from zelfscan.banks.problems import Mistake, Path, meant
from zelfscan.banks.schema import Bank, Material, MaterialList, Part, Question, ShowIf, SkillList, Text, When


class Placed(NamedTuple):
    """A question with its address and the path to it; `position` counts the questions of the bank from 0."""

    position: int
    path: Path
    address: str
    question: Question


def bank_mistakes(bank: Bank, file_id: str, materials: Collection[str] | None) -> Iterator[Mistake]:
    """Yield the mistakes in a bank that its types let through.

    Args:
        bank: the bank.
        file_id: what the bank has to be called: the name of its file without `.yaml`.
        materials: the ids of the known materials; None: references to materials are not checked.
    """
    if bank.bank != file_id:
        yield Mistake(("bank",), "wrong_bank_id", {"bank": bank.bank, "file": file_id})
    yield from _languages(bank.languages)
    yield from _texts(bank, bank.languages)
    yield from _scales(bank)
    yield from _empty_lists(bank)
    yield from _names(bank)
    yield from _levels(bank)
    placed = list(placed_questions(bank))
    yield from _kinds(bank, placed)
    yield from _conditions(bank, placed)
    if materials is not None:
        yield from _references(bank, placed, materials)


def material_mistakes(listed: MaterialList) -> Iterator[Mistake]:
    """Yield the mistakes in a file of materials that its types let through."""
    yield from _languages(listed.languages)
    yield from _texts(listed, listed.languages)
    ids = [(("materials", number, "id"), material.id) for number, material in enumerate(listed.materials)]
    yield from twice(ids, "duplicate_material")
    for number, material in enumerate(listed.materials):
        yield from _link(material, ("materials", number, "link"))


def skill_mistakes(
    listed: SkillList, file_id: str, materials: Collection[str] | None, elsewhere: Mapping[str, str]
) -> Iterator[Mistake]:
    """Yield the mistakes in a file of the skill library that its types let through.

    Args:
        listed: the content of the file.
        file_id: what the topic has to be called: the name of the file without `.yaml`.
        materials: the ids of the known materials; None: references to materials are not checked.
        elsewhere: the ids of the skills in the files before this one, each with the name of its file.
    """
    if listed.topic != file_id:
        yield Mistake(("topic",), "wrong_topic", {"topic": listed.topic, "file": file_id})
    yield from _languages(listed.languages)
    yield from _texts(listed, listed.languages)
    yield from _skill_ids(listed, elsewhere)
    yield from _skill_lists(listed)
    users = [(("skills", number), skill.materials) for number, skill in enumerate(listed.skills)]
    if materials is not None:
        yield from _unknown_materials(users, materials)


def _skill_ids(listed: SkillList, elsewhere: Mapping[str, str]) -> Iterator[Mistake]:
    ids = [(("skills", number, "id"), skill.id) for number, skill in enumerate(listed.skills)]
    yield from twice(ids, "duplicate_skill")
    for path, name in ids:
        if name in elsewhere:
            yield Mistake(path, "skill_elsewhere", {"value": name, "file": elsewhere[name]})


def _skill_lists(listed: SkillList) -> Iterator[Mistake]:
    if not listed.skills:
        yield Mistake(("skills",), "too_few", {})
    for number, skill in enumerate(listed.skills):
        path = ("skills", number)
        yield from _each_once(skill.materials, (*path, "materials"))
        for name, values in (("sectors", skill.sectors), ("functions", skill.functions)):
            yield from _each_once(values, (*path, name))
            if not values:
                yield Mistake((*path, name), "too_few", {})


def _each_once(values: Iterable[str], path: Path) -> Iterator[Mistake]:
    yield from twice((((*path, position), value) for position, value in enumerate(values)), "duplicate_value")


def _link(material: Material, path: Path) -> Iterator[Mistake]:
    if material.link is not None and not is_known(material.link):
        yield Mistake(path, "unknown_link", {"link": material.link})


def placed_questions(bank: Bank) -> Iterator[Placed]:
    """Yield the questions of a bank, each in its place."""
    position = 0
    for theme_number, theme in enumerate(bank.themes):
        for number, question in enumerate(theme.questions):
            path = ("themes", theme_number, "questions", number)
            yield Placed(position, path, f"{theme.id}.{question.id}", question)
            position += 1


def twice(names: Iterable[tuple[Path, object]], code: str) -> Iterator[Mistake]:
    """Yield a mistake for each name that came before, at the path that goes with the later one."""
    seen = set()
    for path, name in names:
        if name in seen:
            yield Mistake(path, code, {"value": name})
        seen.add(name)


def _languages(languages: tuple[str, ...]) -> Iterator[Mistake]:
    if "nl" not in languages:
        yield Mistake(("languages",), "no_dutch", {})
    for number, language in enumerate(languages):
        if language in languages[:number]:
            yield Mistake(("languages", number), "duplicate_language", {"language": language})


def _texts(whole: Part, languages: tuple[str, ...]) -> Iterator[Mistake]:
    for path, text in texts(whole):
        for language in languages:
            if language not in text.root:
                yield Mistake((*path, language), "missing_translation", {"language": language})
        for language, words in text.root.items():
            if language not in languages:
                params = {"language": language, "languages": languages}
                yield Mistake((*path, language), "unknown_language", params, at_key=True)
            for link in unknown_links(words):
                yield Mistake((*path, language), "unknown_link", {"link": link})


def texts(value: object, path: Path = ()) -> Iterator[tuple[Path, Text]]:
    """Yield every text in a bank, or in a part of one, with the path to it."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, Part):
        for name, info in type(value).model_fields.items():
            yield from texts(getattr(value, name), (*path, info.alias or name))
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from texts(item, (*path, number))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))


def _scales(bank: Bank) -> Iterator[Mistake]:
    for name, points in bank.scales.items():
        if len(points) < 2:
            yield Mistake(("scales", name), "too_few_points", {"count": len(points)})
        values = [(("scales", name, number, "value"), point.value) for number, point in enumerate(points)]
        yield from twice(values, "duplicate_scale_value")


def _empty_lists(bank: Bank) -> Iterator[Mistake]:
    if not bank.themes:
        yield Mistake(("themes",), "too_few", {})
    for number, theme in enumerate(bank.themes):
        if not theme.questions:
            yield Mistake(("themes", number, "questions"), "too_few", {})


def _names(bank: Bank) -> Iterator[Mistake]:
    themes = [(("themes", number, "id"), theme.id) for number, theme in enumerate(bank.themes)]
    yield from twice(themes, "duplicate_theme")
    for theme_number, theme in enumerate(bank.themes):
        base = ("themes", theme_number, "questions")
        questions = [((*base, number, "id"), question.id) for number, question in enumerate(theme.questions)]
        yield from twice(questions, "duplicate_question")
    levels = [(("levels", number, "id"), level.id) for number, level in enumerate(bank.levels)]
    yield from twice(levels, "duplicate_level")


def _levels(bank: Bank) -> Iterator[Mistake]:
    bounds = [level.from_ for level in bank.levels]
    if bounds and bounds[0] != 0:
        yield Mistake(("levels", 0, "from"), "first_level_not_zero", {"bound": bounds[0]})
    for number, (previous, bound) in enumerate(pairwise(bounds), start=1):
        if bound <= previous:
            params = {"bound": bound, "previous": previous}
            yield Mistake(("levels", number, "from"), "levels_not_ascending", params)


OWN_DIGITYPE = ("employee", "leader")
"""The audiences that answer about themselves at work, so that their answers can tell their digitype."""


def _kinds(bank: Bank, placed: list[Placed]) -> Iterator[Mistake]:
    for _, path, _, question in placed:
        if question.facet is not None and bank.audience not in OWN_DIGITYPE:
            yield Mistake((*path, "facet"), "facet_of_others", {"audience": bank.audience, "allowed": OWN_DIGITYPE})
        kind = KINDS.get(question.kind)
        if kind is None:
            params = {"kind": question.kind, "kinds": list(KINDS), **meant(question.kind, KINDS)}
            yield Mistake((*path, "kind"), "unknown_kind", params)
            continue
        for below in kind.problems(question, bank):
            yield below._replace(path=path + below.path)


def _references(bank: Bank, placed: list[Placed], known: Collection[str]) -> Iterator[Mistake]:
    users: list[tuple[Path, tuple[str, ...]]] = [
        (("themes", number), theme.materials) for number, theme in enumerate(bank.themes)
    ]
    users += [(path, question.materials) for _, path, _, question in placed]
    users += [(("outcome", "advice", n), advice.materials) for n, advice in enumerate(bank.outcome.advice)]
    yield from _unknown_materials(users, known)


def _unknown_materials(users: Iterable[tuple[Path, tuple[str, ...]]], known: Collection[str]) -> Iterator[Mistake]:
    for path, references in users:
        for number, material in enumerate(references):
            if material not in known:
                params = {"material": material, **meant(material, known)}
                yield Mistake((*path, "materials", number), "unknown_material", params)


def _conditions(bank: Bank, placed: list[Placed]) -> Iterator[Mistake]:
    by_address = {one.address: one for one in reversed(placed)}
    for asked in placed:
        if asked.question.show_if is not None:
            for path, comparison in _comparisons(asked.question.show_if, (*asked.path, "show_if")):
                yield from _comparison(bank, asked, by_address, path, comparison)


def _comparisons(condition: ShowIf, path: Path) -> Iterator[tuple[Path, ShowIf]]:
    if condition.question is not None:
        yield path, condition
    for name, group in (("all", condition.all), ("any", condition.any)):
        for number, below in enumerate(group or ()):
            yield from _comparisons(below, (*path, name, number))


def _comparison(
    bank: Bank, asked: Placed, by_address: dict[str, Placed], path: Path, comparison: ShowIf
) -> Iterator[Mistake]:
    address = comparison.question or ""
    params = {"address": address}
    target = by_address.get(address)
    if target is None:
        yield Mistake((*path, "question"), "show_if_unknown", params | meant(address, by_address))
    elif target.address == asked.address:
        yield Mistake((*path, "question"), "show_if_itself", params)
    elif target.position > asked.position:
        yield Mistake((*path, "question"), "show_if_later", params)
    else:
        yield from operand_mistakes(bank, target, path, comparison)


def operand_mistakes(bank: Bank, target: Placed, path: Path, comparison: ShowIf | When) -> Iterator[Mistake]:
    """Yield the mistakes in what a question is compared with: values that its answer can never be."""
    kind = KINDS.get(target.question.kind)
    if kind is None or any(kind.problems(target.question, bank)):
        return
    for operator, bound in (("at_least", comparison.at_least), ("at_most", comparison.at_most)):
        if bound is not None and not kind.numeric:
            params = {"operator": operator, "address": target.address}
            yield Mistake((*path, operator), "show_if_not_numeric", params)
        elif bound is not None and not kind.can_be(bound, target.question, bank):
            yield _impossible(kind, bank, target, (*path, operator), bound)
    for operator, operands in (("is", comparison.is_), ("is_not", comparison.is_not)):
        for number, value in enumerate(operands or ()):
            if not kind.can_be(value, target.question, bank):
                yield _impossible(kind, bank, target, (*path, operator, number), value)


def _impossible(kind: Kind, bank: Bank, target: Placed, path: Path, value: int | str) -> Mistake:
    params: dict[str, object] = {"address": target.address, "value": value}
    choices = kind.choices(target.question, bank)
    if choices is None:
        return Mistake(path, "show_if_number", params)
    values = [option.value for option in choices]
    suggestion = meant(value, values) if isinstance(value, str) else {}
    return Mistake(path, "show_if_value", params | {"values": values} | suggestion)
