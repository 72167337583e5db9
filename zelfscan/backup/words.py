"""What backup and restore say, in Dutch and English."""

from zelfscan.errors import ClearError

WORDS = {
    "nl": {
        "exists": "{path}: dit bestand is er al. Kies een andere naam.",
        "cannot_write": "{path}: hier kan ik niet schrijven ({why}). Kies een andere plek.",
        "cannot_read": "{path}: dit bestand kan ik niet lezen ({why}).",
        "no_archive": "{path}: dit is geen back-up van Zelfscan, of hij is beschadigd. Neem een andere back-up.",
        "damaged": "{path}: {place}: beschadigd of veranderd. Er is niets teruggezet. Neem een andere back-up.",
        "bad_row": "{path}: tabel {table}, regel {line}: {what}. Er is niets teruggezet. Neem een andere back-up.",
        "bad_names": "{path}: in dit bestand hoort niet: {names}. Er is niets teruggezet.",
        "grows": "{path}: {place} wordt bij het uitpakken veel groter dan een back-up kan zijn. Niets is teruggezet.",
        "other_format": "{path}: dit is een back-up in vorm {found}, deze versie leest vorm {known}. "
        "Zet hem terug met Zelfscan {program} of nieuwer.",
        "newer": "{path}: de tabellen hebben versie {found}, deze Zelfscan kent er tot en met {known}. "
        "Zet de back-up terug met Zelfscan {program} of nieuwer.",
        "missing_tables": "{path}: deze tabellen ontbreken: {names}. Er is niets teruggezet. Neem een andere back-up.",
        "no_secrets": "{path}: de geheimen ontbreken, en zonder opent geen code iets. Zet eerst secrets.json terug, "
        "of geef het bestand met geheimen: `--secrets BESTAND`.",
        "other_pepper": "De geheimen ({path}) horen niet bij deze back-up: geen code zou nog iets openen. "
        "Zet secrets.json van die installatie terug, of geef het bestand met geheimen: `--secrets BESTAND`.",
        "in_use": "Deze installatie is in gebruik. Terugzetten kan alleen in een lege. Wil je alles wat er nu in staat "
        "vervangen, geef dan `--replace`: dan maak ik eerst een kopie.",
        "keys_gone": "Van deze rondes zijn de antwoorden niet meer te openen:\n{rounds}\n"
        "Zijn de sleutels er nog, zet die dan eerst terug (`--secrets BESTAND`, of het sleuteldeel met "
        "`--share BESTAND`; liggen de delen bij hun bewaarders: `--shares-elsewhere`). "
        "Zijn ze weg, geef dan `--drop-ballots`: de antwoorden blijven weg, en de ronde wordt gesloten zonder cijfers.",
        "refused": "{path}: de database weigert wat in tabel {table} staat ({why}). Er is niets veranderd.",
        "circle": "{path}: tabel {table} verwijst in een kring. Er is niets veranderd. Neem een andere back-up.",
        "no_database": "De database is niet te gebruiken ({why}). Er is niets veranderd.",
        "weak": "Deze wachtzin is te makkelijk te raden. Kies minstens 12 tekens, bijvoorbeeld vier losse woorden.",
        "wrong_passphrase": "{path}: deze wachtzin opent dit bestand niet.",
        "secrets_damaged": "{path}: dit is geen bestand met geheimen, of het is beschadigd. Neem een andere kopie.",
        "not_alone": "{path}: andere gebruikers kunnen dit bestand lezen. Doe eerst: chmod 600 {path}",
        "needs_secrets": "{option} hoort bij {other}.",
        "too_long": "Tabel {table} heeft een rij van meer dan {most} bytes. Die past niet in een back-up.",
        "no_key": "- {organisation} · {title}: de sleutel ligt niet in {folder}",
        "no_shares": "- {organisation} · {title}: de twee sleuteldelen liggen niet in {folder}",
        "closed_since": "- {organisation} · {title}: deze ronde is na de back-up gesloten, en sluiten is voorgoed; de "
        "cijfers van deze ronde staan straks alleen nog in de kopie die ik eerst maak",
        "passphrase": "Wachtzin voor het bestand met geheimen",
        "made": "Klaar: {path}. Hierin staan geen geheimen en geen sleutels.",
        "secrets_made": "Klaar: {path}. Hierin staan de geheimen en de sleutels van open rondes, achter de wachtzin.\n"
        "Bewaar dit bestand NIET bij de back-up. Wie beide heeft, en de wachtzin, kan antwoorden van open rondes "
        "openen.\nVernietig oude exemplaren zodra een ronde sluit: er staat een sleutel in die weg hoort te zijn.",
        "held": "Gemaakt op {day} met Zelfscan {program}, tabellen versie {revision}.",
        "held_round": "ronde: {organisation} · {title} · {state}",
        "held_table": "{table}: {rows}",
        "held_sealed": "{table}: minstens {rows}",
        "would": "Deze back-up kan hier worden teruggezet. Er is nog niets veranderd.",
        "safety": "Kopie van wat er stond: {path}. Gooi die weg als alles goed is: er kan in staan wat is verwijderd.",
        "restored": "Klaar. Iedereen met een account moet opnieuw inloggen. Scans die bezig waren, zijn weg.",
        "dropped": "Zonder antwoorden teruggezet en gesloten:\n{rounds}",
        "deleted_stay": "Wat sinds de back-up is verwijderd of teruggetrokken, is weg gebleven. Is de database niet "
        "goed, en moet het toch terug, geef dan `--bring-back`.",
        "brought_back": "Let op: wat na de back-up is verwijderd of teruggetrokken, is er weer. Vertel dat de mensen.",
        "old_secrets": "De geheimen die er lagen, staan nu in {path}.",
    },
    "en": {
        "exists": "{path}: this file exists. Choose another name.",
        "cannot_write": "{path}: I cannot write here ({why}). Choose another place.",
        "cannot_read": "{path}: I cannot read this file ({why}).",
        "no_archive": "{path}: this is no backup of Zelfscan, or the file is damaged. Take another backup.",
        "damaged": "{path}: {place}: damaged or changed. Nothing was restored. Take another backup.",
        "bad_row": "{path}: table {table}, line {line}: {what}. Nothing was restored. Take another backup.",
        "bad_names": "{path}: this does not belong in a backup: {names}. Nothing was restored.",
        "grows": "{path}: {place} unpacks to far more than a backup can be. Nothing was restored.",
        "other_format": "{path}: a backup in format {found}, and this version reads format {known}. "
        "Restore it with Zelfscan {program} or newer.",
        "newer": "{path}: its tables are of version {found}, and this Zelfscan knows those up to {known}. "
        "Restore it with Zelfscan {program} or newer.",
        "missing_tables": "{path}: these tables are missing: {names}. Nothing was restored. Take another backup.",
        "no_secrets": "{path}: the secrets are missing, and without them no code opens anything. Put secrets.json back "
        "first, or give the file with secrets: `--secrets FILE`.",
        "other_pepper": "The secrets ({path}) are not those of this backup: no code would open anything any more. "
        "Put back secrets.json of that installation, or give the file with secrets: `--secrets FILE`.",
        "in_use": "This installation is in use, and a backup goes into an empty one. To replace all that is in it now, "
        "give `--replace`: I make a copy first.",
        "keys_gone": "The ballots of these rounds cannot be opened any more:\n{rounds}\n"
        "If there still are keys, put them back first (`--secrets FILE`, or a custodian's share with `--share FILE`; "
        "if custodians have their shares elsewhere: `--shares-elsewhere`). "
        "If they are gone, give `--drop-ballots`: the ballots stay away, and the round is closed without figures.",
        "refused": "{path}: the database refuses what is in table {table} ({why}). Nothing was changed.",
        "circle": "{path}: table {table} refers in a circle. Nothing was changed. Take another backup.",
        "no_database": "The database cannot be used ({why}). Nothing was changed.",
        "weak": "This passphrase is too easy to guess. Choose at least 12 characters, for example four loose words.",
        "wrong_passphrase": "{path}: this passphrase does not open this file.",
        "secrets_damaged": "{path}: this is no file with secrets, or it is damaged. Take another copy.",
        "not_alone": "{path}: other users can read this file. First run: chmod 600 {path}",
        "needs_secrets": "{option} goes with {other}.",
        "too_long": "Table {table} has a row of more than {most} bytes, which does not fit in a backup.",
        "no_key": "- {organisation} · {title}: its key is not in {folder}",
        "no_shares": "- {organisation} · {title}: its two shares are not in {folder}",
        "closed_since": "- {organisation} · {title}: it was closed after this backup, and closing is for good; its "
        "figures will then be in the copy alone that I make first",
        "passphrase": "Passphrase for the file with secrets",
        "made": "Done: {path}. It holds no secrets and no keys.",
        "secrets_made": "Done: {path}. It holds the secrets and the keys of open rounds, behind the passphrase.\n"
        "Do NOT keep this file with the backup. Who has both, and the passphrase, can open ballots of open rounds.\n"
        "Destroy older ones as soon as a round is closed: they hold a key that has to be gone.",
        "held": "Made on {day} by Zelfscan {program}, tables of version {revision}.",
        "held_round": "round: {organisation} · {title} · {state}",
        "held_table": "{table}: {rows}",
        "held_sealed": "{table}: at least {rows}",
        "would": "This backup can be restored here. Nothing has been changed yet.",
        "safety": "Copy of what was there: {path}. Throw it away when all is well: it may hold what was deleted.",
        "restored": "Done. Everybody with an account has to sign in again. Scans that were under way are gone.",
        "dropped": "Restored without ballots, and closed:\n{rounds}",
        "deleted_stay": "What was deleted or withdrawn since the backup has stayed away. If the database is not right, "
        "and it has to come back after all, give `--bring-back`.",
        "brought_back": "Note: what was deleted or withdrawn after the backup is there again. Tell the people.",
        "old_secrets": "The secrets that were here are now in {path}.",
    },
}


class BackupError(ClearError):
    """A backup cannot be made, read or restored; `in_` says why in a language.

    Attributes:
        reason: key of the sentence in `WORDS`.
        facts: what is filled in there.
    """

    def __init__(self, reason: str, **facts: object) -> None:
        self.reason, self.facts = reason, facts
        super().__init__(self.in_("en"))

    def in_(self, language: str) -> str:
        """The sentence in `nl` or `en`."""
        return WORDS[language][self.reason].format(**self.facts)
