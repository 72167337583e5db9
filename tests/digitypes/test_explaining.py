import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zelfscan.banks.schema import Bank
from zelfscan.digitypes.classifier import Classifier
from zelfscan.digitypes.explaining import NAMED, explanation, quoted
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.profiles import profiles
from zelfscan.digitypes.simulation import simulate
from zelfscan.digitypes.types import TYPES, Digitype, Pull


@pytest.fixture(scope="module")
def outcomes(classifier: Classifier, parameters: Parameters, shipped: Bank) -> list[Digitype]:
    people = simulate(parameters, shipped, 300, np.random.default_rng(31))
    return classifier.classify_table(people.items.names, people.facets, people.scores)


def outcome(verdict: str, *pulls: tuple[str, float]) -> Digitype:
    return Digitype(
        type=None if verdict == "too_few" else TYPES[0],
        runner_up=TYPES[1],
        verdict=verdict,  # type: ignore[arg-type]
        probabilities=dict.fromkeys(TYPES, 0.25),
        facets={},
        pulls=tuple(Pull(f"digitype:{item}", weight) for item, weight in pulls),
        model="",
    )


def name(type: str | None, language: str) -> str:
    full = profiles().types[type or ""].name.in_(language)
    return full[0].lower() + full[1:]


def named(sentence: str) -> list[str]:
    return re.findall("“[^”]*”", sentence)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_answers_named_are_the_strongest_each_way(outcomes: list[Digitype], shipped: Bank, language: str) -> None:
    texts = {f"digitype:{item.address}": quoted(item.question.text.in_(language)) for item in shipped.items()}
    for each in outcomes:
        ranked = sorted(each.pulls, key=lambda pull: -abs(pull.weight))
        towards = [texts[pull.item] for pull in ranked if pull.weight > 0][:NAMED]
        against = [texts[pull.item] for pull in ranked if pull.weight < 0][:NAMED]
        assert named(explanation(each, [shipped], language)) == towards + against


@pytest.mark.parametrize("language", ["nl", "en"])
def test_type_and_nearest_other_type_are_named_unless_there_are_too_few_answers(
    outcomes: list[Digitype], shipped: Bank, language: str
) -> None:
    assert {each.verdict for each in outcomes} == {"clear", "between", "too_few"}
    for each in outcomes:
        sentence = explanation(each, [shipped], language)
        told = {type for type in TYPES if name(type, language) in sentence}
        assert told == (set() if each.verdict == "too_few" else {each.type, each.runner_up})
        assert sentence.endswith(".")
        assert sentence.count(".") == 1


def test_pulls_and_intercept_are_exactly_the_log_odds(classifier: Classifier, outcomes: list[Digitype]) -> None:
    for each in outcomes:
        if each.type is not None:
            odds = np.log(each.probabilities[each.type] / each.probabilities[each.runner_up])
            told = classifier.intercept(each.type, each.runner_up) + sum(pull.weight for pull in each.pulls)
            assert told == pytest.approx(odds, abs=1e-12)


def test_dutch_sentences(shipped: Bank) -> None:
    both = (("zelfbeeld.handig", 0.5), ("kennis.nieuw", -0.2))
    assert explanation(outcome("clear", *both), [shipped], "nl") == (
        "Je lijkt het meest op de analoge idealist, vooral door je antwoord op “Ik ben handig met digitale dingen”; "
        "je antwoord op “Ik kan de weg vinden in een programma dat nieuw voor mij is” past beter bij de aarzelende "
        "technologiegebruiker, het type dat daarna het dichtst bij je ligt."
    )
    assert explanation(outcome("between", *both), [shipped], "nl") == (
        "Je zit tussen de analoge idealist en de aarzelende technologiegebruiker in: je antwoord op “Ik ben handig met "
        "digitale dingen” past beter bij de analoge idealist, je antwoord op “Ik kan de weg vinden in een programma "
        "dat nieuw voor mij is” past beter bij de aarzelende technologiegebruiker."
    )
    assert explanation(outcome("too_few"), [shipped], "nl") == (
        "Je hebt te weinig vragen beantwoord om een type te noemen: daarvoor zijn minstens 8 antwoorden nodig, over "
        "minstens 3 van de 4 onderwerpen."
    )


def test_answers_that_all_pull_one_way(shipped: Bank) -> None:
    two = (("zelfbeeld.handig", 0.5), ("kennis.nieuw", 0.2))
    assert explanation(outcome("clear", *two), [shipped], "en") == (
        "You are most like the analogue idealist, mainly because of your answers to “I am good with digital things” "
        "and “I can find my way in a program that is new to me”; the hesitant technology user is next nearest to you."
    )
    sentence = explanation(outcome("clear", ("zelfbeeld.handig", -0.5)), [shipped], "en")
    assert "because that type is more common; your answer to “I am good" in sentence
    sentence = explanation(outcome("between", ("zelfbeeld.handig", -0.5)), [shipped], "en")
    assert sentence.endswith(
        ": your answer to “I am good with digital things” fits the hesitant technology user better."
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ik kan dit.", "“Ik kan dit”"),
        ("Lukt het?", "“Lukt het?”"),
        ("En dan...", "“En dan...”"),
        ("In programma's zoek ik.", "“In programma's zoek ik”"),
        ('Ik klik op "Opslaan".', "“Ik klik op ‘Opslaan’”"),
        ("Ik klik op “Opslaan” en „Sluiten”.", "“Ik klik op ‘Opslaan’ en ‘Sluiten’”"),
    ],
)
def test_a_question_between_quotation_marks(text: str, shown: str) -> None:
    assert quoted(text) == shown


@given(st.text("ab .'\"“”„", max_size=30))
def test_any_text_keeps_its_words(text: str) -> None:
    shown = quoted(text)
    assert (shown[0], shown[-1]) == ("“", "”")
    assert [each for each in shown if each in "ab"] == [each for each in text if each in "ab"]
