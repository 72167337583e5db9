"""Custodians on the command line: asking their passphrases, and the commands that check and change them."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from zelfscan.banks.command import language_option
from zelfscan.config import Settings
from zelfscan.db import opened_database
from zelfscan.errors import ClearError
from zelfscan.organisations.auditlog import command_line, record
from zelfscan.rounds.custody import (
    Custodian,
    CustodyError,
    FoundShare,
    Opening,
    change_passphrase,
    check_names,
    check_passphrases,
    find_shares,
)
from zelfscan.rounds.custody_words import WORDS
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import custodians_of, known_round

TRIES = 3
FILE = click.Path(path_type=Path)

Command = Callable[..., Any]
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Dialogue:
    """Talks with custodians, on the error stream, so that what a program reads stays clean.

    Attributes:
        language: `nl` or `en`.
        files: (custodian, file with the passphrase), in place of asking.
        variables: (custodian, environment variable with the passphrase), in place of asking.
    """

    language: str
    files: tuple[tuple[str, Path], ...]
    variables: Pairs

    def words(self, key: str, **facts: object) -> str:
        """A sentence in this language."""
        return WORDS[self.language][key].format(**facts)

    def tell(self, key: str, **facts: object) -> None:
        click.echo(self.words(key, **facts), err=True)

    def hidden(self, key: str, **facts: object) -> str:
        """What somebody types without showing it."""
        typed: str = click.prompt(self.words(key, **facts), hide_input=True, err=True)
        return typed

    def given(self, names: Sequence[str]) -> dict[str, str]:
        """The passphrases that come from files and variables, by custodian."""
        found: dict[str, str] = {}
        for name, read, source in self._sources():
            if name not in names:
                raise CustodyError("unknown", name=name, names=", ".join(names))
            if name in found:
                raise CustodyError("twice", name=name)
            found[name] = read(source)
        return found

    def _sources(self) -> Iterator[tuple[str, Callable[[Any], str], Path | str]]:
        yield from ((name, _from_file, path) for name, path in self.files)
        yield from ((name, _from_variable, variable) for name, variable in self.variables)

    def new_passphrase(self, name: str) -> str:
        """Ask for a new passphrase until it is strong enough and typed twice alike."""
        while True:
            typed = self.hidden("new", name=name)
            try:
                check_passphrases([typed])
            except CustodyError as error:
                click.echo(error.in_(self.language), err=True)
                continue
            if self.hidden("again") == typed:
                return typed
            self.tell("differ")

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """Within it, what is wrong with custody is told in this language."""
        try:
            yield
        except CustodyError as error:
            raise ClearError(error.in_(self.language)) from None


def _from_file(path: Path) -> str:
    """The passphrase in a file that nobody else can read; pipes, which have no readers, are fine."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CustodyError("cannot_read", path=path, why=getattr(error, "strerror", "UTF-8")) from None
    if stat.S_ISREG(mode) and mode & 0o077:
        raise CustodyError("not_alone", path=path)
    return text


def _from_variable(variable: str) -> str:
    if variable not in os.environ:
        raise CustodyError("no_variable", variable=variable)
    return os.environ[variable]


@dataclass(frozen=True)
class NewCustody:
    """What `round open` is told about custodians."""

    names: tuple[str, ...]
    folders: dict[str, Path]
    yes: bool
    dialogue: Dialogue

    def custodians(self, settings: Settings) -> list[Custodian]:
        """Warn, and get a passphrase of each custodian; empty when the round is to have none.

        Raises:
            ClearError: names, folders or passphrases cannot be used.
            click.Abort: whoever opens the round did not want to go on.
        """
        with self.dialogue.speaking():
            self._check()
            if not self.names:
                return []
            given = self.dialogue.given(self.names)
            self._warn()
            chosen = given | {name: self.dialogue.new_passphrase(name) for name in self.names if name not in given}
            check_passphrases(list(chosen.values()))
        return [Custodian(name, chosen[name], self.folders.get(name, settings.keys)) for name in self.names]

    def _check(self) -> None:
        needing = {"--share-folder": self.folders, "--passphrase-file": self.dialogue.files}
        needing |= {"--passphrase-env": self.dialogue.variables}
        if self.names:
            check_names(self.names)
        elif option := next((name for name, value in needing.items() if value), None):
            raise CustodyError("needs_custodian", option=option)
        if unknown := [name for name in self.folders if name not in self.names]:
            raise CustodyError("unknown", name=unknown[0], names=", ".join(self.names))

    def _warn(self) -> None:
        first, second = self.names
        self.dialogue.tell("warning", first=first, second=second)
        if not self.yes:
            click.confirm(self.dialogue.words("sure"), abort=True, err=True)


