"""Getting banks and materials from files, with every mistake in them at once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path as File
from typing import NamedTuple, TypeVar

from zelfscan.banks import source
from zelfscan.banks.checks import bank_mistakes, material_mistakes
from zelfscan.banks.document import Document, Located, Mark
from zelfscan.banks.mending import correct_spelling, is_under, mend
from zelfscan.banks.problems import MAX_PROBLEMS, BankError, Mistake, Path, Problem
from zelfscan.banks.schema import Bank, Material, MaterialList, Part
from zelfscan.banks.schema_errors import mistake

MATERIALS_FILE = "materials.yaml"

Model = TypeVar("Model", bound=Part)


def load_bank(path: File, materials: Mapping[str, Material] | None = None) -> Bank:
    """Read the bank in the file `path`.

    Args:
        path: the file; its name is the id of the bank with `.yaml`.
        materials: the known materials by id; None: the bank's references to materials are not checked.

    Raises:
        BankError: the file cannot be read, or the bank has mistakes; it has all of them.
    """
    return _usable(*_read_bank(_read_file(path), str(path), materials))


def parse_bank(text: str, name: str, materials: Mapping[str, Material] | None = None) -> Bank:
    """Read a bank from the text of a file that is called `name`; otherwise as `load_bank`.

    Raises:
        BankError: the bank has mistakes; it has all of them.
    """
    return _usable(*_read_bank(source.read(text), name, materials))


def load_materials(path: File) -> dict[str, Material]:
    """Read the materials in the file `path`, by id.

    Raises:
        BankError: the file cannot be read, or has mistakes; it has all of them.
    """
    library = _usable(*_read_materials(_read_file(path), str(path)))
    return {material.id: material for material in library.materials}


def check_files(paths: Iterable[File]) -> list[Problem]:
    """Check banks, and the `materials.yaml` beside them, and return every problem, sorted by file and line.

    Args:
        paths: files, or folders of which every `*.yaml` is checked. A file that is called `materials.yaml` is read
            as materials. A bank without a `materials.yaml` beside it can refer to no material.
    """
    files = dict.fromkeys(file for path in paths for file in _files_in(File(path)))
    beside = dict.fromkeys(file.parent / MATERIALS_FILE for file in files)
    libraries = {file: _check_materials(file) for file in beside if file in files or file.is_file()}
    problems = [problem for library in libraries.values() for problem in library.problems]
    for file in files:
        if file.name != MATERIALS_FILE:
            library = libraries.get(file.parent / MATERIALS_FILE, Library({}, []))
            problems += _read_bank(_read_file(file), str(file), library.materials)[1]
    return sorted(problems)


class Library(NamedTuple):
    """The materials of a file that may have problems; None: they are unknown, because the file cannot be read."""

    materials: Mapping[str, Material] | None
    problems: list[Problem]


def _files_in(path: File) -> list[File]:
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def _check_materials(path: File) -> Library:
    library, problems = _read_materials(_read_file(path), str(path))
    known = None if library is None else {material.id: material for material in library.materials}
    return Library(known, problems)


def _usable(model: Model | None, problems: list[Problem]) -> Model:
    if model is None or problems:
        raise BankError(problems)
    return model


def _read_file(path: File) -> Document:
    try:
        with path.open("rb") as file:
            content = file.read(source.MAX_SIZE + 1)
    except OSError as error:
        return _unreadable(Mark(1, 1), "unreadable", reason=error.strerror or type(error).__name__)
    if len(content) > source.MAX_SIZE:
        return Document(None, [source.too_large()])
    try:
        return source.read(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return _unreadable(_mark_of(content, error.start), "not_utf8")


def _unreadable(mark: Mark, code: str, **params: object) -> Document:
    return Document(None, [Located(mark, Mistake((), code, params))])


def _mark_of(content: bytes, position: int) -> Mark:
    before = content[:position]
    line_start = before.rfind(b"\n") + 1
    return Mark(before.count(b"\n") + 1, len(before[line_start:].decode("utf-8", "replace")) + 1)


def _read_bank(document: Document, name: str, materials: Collection[str] | None) -> tuple[Bank | None, list[Problem]]:
    file_id = File(name).stem
    return _examine(document, name, Bank, lambda bank: bank_mistakes(bank, file_id, materials))


def _read_materials(document: Document, name: str) -> tuple[MaterialList | None, list[Problem]]:
    return _examine(document, name, MaterialList, material_mistakes)


def _examine(
    document: Document, name: str, model: type[Model], check: Callable[[Model], Iterator[Mistake]]
) -> tuple[Model | None, list[Problem]]:
    """Return the content of a document as a `model` (mended where it has problems) and its problems by line."""
    found = document.faults
    if document.root is None:
        return None, _told(found, document, name)
    found = found + correct_spelling(model, document)
    mended = mend(model, document)
    for detail in mended.errors:
        found.append(_located(mistake(detail, document, model), document))
    if mended.model is not None:
        told = (one for one in check(mended.model) if not _is_moot(one, mended.stand_ins))
        found += [_located(one, document) for one in told]
    return mended.model, _told(found, document, name)


def _located(one: Mistake, document: Document) -> Located:
    mark = document.key_mark if one.at_key else document.mark
    return Located(mark(one.path), one)


def _is_moot(one: Mistake, stand_ins: set[Path]) -> bool:
    """Return whether a mistake is about a stand-in, or about languages while their list is a stand-in."""
    about_languages = one.code in ("missing_translation", "unknown_language")
    return is_under(one.path, stand_ins) or (about_languages and any(path[:1] == ("languages",) for path in stand_ins))


def _told(found: Iterable[Located], document: Document, name: str) -> list[Problem]:
    """Return the problems of a file by line, one for each spot: the first that was found, which says most."""
    spots: dict[tuple[Mark, Path], Located] = {}
    for located in found:
        spots.setdefault((located.mark, located.mistake.path), located)
    ordered = sorted(spots.values(), key=lambda located: located.mark)
    if len(ordered) > MAX_PROBLEMS:
        limit = Mistake((), "too_many_mistakes", {"limit": MAX_PROBLEMS})
        ordered = [*ordered[:MAX_PROBLEMS], Located(ordered[MAX_PROBLEMS].mark, limit)]
    return [Problem(name, *mark, document.describe(one.path), one.code, one.params) for mark, one in ordered]
