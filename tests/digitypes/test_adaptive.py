import time
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from zelfscan.banks.schema import Bank, Value
from zelfscan.digitypes.adaptive import DOUBT, PER_FACET, SURE, AdaptiveTest, Progress, adaptable
from zelfscan.digitypes.classifier import MINIMUM_ANSWERS, Classifier, judge
from zelfscan.digitypes.facets import FACETS
from zelfscan.digitypes.parameters import Parameters
from zelfscan.digitypes.simulation import People, simulate

Given = dict[str, Value | None]

NEAR = 1e-4
"""Slack for the rounding of the fast way, in nats or as a chance."""


@pytest.fixture(scope="module")
def adaptive(classifier: Classifier, parameters: Parameters, shipped: Bank) -> AdaptiveTest:
    return AdaptiveTest(classifier, parameters, shipped)


@pytest.fixture(scope="module")
def people(parameters: Parameters, shipped: Bank) -> People:
    return simulate(parameters, shipped, 200, np.random.default_rng(11))


@pytest.fixture(scope="module")
def diligent(people: People) -> list[Given]:
    """Everything that each of those answers who skip nothing."""
    return [dict(people.answers(row)) for row in range(200) if (people.levels[row] >= 0).all()]


def everything(adaptive: AdaptiveTest, people: People, row: int) -> Given:
    """What somebody says to every question; what she did not answer, she skips."""
    answers = people.answers(row)
    return {address: answers.get(address) for address in adaptive.addresses}


def one_by_one(adaptive: AdaptiveTest, answers: Given) -> list[Progress]:
    """How far somebody is before each answer, and at the end."""
    given: Given = {}
    found = [adaptive.progress(given)]
    while not found[-1].finished:
        given[found[-1].asked[-1]] = answers[found[-1].asked[-1]]
        found.append(adaptive.progress(given))
    return found


class Look(NamedTuple):
    """One step of the test, worked out without any short cut: what each question would tell, and the doubt."""

    information: list[float]
    doubt: float
    sure: bool


def slow_look(adaptive: AdaptiveTest, classifier: Classifier, scores: np.ndarray, seen: list[int]) -> Look:
    crowd, known = adaptive.people, np.full(len(scores), np.nan)
    known[seen] = scores[seen]
    weights, chances = np.ones(len(crowd.levels)), crowd.items.chances(crowd.latents)
    for k in np.flatnonzero(~np.isnan(known)):
        weights *= chances[:, k, list(crowd.items.scores[k]).index(known[k])]
    completed = crowd.scores.copy()
    completed[:, seen] = known[seen]
    full = classifier.probabilities(crowd.facets, completed).argmax(axis=1)
    now = classifier.probabilities(crowd.facets, known[None])
    doubt = weights[full != now.argmax()].sum() / weights.sum()
    information = [mutual_information(full, crowd.levels[:, k], weights) for k in range(len(scores))]
    return Look(information, doubt, judge(crowd.facets, known[None], now) == ["clear"] and now.max() >= SURE)


def mutual_information(types: np.ndarray, levels: np.ndarray, weights: np.ndarray) -> float:
    joint = np.histogram2d(types, levels, bins=(range(5), range(6)), weights=weights)[0] / weights.sum()
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    some = joint > 0
    return float((joint[some] * np.log(joint[some] / apart[some])).sum())


def may_be_asked(adaptive: AdaptiveTest, scores: np.ndarray, seen: list[int]) -> list[int]:
    """The questions that are left, or only those of facets with too few answers."""
    answered = [adaptive.facets[k] for k in seen if not np.isnan(scores[k])]
    unseen = [k for k in range(len(scores)) if k not in seen]
    return [k for k in unseen if answered.count(adaptive.facets[k]) < PER_FACET] or unseen