@dataclass(frozen=True)
class HeldCustody:
    """What a command is told about the shares of a round that has custodians."""

    shares: tuple[Path, ...]
    dialogue: Dialogue

    def key(self, settings: Settings, round_: Round, names: Sequence[str]) -> bytes | None:
        """The key of a round, brought together by its custodians; None when it has none.

        Raises:
            ClearError: a share is missing, damaged, or does not open.
        """
        if not names:
            return None
        with self.dialogue.speaking():
            opening = self.unlock(find_shares(settings, round_, names, self.shares))
            return opening.key(round_.public_key)

    def unlock(self, shares: Iterable[FoundShare]) -> Opening:
        """Open shares, in the order in which passphrases come; tells whose is open while another has to follow."""
        opening = Opening(shares)
        opening.open_by_name(self.dialogue.given(opening.waiting))
        while opening.waiting:
            name = self._open_next(opening)
            if opening.waiting:
                self.dialogue.tell("opened", name=name)
        return opening

    def _open_next(self, opening: Opening) -> str:
        """Whose share the next passphrase opens; who mistypes may try again."""
        for left in reversed(range(TRIES)):
            try:
                return opening.open_any(self.dialogue.hidden("which", names=" / ".join(opening.waiting)))
            except CustodyError as error:
                if error.reason != "wrong" or not left:
                    raise
                click.echo(error.in_(self.dialogue.language), err=True)
        raise AssertionError("the last try either opened a share or raised")


def new_custody_options(command: Command) -> Command:
    """Add the options of `round open` about custodians; the command gets them as `custody`."""

    @wraps(command)
    def run(custodians: tuple[str, ...], folders: Pairs, yes: bool, **given: Any) -> Any:
        custody = NewCustody(custodians, {name: Path(folder) for name, folder in folders}, yes, _dialogue(given))
        return command(custody=custody, **given)

    options = (
        click.option(
            "--custodian",
            "custodians",
            multiple=True,
            help="Role of who is to hold half the key, such as 'ondernemingsraad'; give it twice. Closing needs both.",
        ),
        click.option(
            "--share-folder",
            "folders",
            multiple=True,
            type=(str, click.Path(exists=True, file_okay=False)),
            metavar="CUSTODIAN FOLDER",
            help="Where to write the share of a custodian; by default the keys folder.",
        ),
        click.option("--yes", is_flag=True, help="Do not ask whether to go on; for automation."),
    )
    return _with(run, (*options, *_PASSPHRASES))


def held_custody_options(command: Command) -> Command:
    """Add the options about the shares of a round; the command gets them as `custody`."""

    @wraps(command)
    def run(shares: tuple[Path, ...], **given: Any) -> Any:
        return command(custody=HeldCustody(shares, _dialogue(given)), **given)

    share = click.option(
        "--share",
        "shares",
        multiple=True,
        type=FILE,
        help="File with the share of a custodian, when it is not in the keys folder; repeatable.",
    )
    return _with(run, (share, *_PASSPHRASES))


def _dialogue(given: dict[str, Any]) -> Dialogue:
    """Take what it needs out of the options that are given."""
    return Dialogue(given.pop("language"), given.pop("passphrase_files"), given.pop("passphrase_variables"))


def _with(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


_PASSPHRASES = (
    click.option(
        "--passphrase-file",
        "passphrase_files",
        multiple=True,
        type=(str, FILE),
        metavar="CUSTODIAN FILE",
        help="Read the passphrase of a custodian from a file that nobody else can read; for automation.",
    ),
    click.option(
        "--passphrase-env",
        "passphrase_variables",
        multiple=True,
        type=(str, str),
        metavar="CUSTODIAN VARIABLE",
        help="Read the passphrase of a custodian from an environment variable; for automation.",
    ),
    language_option,
)


@click.command("check-custody")
@click.argument("round_id")
@click.option("--custodian", "only", help="Check the share of this custodian alone.")
@held_custody_options
def check_custody(round_id: str, only: str | None, custody: HeldCustody) -> None:
    """Let custodians of a round try their passphrases; counts and changes nothing."""
    settings, database = opened_database()
    with custody.dialogue.speaking():
        with database.read() as session:
            found = known_round(session, round_id)
            names = _chosen(found, custodians_of(session, round_id), only)
        record(database, command_line(), "check_custody", found.organisation_id, found.title)
        opening = custody.unlock(find_shares(settings, found, names, custody.shares))
        if only is None:
            opening.key(found.public_key)
    click.echo(custody.dialogue.words("opened", name=only) if only else custody.dialogue.words("together"))


@click.command("change-passphrase")
@click.argument("round_id")
@click.option("--custodian", "name", required=True, help="Whose passphrase is to change.")
@click.option("--new-passphrase-file", type=FILE, help="Read the new passphrase from a file; for automation.")
@held_custody_options
def change_passphrase_(round_id: str, name: str, new_passphrase_file: Path | None, custody: HeldCustody) -> None:
    """Give one custodian's share of the key another passphrase."""
    settings, database = opened_database()
    dialogue = custody.dialogue
    with dialogue.speaking():
        with database.read() as session:
            found = known_round(session, round_id)
            names = _chosen(found, custodians_of(session, round_id), name)
        (share,) = find_shares(settings, found, names, custody.shares)
        given = dialogue.given(names)
        old = given[name] if name in given else dialogue.hidden("old", name=name)
        new = _from_file(new_passphrase_file) if new_passphrase_file else dialogue.new_passphrase(name)
        record(database, command_line(), "change_passphrase", found.organisation_id, found.title)
        change_passphrase(share, old, new)
    click.echo(dialogue.words("changed", name=name, path=share.path))


def _chosen(round_: Round, names: tuple[str, ...], only: str | None) -> tuple[str, ...]:
    """The custodians of an open round, or the one that is asked for."""
    if not names:
        raise CustodyError("no_custody")
    if round_.state != "open":
        raise CustodyError("closed_round")
    if only is not None and only not in names:
        raise CustodyError("unknown", name=only, names=", ".join(names))
    return names if only is None else (only,)
