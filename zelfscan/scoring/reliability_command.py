"""The command `zelfscan reliability`: a file with many people's answers in, the reliability of each scale out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import click

from zelfscan.banks.command import language_option
from zelfscan.banks.loader import load_bank
from zelfscan.banks.problems import BankError
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings, SettingsError
from zelfscan.digitypes.profiles import profiles
from zelfscan.scoring import reliability as measuring
from zelfscan.scoring.answer_problems import AnswersError
from zelfscan.scoring.reliability import Estimate, ItemFigures, Note, Reliability, ReliabilityError, Scale
from zelfscan.scoring.tables import read_table

RESAMPLES = (100, 20_000)
"""Fewest and most resamples: fewer give ends that jump about, more cost time and change nothing that is printed."""

LIMITS = {
    "minimum": measuring.MINIMUM_PEOPLE,
    "few": measuring.FEW_PEOPLE,
    "crowded": f"{measuring.CROWDED:.0%}",
    "coverage": f"{measuring.COVERAGE:.0%}",
}

ERRORS = {
    "nl": {
        "too_few_people": "minder dan {minimum} mensen hebben een vraag met een score beantwoord. "
        "Met zo weinig mensen zegt een cijfer te veel over één persoon. Verzamel meer antwoorden.",
        "nothing_scored": "geen enkele kolom is een vraag met een score. Alleen vragen van de soort `scale`, `yesno` "
        "en `knowledge` hebben een score; `zelfscan bank show` noemt ze. Voeg hun kolommen toe.",
    },
    "en": {
        "too_few_people": "fewer than {minimum} people answered a question with a score. "
        "With so few, a figure says too much about one person. Gather more answers.",
        "nothing_scored": "no column is a question with a score. Only questions of the kinds `scale`, `yesno` and "
        "`knowledge` have one; `zelfscan bank show` names them. Add their columns.",
    },
}

WORDS = {
    "nl": {
        "head": "{title}: {people} mensen\n"
        "Tussen haakjes: {coverage}-interval (bootstrap, {resamples} keer, seed {seed}).",
        "theme": "thema",
        "facet": "facet",
        "self_rating": "zelfbeoordeling",
        "knowledge": "kennisvragen",
        "counts": "{used} van {all} vragen meegeteld, {people} mensen, {missing} niet beantwoord",
        "same": "dezelfde vragen en dezelfde cijfers als {title} ({group})",
        "coefficients": "alfa {alpha}   omega {omega}",
        "ends": "iedere vraag laagst: {floor} van de mensen; iedere vraag hoogst: {ceiling}",
        "used": "",
        "constant": "telt niet mee: iedereen antwoordde hetzelfde",
        "few_answers": "telt niet mee: minder dan {minimum} antwoorden",
        "absent": "telt niet mee: geen kolom in het bestand",
        "note": "Let op: {note}",
    },
    "en": {
        "head": "{title}: {people} people\n"
        "In brackets: {coverage} interval (bootstrap, {resamples} times, seed {seed}).",
        "theme": "theme",
        "facet": "facet",
        "self_rating": "self-rating",
        "knowledge": "knowledge questions",
        "counts": "{used} of {all} questions counted, {people} people, {missing} not answered",
        "same": "the same questions and the same figures as {title} ({group})",
        "coefficients": "alpha {alpha}   omega {omega}",
        "ends": "every question lowest: {floor} of the people; every question highest: {ceiling}",
        "used": "",
        "constant": "not counted: everyone answered alike",
        "few_answers": "not counted: fewer than {minimum} answers",
        "absent": "not counted: no column in the file",
        "note": "Note: {note}",
    },
}

COLUMNS = {
    "nl": ("vraag", "antwoorden", "item-rest", "laagst", "hoogst"),
    "en": ("question", "answers", "item-rest", "lowest", "highest"),
}

NOTES = {
    "nl": {
        "too_few_people": "minder dan {minimum} mensen beantwoordden deze vragen; er zijn geen cijfers.",
        "no_scale": "met minder dan twee vragen die meetellen is er geen alfa en geen omega.",
        "two_items": "omega vraagt drie vragen; met twee is er alleen alfa.",
        "few_in_common": "minder dan {minimum} mensen beantwoordden deze twee vragen allebei, dus er is geen alfa en "
        "geen omega: {questions}. Haal er een weg of verzamel meer antwoorden.",
        "few_people": "minder dan {few} mensen achter een deel van de cijfers; ze zijn onzeker.",
        "negative": "wie hier hoog scoort, scoort op de andere vragen laag: {questions}. Klopt `reverse`?",
        "contradicting": "de paren van vragen spreken elkaar tegen, doordat er veel antwoorden ontbreken; de cijfers "
        "zijn berekend uit de samenhang die er het meest op lijkt en wel kan.",
        "improper": "één factor verklaart deze vragen (bijna) geheel: {questions}. Het model past niet; "
        "vertrouw omega niet.",
        "unstable": "in te veel trekkingen was het cijfer niet te berekenen; daarom is er geen interval.",
        "floor": "meer dan {crowded} van de mensen staat helemaal onderaan; de vragen onderscheiden hen niet.",
        "ceiling": "meer dan {crowded} van de mensen staat helemaal bovenaan; de vragen onderscheiden hen niet.",
    },
    "en": {
        "too_few_people": "fewer than {minimum} people answered these questions; there are no figures.",
        "no_scale": "with fewer than two questions counted there is no alpha and no omega.",
        "two_items": "omega needs three questions; with two there is only alpha.",
        "few_in_common": "fewer than {minimum} people answered both of these questions, so there is no alpha and no "
        "omega: {questions}. Take one out, or gather more answers.",
        "few_people": "fewer than {few} people behind some of the figures; they are uncertain.",
        "negative": "who scores high here scores low on the other questions: {questions}. Is `reverse` right?",
        "contradicting": "the pairs of questions contradict each other, because many answers are missing; the figures "
        "are calculated from a similar pattern that is possible.",
        "improper": "one factor explains these questions (almost) entirely: {questions}. The model does not fit; do "
        "not trust omega.",
        "unstable": "the figure was undefined in too many resamples; so it has no interval.",
        "floor": "more than {crowded} of the people are at the very bottom; the questions do not tell them apart.",
        "ceiling": "more than {crowded} of the people are at the very top; the questions do not tell them apart.",
    },
}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--bank", "name", required=True, help="File of a bank, or the id of a bank in the banks folder.")
@click.option(
    "--bootstrap",
    "resamples",
    default=1000,
    show_default=True,
    type=click.IntRange(*RESAMPLES),
    help="Resamples for the intervals.",
)
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0), help="The same seed gives the same intervals."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@language_option
def reliability(file: Path, name: str, resamples: int, seed: int, as_json: bool, language: str) -> None:
    """Say how reliable each theme and facet is: alpha and omega with intervals, and figures per question.

    FILE is a CSV of answers: the first line has the questions as `theme.question`, each further line is one person, an
    empty cell is a missing answer. Every mistake is printed with its line and column, and then nothing else. Only
    figures over at least ten people are printed.
    """
    try:
        bank = _bank(name)
        found = measuring.reliability(bank, read_table(file, bank), resamples, seed)
    except (AnswersError, BankError) as error:
        _fail("\n".join(problem.line_in(language) for problem in error.problems))
    except ReliabilityError as error:
        _fail(f"{file}: {ERRORS[language][error.code].format_map(LIMITS)}")
    except SettingsError as error:
        _fail(str(error))
    click.echo(json.dumps(found.to_dict(), indent=2) if as_json else ReliabilityPrinter(bank, language).text(found))


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    raise SystemExit(1) from None


def _bank(name: str) -> Bank:
    """The bank in a file, or the one with this id in the banks folder."""
    settings = Settings.from_environment()
    return load_bank(settings.bank_file(name), folders=settings.bank_folders)


class ReliabilityPrinter:
    """Writes the reliability of a bank in one language, for a terminal.

    Args:
        bank: the bank that was answered.
        language: `nl` or `en`.
    """

    def __init__(self, bank: Bank, language: str) -> None:
        self._bank = bank
        self._language = language
        self._width = max(len(item.address) for item in bank.items())

    def text(self, found: Reliability) -> str:
        """All scales, each with its questions and what to know when reading the figures."""
        title = self._bank.title.in_(self._language)
        head = self._say("head", title=title, people=found.people, resamples=found.resamples, seed=found.seed)
        seen: dict[tuple[ItemFigures, ...], Scale] = {}
        lines = [head]
        for scale in found.scales:
            lines += ["", f"{self._title(scale)} ({self._say(scale.group)}, {self._say(scale.kind)})"]
            lines += self._figures(scale) if scale.items not in seen else [self._same(seen[scale.items])]
            seen.setdefault(scale.items, scale)
        return "\n".join(lines)

    def _same(self, scale: Scale) -> str:
        return "  " + self._say("same", title=self._title(scale), group=self._say(scale.group))

    def _figures(self, scale: Scale) -> Iterator[str]:
        if scale.people is not None:
            yield from self._scale(scale)
            yield self._row(*COLUMNS[self._language])
            yield from map(self._item, scale.items)
        yield from (f"  {self._note(note)}" for note in scale.notes)

    def _scale(self, scale: Scale) -> Iterator[str]:
        missing = self._share(scale.missing)
        yield "  " + self._say("counts", used=scale.used, all=len(scale.items), people=scale.people, missing=missing)
        if scale.used > 1:
            alpha, omega = self._estimate(scale.alpha), self._estimate(scale.omega)
            yield "  " + self._say("coefficients", alpha=alpha, omega=omega)
            yield "  " + self._say("ends", floor=self._share(scale.floor), ceiling=self._share(scale.ceiling))

    def _title(self, scale: Scale) -> str:
        if scale.group == "facet":
            return profiles().facets[scale.id].name.in_(self._language)
        return next(theme.title for theme in self._bank.themes if theme.id == scale.id).in_(self._language)

    def _item(self, item: ItemFigures) -> str:
        left_out = self._say(item.status)
        if item.answers is None:
            return f"    {item.question:<{self._width}}  {left_out}"
        floor, ceiling = self._share(item.floor), self._share(item.ceiling)
        return self._row(item.question, str(item.answers), self._number(item.item_rest), floor, ceiling, left_out)

    def _row(self, question: str, answers: str, rest: str, floor: str, ceiling: str, left_out: str = "") -> str:
        cells = f"{answers:>10}  {rest:>9}  {floor:>7}  {ceiling:>7}"
        return f"    {question:<{self._width}}  {cells}  {left_out}".rstrip()

    def _note(self, note: Note) -> str:
        text = NOTES[self._language][note.code].format(**LIMITS, questions=", ".join(note.questions))
        return self._say("note", note=text)

    def _estimate(self, estimate: Estimate | None) -> str:
        if estimate is None:
            return "-"
        if estimate.low is None:
            return self._number(estimate.value)
        ends = " .. ".join(map(self._number, (estimate.low, estimate.high)))
        return f"{self._number(estimate.value)} ({ends})"

    def _number(self, value: float | None) -> str:
        shown = "-" if value is None else f"{value:.2f}"
        return shown.replace(".", ",") if self._language == "nl" else shown

    def _share(self, value: float | None) -> str:
        return "-" if value is None else f"{value:.0%}"

    def _say(self, key: str, **values: object) -> str:
        return WORDS[self._language][key].format(**LIMITS, **values)
