"""`zelfscan backup` and `zelfscan restore`."""

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from zelfscan.backup.archive import Archive, open_archive
from zelfscan.backup.held import Held, gather, load_held, save_held
from zelfscan.backup.plan import SEALED, Choices, Contents, about, read_through, told
from zelfscan.backup.restoring import Restored, rehearse, restore
from zelfscan.backup.saving import save
from zelfscan.backup.target import unreachable
from zelfscan.backup.words import WORDS, BackupError
from zelfscan.banks.command import language_option
from zelfscan.config import Settings
from zelfscan.db import opened_database
from zelfscan.errors import ClearError
from zelfscan.rounds.models import Round

FILE = click.Path(path_type=Path, dir_okay=False)
passphrase_option = click.option(
    "--passphrase-file",
    type=FILE,
    help="File with the passphrase, in place of asking; for your eyes only.",
)


@click.command("backup")
@click.argument("file", type=FILE)
@click.option("--with-secrets", is_flag=True, help="Also write secrets and keys, to a second file, under a passphrase.")
@click.option("--secrets-file", type=FILE, help="Where that second file goes; by default FILE.secrets. Keep it apart.")
@passphrase_option
@language_option
def backup(
    file: Path, with_secrets: bool, secrets_file: Path | None, passphrase_file: Path | None, language: str
) -> None:
    """Write all that the database holds to FILE, but no drafts, no secrets and no keys."""
    with _speaking(language):
        _check_goes_with(with_secrets, "--with-secrets", secrets_file=secrets_file, passphrase_file=passphrase_file)
        settings, database = opened_database()
        passphrase = _passphrase(passphrase_file, language, new=True) if with_secrets else None
        if passphrase is not None:
            beside = secrets_file or file.with_name(f"{file.name}.secrets")
            with database.read() as session:
                open_rounds = session.scalars(select(Round.id).where(Round.state == "open")).all()
            save_held(gather(settings, open_rounds), beside, passphrase)
        save(database, file, date.today())
        click.echo(WORDS[language]["made"].format(path=file))
        if passphrase is not None:
            click.echo(WORDS[language]["secrets_made"].format(path=beside))


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only check it, and say what it holds and whether it can come back here.")
@click.option("--replace", is_flag=True, help="Put it in the place of what is there; a copy of that is made first.")
@click.option("--secrets", "secrets", type=FILE, help="File with secrets and keys that `backup --with-secrets` made.")
@passphrase_option
@click.option("--share", "shares", multiple=True, type=FILE, help="A custodian's share: it shows that it still exists.")
@click.option("--shares-elsewhere", is_flag=True, help="Custodians still have their shares, where I cannot see them.")
@click.option("--drop-ballots", is_flag=True, help="Leave out ballots of rounds whose key is gone; close those rounds.")
@click.option("--bring-back", is_flag=True, help="With --replace: bring back what was deleted since as well.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: print what it holds as JSON.")
@language_option
def restore_(
    file: Path,
    dry_run: bool,
    secrets: Path | None,
    passphrase_file: Path | None,
    as_json: bool,
    language: str,
    **decided: Any,
) -> None:
    """Put back what `zelfscan backup` wrote. Stop the service first."""
    with _speaking(language):
        _check_goes_with(secrets, "--secrets", passphrase_file=passphrase_file)
        _check_goes_with(decided["replace"], "--replace", bring_back=decided["bring_back"])
        settings = Settings.from_environment()
        with open_archive(file) as archive:
            contents = _told_contents(archive, as_json, language) if dry_run else None
            held = _held(secrets, passphrase_file, language)
            choices = Choices(held=held, **decided)
            if contents:
                rehearse(contents, settings, choices)
                click.echo(WORDS[language]["would"], err=as_json)
            else:
                _tell(restore(archive, settings, choices, date.today()), choices, settings, language)


@contextmanager
def _speaking(language: str) -> Iterator[None]:
    """Within it, what is wrong with a backup is told in this language."""
    try:
        yield
    except BackupError as error:
        raise ClearError(error.in_(language)) from None
    except OperationalError as error:
        raise ClearError(unreachable(error).in_(language)) from None


def _check_goes_with(condition: object, other: str, **options: object) -> None:
    for name, given in options.items():
        if given and not condition:
            raise BackupError("needs_secrets", option=f"--{name.replace('_', '-')}", other=other)


def _held(path: Path | None, passphrase_file: Path | None, language: str) -> Held | None:
    return load_held(path, _passphrase(passphrase_file, language, new=False)) if path else None


def _passphrase(path: Path | None, language: str, new: bool) -> str:
    """The passphrase in a file that nobody else can read, or else what is typed."""
    if path is None:
        typed: str = click.prompt(WORDS[language]["passphrase"], hide_input=True, err=True, confirmation_prompt=new)
        return typed
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError("cannot_read", path=path, why=getattr(error, "strerror", "UTF-8")) from None
    if stat.S_ISREG(mode) and mode & 0o077:
        raise BackupError("not_alone", path=path)
    return text


def _told_contents(archive: Archive, as_json: bool, language: str) -> Contents:
    """Say what a backup holds; of sealed things about how many, as `round status` does."""
    contents, manifest, words = read_through(archive), archive.manifest, WORDS[language]
    tables = {table.name: about(archive.rows_of(table), table.name) for table in archive.tables}
    if as_json:
        facts = manifest.model_dump(mode="json", include={"program", "revision", "made_on"})
        click.echo(json.dumps(facts | {"rounds": contents.rounds(), "tables": tables}, ensure_ascii=False, indent=2))
        return contents
    click.echo(words["held"].format(day=manifest.made_on, program=manifest.program, revision=manifest.revision))
    for round_ in contents.rounds():
        click.echo(words["held_round"].format(**round_))
    for table, rows in tables.items():
        click.echo(words["held_sealed" if table in SEALED else "held_table"].format(table=table, rows=rows))
    return contents


def _tell(done: Restored, choices: Choices, settings: Settings, language: str) -> None:
    """Say what was done, and what is different from what the backup held."""
    told_too = {
        "safety": done.safety and {"path": done.safety},
        "old_secrets": done.old_secrets and {"path": done.old_secrets},
        "dropped": done.plan.lost and {"rounds": told(done.plan.lost, language, settings)},
        "deleted_stay": done.plan.present is not None and {"": ""},
        "brought_back": done.plan.present is None and {"": ""},
        "restored": {"": ""},
    }
    for key, facts in told_too.items():
        if facts:
            click.echo(WORDS[language][key].format(**facts))