@pytest.mark.parametrize("row", range(8))
def test_each_question_tells_most_and_the_test_stops_in_time(
    adaptive: AdaptiveTest, classifier: Classifier, people: People, row: int
) -> None:
    scores = people.scores[row]
    asked = adaptive.progress(everything(adaptive, people, row)).asked
    order = [adaptive.addresses.index(address) for address in asked]
    for turn, question in enumerate(order):
        look = slow_look(adaptive, classifier, scores, order[:turn])
        allowed = may_be_asked(adaptive, scores, order[:turn])
        assert question in allowed
        assert look.information[question] >= max(look.information[k] for k in allowed) - NEAR
        assert not look.sure or look.doubt > DOUBT - NEAR
    if len(order) < len(scores):
        end = slow_look(adaptive, classifier, scores, order)
        assert end.sure
        assert end.doubt <= DOUBT + NEAR


def test_only_the_first_question_is_asked_at_first(adaptive: AdaptiveTest) -> None:
    start = adaptive.progress({})
    assert len(start.asked) == 1
    assert not start.finished


def test_each_answer_gives_one_question_more_until_the_end(adaptive: AdaptiveTest, diligent: list[Given]) -> None:
    for answers in diligent[:10]:
        *under_way, end = one_by_one(adaptive, answers)
        for before, after in pairwise(under_way):
            assert after.asked[:-1] == before.asked
        assert end == adaptive.progress(answers) == Progress(under_way[-1].asked, True)


def test_who_stops_early_has_a_clear_verdict_on_all_facets(
    adaptive: AdaptiveTest, classifier: Classifier, people: People
) -> None:
    asked, finished = adaptive.follow(people.scores, np.ones(people.scores.shape, dtype=bool))
    early = np.flatnonzero((asked < 0).any(axis=1))
    assert finished.all()
    assert len(early) > 100
    for row in early:
        questions = asked[row][asked[row] >= 0]
        kept = np.full(people.scores.shape[1], np.nan)
        kept[questions] = people.scores[row, questions]
        verdict = judge(people.facets, kept[None], classifier.probabilities(people.facets, kept[None]))
        assert verdict == ["clear"]
        left = np.setdiff1d(np.arange(len(kept)), questions)
        for facet in range(len(FACETS)):
            answers = (~np.isnan(kept) & (people.items.facet == facet)).sum()
            assert answers >= PER_FACET or facet not in people.items.facet[left]


def test_nobody_is_asked_a_question_twice(adaptive: AdaptiveTest, people: People) -> None:
    asked, _ = adaptive.follow(people.scores, np.ones(people.scores.shape, dtype=bool))
    for questions in asked:
        assert len(set(questions[questions >= 0])) == (questions >= 0).sum() >= MINIMUM_ANSWERS


def test_many_at_once_go_the_way_of_each_alone(adaptive: AdaptiveTest, people: People) -> None:
    asked, _ = adaptive.follow(people.scores, np.ones(people.scores.shape, dtype=bool))
    for row in range(40):
        alone = adaptive.progress(everything(adaptive, people, row))
        assert alone.asked == tuple(adaptive.addresses[k] for k in asked[row] if k >= 0)
        assert alone.finished


def test_built_again_it_asks_the_same(
    adaptive: AdaptiveTest, classifier: Classifier, parameters: Parameters, shipped: Bank, diligent: list[Given]
) -> None:
    again = AdaptiveTest(classifier, parameters, shipped)
    for answers in diligent[:10]:
        assert again.progress(answers) == adaptive.progress(answers)


def test_people_are_asked_different_questions(adaptive: AdaptiveTest, diligent: list[Given]) -> None:
    assert len({adaptive.progress(answers).asked for answers in diligent[:50]}) > 25


@pytest.mark.parametrize("turn", [0, 3, 6])
def test_changed_answer_leads_on_from_there(adaptive: AdaptiveTest, diligent: list[Given], turn: int) -> None:
    changes = 0
    for answers in diligent[:20]:
        before = adaptive.progress(answers).asked
        changed = answers | {before[turn]: 4 - int(str(answers[before[turn]]))}
        after = adaptive.progress(changed)
        assert after.finished
        assert after.asked[: turn + 1] == before[: turn + 1]
        changes += after.asked != before
    assert changes > 10


