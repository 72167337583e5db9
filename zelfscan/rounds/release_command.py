"""`zelfscan release`: what is published, as a file for other programs, and the attack on it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from zelfscan.banks.command import language_option
from zelfscan.banks.schema import Bank
from zelfscan.db import opened_database
from zelfscan.digitypes.profiles import profiles
from zelfscan.errors import ClearError
from zelfscan.organisations.auditlog import command_line, record
from zelfscan.privacy.cube import (
    MOST_BYTES,
    Cube,
    CubeError,
    CubeMeasure,
    CubeRound,
    CubeRules,
    json_schema,
    read_cube,
)
from zelfscan.privacy.cube_audit import Verdict, audit_cube
from zelfscan.privacy.release import Measure
from zelfscan.progress import bar
from zelfscan.rounds.earlier import earlier_rounds
from zelfscan.rounds.measures import ANOTHER, DIGITYPE, OWN_TYPE, RECOGNISED, THIS, counted
from zelfscan.rounds.models import Round
from zelfscan.rounds.queries import all_rounds, banks_of, release_of, released_groups, round_by_id

MOST_SHOWN = 20
LABELS = {
    DIGITYPE: {"nl": "Digitype", "en": "Digitype"},
    RECOGNISED: {"nl": "Herkent zich in het digitype", "en": "Recognises herself in the digitype"},
    OWN_TYPE: {"nl": "Ziet zichzelf als", "en": "Sees herself as"},
}
RECOGNITION = {
    ANOTHER: {"nl": "Nee, meer in een ander type", "en": "No, more in another type"},
    THIS: {"nl": "Ja", "en": "Yes"},
}
"""Findings in words; `--json` has them all."""

WORDS = {
    "nl": {
        "unknown": "er is geen ronde {round}; `zelfscan round list` noemt de rondes die er zijn",
        "open": "ronde {round} is nog open, dus er is niets gepubliceerd; sluit hem eerst met `zelfscan round close`",
        "choose": "noem de ronde; gesloten zijn: {rounds}",
        "no_rounds": "er is nog geen ronde gesloten, dus er is niets gepubliceerd",
        "one_source": "geef een ronde of --from, niet allebei",
        "unreadable": "{file}: het bestand is niet te lezen ({why}); controleer de naam en de rechten",
        "unwritable": "{file}: schrijven lukt niet ({why}); kies een andere plek",
        "rounds": "Aangevallen: {count} ronde(s), de laatste gesloten in {closed}.",
        "smallest": "Kleinste groep die iemand kan afzonderen: {people} (het minimum is {minimum}).",
        "nobody": "Niemand kan een groep afzonderen (het minimum is {minimum}).",
        "outsider": "Antwoorden die een buitenstaander zeker weet: {count}.",
        "colleague": "Antwoorden die een collega zeker weet: {count}.",
        "clean": "Oordeel: veilig. De aanval vond niets dat iemand verraadt.",
        "leaks": "Oordeel: NIET veilig. De aanval vond {count} lek(ken):",
        "finding": "- ronde {round}{beside}: {kind}{measure}{groups}",
        "beside": " naast {beside}",
        "measure": ", maat {measure}",
        "groups": ", groepen {groups}",
        "more": "- en nog {count}; `--json` noemt ze allemaal",
        "small set": "{people} mensen zijn af te zonderen",
        "small distribution": "de verdeling van {people} mensen is bekend",
        "outsider_kind": "een buitenstaander weet zeker wat {people} mensen niet antwoordden",
        "colleague_kind": "een collega weet zeker wat {people} mensen niet antwoordden",
        "unfinished": "de aanval kwam niet tot een eind, en dat telt als lek",
        "trend": "de vergelijking met een eerdere ronde mag hier niet",
    },
    "en": {
        "unknown": "there is no round {round}; `zelfscan round list` names those that there are",
        "open": "round {round} is still open, so nothing is published; close it first with `zelfscan round close`",
        "choose": "name the round; closed are: {rounds}",
        "no_rounds": "no round is closed yet, so nothing is published",
        "one_source": "give a round or --from, not both",
        "unreadable": "{file}: the file cannot be read ({why}); check its name and permissions",
        "unwritable": "{file}: cannot be written ({why}); choose another place",
        "rounds": "Attacked: {count} round(s), the last one closed in {closed}.",
        "smallest": "Smallest group that somebody can isolate: {people} (the minimum is {minimum}).",
        "nobody": "Nobody can isolate a group (the minimum is {minimum}).",
        "outsider": "Answers that an outsider is certain about: {count}.",
        "colleague": "Answers that a colleague is certain about: {count}.",
        "clean": "Verdict: safe. The attack found nothing that gives anybody away.",
        "leaks": "Verdict: NOT safe. The attack found {count} leak(s):",
        "finding": "- round {round}{beside}: {kind}{measure}{groups}",
        "beside": " beside {beside}",
        "measure": ", measure {measure}",
        "groups": ", groups {groups}",
        "more": "- and {count} more; `--json` names them all",
        "small set": "{people} people can be isolated",
        "small distribution": "the distribution of {people} people is known",
        "outsider_kind": "an outsider is certain what {people} people did not answer",
        "colleague_kind": "a colleague is certain what {people} people did not answer",
        "unfinished": "the attack came to no end, which counts as a leak",
        "trend": "the comparison with an earlier round is not allowed here",
    },
}


@click.group("release")
def release() -> None:
    """What is published about a round: export it, and attack it."""


@release.command()
@click.argument("round_id", metavar="ROUND")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; else it is printed.")
@click.option("--names", is_flag=True, help="Add the names of rounds and units.")
@language_option
def export(round_id: str, output: Path | None, names: bool, language: str) -> None:
    """Write everything published about ROUND and the rounds before it as JSON, for other programs."""
    _, database = opened_database()
    with database.read() as session:
        round_ = _closed(session, round_id, language)
        content = _cube(session, round_, names).to_json()
    record(database, command_line(), "export_release", round_.organisation_id, round_.title)
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_text(content, encoding="utf-8")
    except OSError as error:
        raise ClearError(WORDS[language]["unwritable"].format(file=output, why=error.strerror)) from None


@release.command()
@click.argument("round_id", metavar="[ROUND]", required=False)
@click.option("--from", "file", type=click.Path(path_type=Path), help="Attack an export instead of the database.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def audit(round_id: str | None, file: Path | None, language: str, as_json: bool) -> None:
    """Attack everything published about ROUND and the rounds before it: the exit code is 1 when something is found.

    Without ROUND it is the last closed round, where there is one organisation. With --from neither database nor
    settings are needed.
    """
    if file and round_id:
        raise ClearError(WORDS[language]["one_source"])
    cube = _from_file(file, language) if file else _from_database(round_id, language)
    verdict = audit_cube(cube, progress=lambda steps: bar(steps, "Attack"))
    told = json.dumps(verdict.to_dict(), ensure_ascii=False, indent=2)
    click.echo(told if as_json else "\n".join(_lines(cube, verdict, language)))
    if not verdict.clean:
        raise SystemExit(1)


@release.command()
def schema() -> None:
    """Print the JSON Schema of an export."""
    click.echo(json.dumps(json_schema(), ensure_ascii=False, indent=2))


def _from_file(file: Path, language: str) -> Cube:
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise ClearError(WORDS[language]["unreadable"].format(file=file, why=error.strerror)) from None
    try:
        return read_cube(data)
    except CubeError as error:
        raise ClearError("\n".join(f"{file}: {line}" for line in error.lines(language))) from None


def _from_database(round_id: str | None, language: str) -> Cube:
    _, database = opened_database()
    with database.read() as session:
        round_ = _closed(session, round_id or _only(session, language), language)
        cube = _cube(session, round_, False)
    record(database, command_line(), "audit_release", round_.organisation_id, round_.title)
    return cube


def _only(session: Session, language: str) -> str:
    closed = [(name, round_) for name, round_ in all_rounds(session) if round_.closed_on]
    if not closed:
        raise ClearError(WORDS[language]["no_rounds"])
    if len({name for name, _ in closed}) > 1:
        raise ClearError(WORDS[language]["choose"].format(rounds=", ".join(round_.id for _, round_ in closed)))
    return max((round_ for _, round_ in closed), key=lambda r: (r.closed_on, len(r.trends or ()), r.opened_on, r.id)).id


def _closed(session: Session, round_id: str, language: str) -> Round:
    found = round_by_id(session, round_id)
    if found is None:
        raise ClearError(WORDS[language]["unknown"].format(round=repr(round_id)))
    if found.closed_on is None:
        raise ClearError(WORDS[language]["open"].format(round=found.id))
    return found


def _cube(session: Session, round_: Round, names: bool) -> Cube:
    rounds = [*earlier_rounds(session, round_), round_]
    keys = {each.id for each in rounds}
    return Cube(rounds=tuple(_round(session, each, keys, names) for each in rounds))


def _round(session: Session, round_: Round, keys: set[str], names: bool) -> CubeRound:
    banks = banks_of(session, round_)
    named = {key: name for key, (name, _) in released_groups(session, round_.id).items()} if names else {}
    rows = [group.to_dict() | {"name": named.get(group.key)} for group in release_of(session, round_.id).groups]
    return CubeRound.model_validate(
        {
            "key": round_.id,
            "title": round_.title if names else None,
            "closed": f"{round_.closed_on:%Y-%m}",
            "rules": CubeRules(minimum=round_.minimum, minimum_distribution=round_.minimum_distribution),
            "measures": [_measure(measure, banks) for measure in counted(banks)],
            "groups": rows,
            "trends": [trend for trend in round_.trends or () if trend["round"] in keys],
        }
    )


def _measure(measure: Measure, banks: tuple[Bank, ...]) -> CubeMeasure:
    types = {type_: profile.name.root for type_, profile in profiles().types.items()}
    if measure.id in LABELS:
        label, labels = LABELS[measure.id], types | RECOGNITION
    else:
        bank_id, theme_id = measure.id.split(".", 1)
        bank = next(bank for bank in banks if bank.bank == bank_id)
        label = next(theme.title.root for theme in bank.themes if theme.id == theme_id)
        labels = {level.id: level.label.root for level in bank.levels}
    categories = [{"id": name, "label": labels[name]} for name in measure.categories]
    return CubeMeasure.model_validate({"id": measure.id, "label": label, "categories": categories})


def _lines(cube: Cube, verdict: Verdict, language: str) -> Iterator[str]:
    words, smallest = WORDS[language], verdict.smallest_isolable
    yield words["rounds"].format(count=len(cube.rounds), closed=cube.rounds[-1].closed)
    yield words["nobody" if smallest is None else "smallest"].format(people=smallest, minimum=verdict.minimum)
    yield words["outsider"].format(count=verdict.certain_outsider)
    yield words["colleague"].format(count=verdict.certain_colleague)
    yield words["clean" if verdict.clean else "leaks"].format(count=len(verdict.findings))
    yield from (_finding(found, language) for found in verdict.findings[:MOST_SHOWN])
    if len(verdict.findings) > MOST_SHOWN:
        yield words["more"].format(count=len(verdict.findings) - MOST_SHOWN)


def _finding(found: dict[str, Any], language: str) -> str:
    words, kind = WORDS[language], found["kind"]
    said = words.get(f"{kind}_kind") or words[kind]
    groups = found.get("groups") or ([found["group"]] if found.get("group") else [])
    return words["finding"].format(
        round=found["round"],
        beside=words["beside"].format(beside=", ".join(found["beside"])) if found["beside"] else "",
        kind=said.format(people=found.get("people")),
        measure=words["measure"].format(measure=found["measure"]) if found.get("measure") else "",
        groups=words["groups"].format(groups=", ".join(groups)) if groups else "",
    )
