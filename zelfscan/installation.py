"""What every entrance (web, command line, demo) needs at hand: settings, secrets, database, model, materials."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from zelfscan.banks.loader import known_materials
from zelfscan.banks.schema import Answers, Bank, Material
from zelfscan.config import Secrets, Settings, SettingsError, create_secrets, load_secrets, private_folder, secrets_file
from zelfscan.db import Database
from zelfscan.digitypes.adaptive import AdaptiveTest
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.parameters import load_parameters
from zelfscan.digitypes.store import load_classifier
from zelfscan.organisations.auditlog import erase_old
from zelfscan.organisations.services import installation_salt, is_in_use, is_same_pepper
from zelfscan.privacy.code import CodeKeys, derive, pepper_check
from zelfscan.rounds.invitations.tokens import Tokens
from zelfscan.rounds.measures import DIGITYPE
from zelfscan.scan.drafts import erase_expired


@dataclass(frozen=True)
class Installation:
    """An opened installation; nothing in it changes while it is open, but `tests`, made when one is first asked for."""

    settings: Settings
    secrets: Secrets
    database: Database
    classifier: Classifier
    materials: Mapping[str, Material]
    salt: bytes
    tests: dict[str, AdaptiveTest] = field(default_factory=dict)

    @cached_property
    def tokens(self) -> Tokens:
        """What tokens of personal invitations are derived and found with."""
        return Tokens(self.secrets.pepper_bytes)

    def questions_asked(self, bank: Bank, answers: Answers) -> tuple[str, ...] | None:
        """What an adaptive test asks of the digitype bank, in order; None for another bank, which is asked whole."""
        if bank.bank != DIGITYPE:
            return None
        if bank.hash not in self.tests:
            parameters = load_parameters(self.settings.models_dir / "simulation.yaml")
            self.tests[bank.hash] = AdaptiveTest(self.classifier, parameters, bank)
        return self.tests[bank.hash].progress(answers).asked

    def keys_of(self, code: str) -> CodeKeys:
        """Derive the keys of a personal code (some 35 ms and 19 MiB: on purpose)."""
        return derive(code, self.salt, self.secrets.pepper_bytes)


def initialise(settings: Settings) -> None:
    """Make secrets, folders and tables, or bring the tables to this version; what is there stays.

    Raises:
        SettingsError: the database is in use, and its secrets are gone: new ones would open no outcome.
    """
    private_folder(settings.data_dir)
    private_folder(settings.keys)
    database = Database(settings.database)
    try:
        database.migrate()
        with database.write() as session:
            if is_in_use(session):
                load_secrets(settings)
            else:
                create_secrets(settings)
            installation_salt(session)
            erase_expired(session, date.today())
            erase_old(session, date.today(), settings.log_days)
    finally:
        database.close()


def open_installation(settings: Settings) -> Installation:
    """Open an initialised installation.

    Raises:
        SettingsError, DatabaseError, ModelError, BankError: something is missing or wrong; the message says what to do.
    """
    secrets = load_secrets(settings)
    database = Database(settings.database)
    database.check()
    with database.write() as session:
        salt = installation_salt(session)
        same = is_same_pepper(session, pepper_check(secrets.pepper_bytes))
    if not same:
        database.close()
        raise SettingsError(
            f"{secrets_file(settings)} is not that of this database: no personal code would open anything; "
            "put back the file from the backup"
        )
    return Installation(
        settings,
        secrets,
        database,
        load_classifier(settings.models_dir),
        known_materials(settings.bank_folders),
        salt,
    )