def test_answers_off_the_path_have_no_effect(adaptive: AdaptiveTest, diligent: list[Given]) -> None:
    for answers in diligent[:20]:
        found = adaptive.progress(answers)
        assert adaptive.progress({address: answers[address] for address in found.asked}) == found
        half = {address: answers[address] for address in found.asked[:5]}
        stale = {address: 4 for address in adaptive.addresses if address not in found.asked}
        assert adaptive.progress(half | stale).asked[:6] == found.asked[:6]


def test_part_of_the_answers_gives_the_question_to_go_on_with(adaptive: AdaptiveTest, diligent: list[Given]) -> None:
    for answers in diligent[:20]:
        asked = adaptive.progress(answers).asked
        part = adaptive.progress({address: answers[address] for address in asked[:4]})
        assert part == Progress(asked[:5], False)


def test_skipped_question_is_passed(adaptive: AdaptiveTest) -> None:
    first = adaptive.progress({}).asked[0]
    after = adaptive.progress({first: None})
    assert after.asked[0] == first
    assert len(after.asked) == 2
    assert not after.finished


def test_who_skips_everything_is_asked_everything_once(adaptive: AdaptiveTest) -> None:
    found = adaptive.progress(dict.fromkeys(adaptive.addresses))
    assert found.finished
    assert sorted(found.asked) == sorted(adaptive.addresses)


def test_who_skips_one_facet_still_comes_to_an_end_early(adaptive: AdaptiveTest, diligent: list[Given]) -> None:
    houding = {address: None for address in adaptive.addresses if address.startswith("houding")}
    lengths = []
    for answers in diligent[:60]:
        found = adaptive.progress(answers | houding)
        assert found.finished
        lengths.append(len(found.asked))
        assert lengths[-1] == 18 or houding.keys() <= set(found.asked)
    assert min(lengths) < 18


def test_answers_of_other_questions_do_not_disturb(adaptive: AdaptiveTest) -> None:
    assert adaptive.progress({"elders.vraag": 3}) == adaptive.progress({})


def test_less_doubt_allowed_asks_more(
    adaptive: AdaptiveTest, classifier: Classifier, parameters: Parameters, shipped: Bank, people: People
) -> None:
    given = np.ones(people.scores.shape, dtype=bool)
    strict = AdaptiveTest(classifier, parameters, shipped, doubt=0.01).follow(people.scores, given)[0]
    usual = adaptive.follow(people.scores, given)[0]
    lengths = (strict >= 0).sum(axis=1), (usual >= 0).sum(axis=1)
    assert (lengths[0] >= lengths[1]).all()
    assert lengths[0].mean() > lengths[1].mean() + 1


def test_bank_of_eight_questions_of_several_kinds_is_asked_whole(
    classifier: Classifier, parameters: Parameters, small: Bank
) -> None:
    answers: Given = {
        "doen.zoeken": 3,
        "doen.datalek": "a",
        "doen.nut": 3,
        "doen.zonde": 1,
        "vinden.bang": 1,
        "vinden.proberen": "ja",
        "vinden.leren": 3,
        "vinden.trager": "nee",
    }
    found = one_by_one(AdaptiveTest(classifier, parameters, small), answers)[-1]
    assert sorted(found.asked) == sorted(answers)


def test_only_banks_that_can_be_asked_in_any_order(
    classifier: Classifier, parameters: Parameters, shipped: Bank, small: Bank, kinds: Bank
) -> None:
    assert adaptable(shipped)
    assert adaptable(small)
    assert not adaptable(kinds)
    with pytest.raises(ValueError, match="digitype_kinds"):
        AdaptiveTest(classifier, parameters, kinds)


def test_next_question_comes_within_two_milliseconds(adaptive: AdaptiveTest, diligent: list[Given]) -> None:
    times = []
    for answers in diligent[:20]:
        start = time.perf_counter()
        turns = len(adaptive.progress(answers).asked)
        times.append((time.perf_counter() - start) / turns)
    assert min(times) < 0.002
