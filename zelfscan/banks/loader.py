"""Getting banks, materials and skills from files, with every mistake in them at once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path as File
from typing import NamedTuple, TypeVar

from zelfscan.banks import source
from zelfscan.banks.checks import bank_mistakes, material_mistakes, skill_mistakes
from zelfscan.banks.document import Document, Located, Mark
from zelfscan.banks.mending import correct_spelling, is_under, mend
from zelfscan.banks.outcome_checks import outcome_mistakes
from zelfscan.banks.picks import fill_picks, has_picks
from zelfscan.banks.problems import MAX_PROBLEMS, BankError, Mistake, Path, Problem
from zelfscan.banks.schema import Bank, Material, MaterialList, Part, Skill, SkillList
from zelfscan.banks.schema_errors import mistake

MATERIALS_FILE = "materials.yaml"
LIBRARY_FOLDER = "library"

Model = TypeVar("Model", bound=Part)
Read = TypeVar("Read")


def load_bank(path: File, materials: Mapping[str, Material] | None = None, folders: Iterable[File] = ()) -> Bank:
    """Read the bank in the file `path`; what it picks from the skill library is filled in.

    Args:
        path: the file; its name is the id of the bank with `.yaml`.
        materials: the known materials by id; None: the bank's references to materials are not checked.
        folders: folders whose skill library counts, beside the one that lies with the file.

    Raises:
        BankError: a file cannot be read, or the bank or the library has mistakes; it has all of them.
    """
    document, shelf = read_file(path), Shelf(folders)
    skills = shelf.skills_for(path) if has_picks(document) else {}
    if shelf.problems:
        raise BankError(shelf.problems)
    return _usable(*_read_bank(document, str(path), materials, skills))


def parse_bank(
    text: str, name: str, materials: Mapping[str, Material] | None = None, skills: Mapping[str, Skill] | None = None
) -> Bank:
    """Read a bank from the text of a file that is called `name`; otherwise as `load_bank`.

    Args:
        skills: the skill library by id; None: nothing can be picked.

    Raises:
        BankError: the bank has mistakes; it has all of them.
    """
    return _usable(*_read_bank(source.read(text), name, materials, skills or {}))


def load_materials(path: File) -> dict[str, Material]:
    """Read the materials in the file `path`, by id.

    Raises:
        BankError: the file cannot be read, or has mistakes; it has all of them.
    """
    listed = _usable(*_read_materials(read_file(path), str(path)))
    return {material.id: material for material in listed.materials}


def load_library(folder: File, materials: Mapping[str, Material] | None = None) -> dict[str, Skill]:
    """Read the skill library, every `*.yaml` in `folder`, and return its skills by id, by file and then as listed.

    Args:
        folder: the folder; the name of each file is its topic with `.yaml`.
        materials: the known materials by id; None: the skills' references to materials are not checked.

    Raises:
        BankError: the folder or a file cannot be read, or files have mistakes; it has all of them.
    """
    return _usable(*_read_library(_yaml_in(folder), materials))


def known_materials(folders: Iterable[File]) -> dict[str, Material]:
    """Read the materials of several folders by id; of two with the same id the one in the later folder counts.

    Raises:
        BankError: a file cannot be read, or has mistakes; no folder has materials at all.
    """
    files = [folder / MATERIALS_FILE for folder in folders]
    there = [file for file in files if file.is_file()] or files[:1]
    return {name: material for file in there for name, material in load_materials(file).items()}


def check_files(paths: Iterable[File], folders: Iterable[File] = ()) -> list[Problem]:
    """Check banks, materials and the skill library, and return every problem, sorted by file and line.

    Args:
        paths: files, or folders of which every `*.yaml` and `library/*.yaml` is checked. A file that is called
            `materials.yaml` is read as materials, and is checked with what lies beside it. A file in a folder that is
            called `library` is read as skills; it is checked with its whole folder, against the materials beside
            that folder.
        folders: folders whose materials and library count, beside those that lie with a file.
    """
    files = dict.fromkeys(file for path in paths for file in files_in(File(path)))
    shelf, libraries = Shelf(folders), dict.fromkeys(file.parent for file in files if _in_library(file))
    problems = [one for file in files if file.name == MATERIALS_FILE for one in _check_materials(file).problems]
    for library in libraries:
        skill_files = {*library.glob("*.yaml"), *(file for file in files if file.parent == library)}
        problems += _read_library(sorted(skill_files), shelf.materials_for(library / "any"))[1]
    for file in files:
        if file.parent not in libraries and file.name != MATERIALS_FILE:
            document = read_file(file)
            skills = shelf.skills_for(file) if has_picks(document) else {}
            problems += _read_bank(document, str(file), shelf.materials_for(file), skills)[1]
    return sorted(problems)


class CheckedMaterials(NamedTuple):
    """The materials of a file that may have problems; None: they are unknown, because the file cannot be read."""

    materials: Mapping[str, Material] | None
    problems: list[Problem]


def _yaml_in(path: File) -> list[File]:
    return sorted(path.glob("*.yaml")) if path.is_dir() else [path]


def files_in(path: File) -> list[File]:
    """Return the file itself, or the files of a folder and of the library in it."""
    library = path / LIBRARY_FOLDER
    return _yaml_in(path) + (_yaml_in(library) if library.is_dir() else [])


def _in_library(file: File) -> bool:
    return file.parent.resolve().name == LIBRARY_FOLDER


class Shelf:
    """The materials and skills that files can refer to: those that lie with a file, and those of some folders.

    Each file is read once, when it is asked for. Of two with the same id the one that lies with the file counts.

    Attributes:
        problems: the mistakes in the skill libraries that were read.
    """

    def __init__(self, folders: Iterable[File] = ()) -> None:
        self.problems: list[Problem] = []
        self._folders = tuple(folders)
        self._materials: dict[File, CheckedMaterials] = {}
        self._skills: dict[File, dict[str, Skill]] = {}

    def materials_for(self, file: File) -> dict[str, Material] | None:
        """Return the materials that a file can refer to, by id; None: they are unknown, for a file cannot be read."""
        found = [self._materials_in(folder) for folder in self._of(file)]
        if any(one is None for one in found):
            return None
        return {name: material for one in found for name, material in (one or {}).items()}

    def skills_for(self, file: File) -> dict[str, Skill]:
        """Return the skills that a bank can pick, by id, as far as their files can be read."""
        return {name: skill for folder in self._of(file) for name, skill in self._skills_in(folder).items()}

    def _of(self, file: File) -> tuple[File, ...]:
        folder = file.parent
        if _in_library(file):
            folder = folder.parent if folder.name == LIBRARY_FOLDER else folder.resolve().parent
        return (*(other for other in self._folders if other.resolve() != folder.resolve()), folder)

    def _materials_in(self, folder: File) -> Mapping[str, Material] | None:
        if folder not in self._materials:
            self._materials[folder] = _check_materials(folder / MATERIALS_FILE)
        return self._materials[folder].materials

    def _skills_in(self, folder: File) -> dict[str, Skill]:
        library = folder / LIBRARY_FOLDER
        if folder not in self._skills:
            self._skills[folder], problems = _read_library(_yaml_in(library) if library.is_dir() else [], None)
            self.problems += problems
        return self._skills[folder]


def _check_materials(path: File) -> CheckedMaterials:
    if not path.is_file():
        return CheckedMaterials({}, [])
    listed, problems = _read_materials(read_file(path), str(path))
    known = None if listed is None else {material.id: material for material in listed.materials}
    return CheckedMaterials(known, problems)


def _read_library(files: Iterable[File], materials: Collection[str] | None) -> tuple[dict[str, Skill], list[Problem]]:
    """Return the skills of the files by id, and every problem; an id is a problem in all files but its first."""
    skills: dict[str, Skill] = {}
    files_of: dict[str, str] = {}
    problems: list[Problem] = []
    for file in files:
        listed, found = _read_skills(read_file(file), str(file), materials, files_of)
        problems += found
        for skill in listed.skills if listed is not None else ():
            skills.setdefault(skill.id, skill)
            files_of.setdefault(skill.id, file.name)
    return skills, problems


def _usable(content: Read | None, problems: list[Problem]) -> Read:
    if content is None or problems:
        raise BankError(problems)
    return content


def read_file(path: File) -> Document:
    """Return the content of a file; what is wrong with it is among its faults."""
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


def _read_bank(
    document: Document, name: str, materials: Collection[str] | None, skills: Mapping[str, Skill]
) -> tuple[Bank | None, list[Problem]]:
    file_id = File(name).stem
    document.faults.extend(fill_picks(document, skills))

    def mistakes(bank: Bank) -> Iterator[Mistake]:
        yield from bank_mistakes(bank, file_id, materials)
        yield from outcome_mistakes(bank)

    return _examine(document, name, Bank, mistakes)


def _read_materials(document: Document, name: str) -> tuple[MaterialList | None, list[Problem]]:
    return _examine(document, name, MaterialList, material_mistakes)


def _read_skills(
    document: Document, name: str, materials: Collection[str] | None, elsewhere: Mapping[str, str]
) -> tuple[SkillList | None, list[Problem]]:
    file_id = File(name).stem
    return _examine(document, name, SkillList, lambda listed: skill_mistakes(listed, file_id, materials, elsewhere))


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
