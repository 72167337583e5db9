"""What the commands about custodians say, in Dutch and English."""

WORDS = {
    "nl": {
        "two_names": "Er zijn precies twee sleutelbewaarders, met verschillende namen. Geef twee keer `--custodian`.",
        "bad_name": "{name!r} kan geen naam zijn. Gebruik 1 tot {length} letters, zonder spatie aan het begin of eind.",
        "weak": "Deze wachtzin is te makkelijk te raden. Kies minstens 12 tekens, bijvoorbeeld vier losse woorden.",
        "same": "De twee wachtzinnen zijn gelijk. Laat elke sleutelbewaarder een eigen wachtzin kiezen.",
        "differ": "Je typte twee keer iets anders. Probeer het nog een keer.",
        "cannot_write": "{path}: hier kan ik niet schrijven ({why}). Kies een andere map.",
        "cannot_read": "{path}: dit bestand kan ik niet lezen ({why}).",
        "damaged": "{path}: dit sleuteldeel is beschadigd. Zet het terug van je eigen kopie.",
        "missing": "Het sleuteldeel van {names} ontbreekt. Zet het in {folder}, of wijs het aan met `--share BESTAND`.",
        "other_round": "{path}: dit sleuteldeel hoort bij een andere ronde.",
        "wrong": "Deze wachtzin opent dit sleuteldeel niet: {names}. Er is niets geteld en niets veranderd.",
        "not_one_key": "De twee sleuteldelen passen niet bij elkaar, of niet bij deze ronde. Er is niets geteld.",
        "closed_round": "Deze ronde is gesloten: de sleutel is vernietigd, en de wachtzinnen zijn niet meer nodig.",
        "no_custody": "Deze ronde heeft geen sleutelbewaarders.",
        "unknown": "{name!r} is geen sleutelbewaarder van deze ronde. Dat zijn: {names}.",
        "not_alone": "{path}: andere gebruikers kunnen dit bestand lezen. Doe eerst: chmod 600 {path}",
        "no_variable": "De omgevingsvariabele {variable} is er niet.",
        "twice": "Voor {name} is meer dan één wachtzin gegeven. Geef er één.",
        "needs_custodian": "{option} hoort bij `--custodian`. Noem eerst de twee sleutelbewaarders.",
        "warning": (
            "Let op. De sleutel van deze ronde wordt in twee delen gesplitst: één voor {first}, één voor {second}.\n"
            "De ronde sluiten kan alleen met beide delen en beide wachtzinnen.\n"
            "Raakt één deel of één wachtzin kwijt, dan kan NIEMAND deze ronde nog tellen. Ook wij niet.\n"
            "Alles wat collega's instuurden is dan weg. Hun eigen uitkomst blijft wel van hen.\n"
            "Laat elke sleutelbewaarder een kopie van het eigen deel bewaren, en de wachtzin op een eigen plek."
        ),
        "sure": "Wil je doorgaan?",
        "new": "Nieuwe wachtzin van {name}",
        "again": "Nog een keer",
        "old": "Wachtzin van {name} zoals die nu is",
        "which": "Wachtzin van {names}",
        "opened": "Het sleuteldeel van {name} is open.",
        "together": "Samen openen ze deze ronde. Er is niets geteld en niets veranderd.",
        "changed": "Het sleuteldeel van {name} heeft een nieuwe wachtzin: {path}. Oude kopieën openen nog met de oude.",
        "paper": (
            "Zelfscan: sleuteldeel van {name}, voor ronde {round}.\n"
            "Bewaar dit tot de ronde gesloten is, en de wachtzin op een andere plek. Vernietig het daarna."
        ),
        "written": "Sleuteldeel van {name}: {path}",
        "destroyed": "De sleuteldelen hier zijn vernietigd. Vernietig ook eigen kopieën van dit deel.",
    },
    "en": {
        "two_names": "There are exactly two custodians, with different names. Give `--custodian` twice.",
        "bad_name": "{name!r} cannot be a name. Use 1 to {length} characters, without a space at either end.",
        "weak": "This passphrase is too easy to guess. Choose at least 12 characters, such as four unrelated words.",
        "same": "The two passphrases are the same. Let each custodian choose one.",
        "differ": "You typed two different things. Try again.",
        "cannot_write": "{path}: I cannot write here ({why}). Choose another folder.",
        "cannot_read": "{path}: I cannot read this file ({why}).",
        "damaged": "{path}: this key share is damaged. Put it back from your own copy.",
        "missing": "The key share of {names} is missing. Put it in {folder}, or point it out with `--share FILE`.",
        "other_round": "{path}: this key share belongs to another round.",
        "wrong": "This passphrase does not open this key share: {names}. Nothing was counted, and nothing changed.",
        "not_one_key": "The two key shares do not belong together, or not to this round. Nothing was counted.",
        "closed_round": "This round is closed: its key is destroyed, and the passphrases are no longer needed.",
        "no_custody": "This round has no custodians.",
        "unknown": "{name!r} is not a custodian of this round. They are: {names}.",
        "not_alone": "{path}: other users can read this file; run: chmod 600 {path}",
        "no_variable": "There is no environment variable {variable}.",
        "twice": "There is more than one passphrase for {name}. Give one.",
        "needs_custodian": "{option} goes with `--custodian`. Name the two custodians first.",
        "warning": (
            "Take note. The key of this round is split in two shares: one for {first}, one for {second}.\n"
            "Closing the round takes both shares and both passphrases.\n"
            "If one share or one passphrase is lost, NOBODY can ever count this round. Neither can we.\n"
            "All that colleagues sent in is gone then. Their own outcomes stay theirs.\n"
            "Let each custodian keep a copy of the own share, and the passphrase in a place of her own."
        ),
        "sure": "Do you want to go on?",
        "new": "New passphrase of {name}",
        "again": "Once more",
        "old": "Passphrase of {name} as it is now",
        "which": "Passphrase of {names}",
        "opened": "The key share of {name} is open.",
        "together": "Together they open this round. Nothing was counted, and nothing changed.",
        "changed": "The key share of {name} has a new passphrase: {path}. Old copies still open with the old one.",
        "paper": (
            "Zelfscan: key share of {name}, for round {round}.\n"
            "Keep this until the round is closed, and the passphrase in another place. Destroy it after that."
        ),
        "written": "Key share of {name}: {path}",
        "destroyed": "The key shares here are destroyed. Destroy your own copies of them as well.",
    },
}
