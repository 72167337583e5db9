"""The checks of wording, each on sentences that it has to find and on sentences that it has to leave alone."""

from importlib.resources import files
from itertools import chain
from typing import Any

import pytest
import yaml

from zelfscan.banks.document import Mark
from zelfscan.banks.problems import Path
from zelfscan.banks.style.texts import DutchText
from zelfscan.banks.style.wording import double_negative, jargon, long_sentence, remarks, two_questions

FIFTEEN = "Ik open de app en zoek de foto die ik gisteren van het rooster maakte."
ASKED = ("themes", 0, "questions", 0, "text", "nl")
TIP = ("themes", 0, "questions", 0, "tip", "nl")


def codes(text: str, path: Path = ASKED) -> list[str]:
    return [said.code for said in remarks(DutchText(path, Mark(1, 1), text))]


def entries() -> list[dict[str, Any]]:
    content: list[dict[str, Any]] = yaml.safe_load(
        files("zelfscan.banks.style").joinpath("jargon.yaml").read_text(encoding="utf-8")
    )
    return content


def test_a_sentence_may_have_fifteen_words() -> None:
    assert len(FIFTEEN.split()) == 15
    assert list(long_sentence(FIFTEEN)) == []
    (said,) = long_sentence(FIFTEEN.replace("gisteren", "gisteren zelf"))
    assert (said.params["count"], said.params["limit"]) == (16, 15)
    assert said.params["sentence"] == "Ik open de app en zoek …"


def test_each_sentence_counts_by_itself() -> None:
    assert codes(f"{FIFTEEN} {FIFTEEN}", TIP) == []


@pytest.mark.parametrize(
    ("sentence", "pair"),
    [
        ("Je komt niet binnen zonder code.", ("niet", "zonder")),
        ("Deel nooit iets zonder dat niemand het weet.", ("nooit", "zonder")),
        ("Ik ken niemand die nooit hulp vraagt.", ("niemand", "nooit")),
        ("Het is niet onhandig om te bellen.", ("niet", "onhandig")),
        ("Ik denk niet dat het geen fout is.", ("niet", "geen")),
        ("Je oefent niet voor niets.", ("niet", "niets")),
    ],
)
def test_two_denials_in_one_clause_are_a_double_negative(sentence: str, pair: tuple[str, str]) -> None:
    assert [tuple(said.params.values()) for said in double_negative(sentence)] == [pair]


@pytest.mark.parametrize(
    "sentence",
    [
        "Ik open geen bijlage als ik de afzender niet ken.",
        "Lukt het niet, vraag dan niemand minder dan je maatje.",
        "Schrijf op wat je wel en niet deelt.",
        "Het is niet alleen snel, je maakt ook geen fouten.",
        "Het is onhandig om zonder bril te lezen.",
        "Ik weet niet wat ik doe en ik vraag niets.",
        "Kies nooit 'niet toestaan'.",
    ],
)
def test_denials_apart_or_harmless_are_left_alone(sentence: str) -> None:
    assert "double_negative" not in codes(sentence, TIP)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Ik kan een mail lezen en beantwoorden.", ("lezen", "beantwoorden")),
        ("Ik kan een foto maken en in het dossier zetten.", ("maken", "zetten")),
        ("Ik kan een app installeren of verwijderen.", ("installeren", "verwijderen")),
        ("Kun je gegevens opzoeken en/of aanpassen?", ("opzoeken", "aanpassen")),
        ("Weet je wat phishing is en kun je het melden?", ("weet", "kun")),
        ("Ik lees de mail en ik bewaar de bijlage.", ("lees", "bewaar")),
        ("Kun je inloggen? En kun je uitloggen?", ("Kun je inloggen", "En kun je uitloggen")),
    ],
)
def test_two_things_that_get_one_answer_are_two_questions(text: str, pair: tuple[str, str]) -> None:
    assert [tuple(said.params.values()) for said in two_questions(text)] == [pair]


@pytest.mark.parametrize(
    "text",
    [
        "Ik kan mappen en bestanden ordenen.",
        "Ik kan plannen en doelen bespreken met een cliënt.",
        "Ik kan controleren of een collega het bestand mag openen.",
        "Ik kan vastleggen of een patiënt zijn gegevens wil delen.",
        "Ik kan tekst knippen en plakken.",
        "Ik kan mijn telefoon uit en weer aan zetten.",
        "Ik kan uitleggen hoe een cliënt inlogt en een afspraak maakt.",
        "Ik vraag hulp als ik vastloop en ik zie geen uitweg.",
        "Loopt je scherm vast? Wat doe je dan?",
        "Je tablet doet niets meer. Wat doe je als eerste?",
        "Je krijgt een appje: 'Ken je mij nog? Kun je geld sturen?' Wat doe je?",
    ],
)
def test_one_question_is_left_alone(text: str) -> None:
    assert "two_questions" not in codes(text)


def test_only_what_gets_an_answer_is_looked_at_for_two_questions() -> None:
    text = "Ik kan een mail lezen en beantwoorden."
    assert (codes(text), codes(text, TIP)) == (["two_questions"], [])


def test_jargon_is_told_with_the_plain_word_and_once_per_text() -> None:
    (said,) = jargon("Wij implementeren de app. Na de implementatie hoor je meer.")
    assert said.params == {"word": "implementeren", "plain": "invoeren"}


@pytest.mark.parametrize(
    "text",
    [
        "Met betrekking tot het rooster",
        "Met betrekking\ntot het rooster",
        "Log in met MFA.",
        "De geïmplementeerde app",
        "Het ICT-beleid staat online, ons beleid ook.",
    ],
)
def test_jargon_is_found_in_every_form(text: str) -> None:
    assert codes(text, TIP) == ["jargon"]


@pytest.mark.parametrize(
    "text",
    [
        "Klik op 'Synchroniseren' en wacht even.",
        "Kies “Configureren”.",
        "Let op phishing (een valse mail).",
        "Let op een valse mail (phishing).",
        "Bewaar de foto's in het dossier en stuur 's avonds een bericht.",
        "De toolbox van het team",
    ],
)
def test_words_on_a_screen_and_words_that_are_explained_are_no_jargon(text: str) -> None:
    assert codes(text, TIP) == []


def test_the_list_of_jargon_is_long_and_each_word_is_in_it_once_with_a_plain_word() -> None:
    forms = list(chain.from_iterable([entry["word"], *entry.get("forms", [])] for entry in entries()))
    assert len(entries()) >= 120
    assert len(forms) == len(set(forms))
    assert all(set(entry) <= {"word", "forms", "plain"} and entry["plain"] for entry in entries())


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["word"])
def test_each_word_of_the_list_is_found_and_its_plain_words_are_no_jargon(entry: dict[str, Any]) -> None:
    plain = ", ".join(entry["plain"])
    assert [said.params for said in jargon(f"Over {entry['word']} praten.")] == [
        {"word": entry["word"], "plain": plain}
    ]
    assert list(jargon(plain)) == []
