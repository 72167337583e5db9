"""The coefficients against published values, other ways of computing them, and made-up people with a known answer."""

from collections.abc import Iterator

import numpy as np
import pytest
from sklearn.decomposition import FactorAnalysis

from zelfscan.banks.loader import load_bank, parse_bank
from zelfscan.banks.schema import Bank
from zelfscan.config import Settings
from zelfscan.digitypes.parameters import load_parameters
from zelfscan.digitypes.simulation import Respondents, simulate
from zelfscan.scoring.reliability import (
    Floats,
    Reliability,
    ReliabilityError,
    Scale,
    alpha,
    covariances,
    item_rest,
    omega,
    one_factor,
    pair_counts,
    possible,
    reliability,
    resampled,
    scores_by_question,
)
from zelfscan.scoring.tables import Row, Table

LORD = np.array(
    [
        [86.3979, 57.7751, 56.8651, 58.8986],
        [57.7751, 86.2632, 59.3177, 59.6683],
        [56.8651, 59.3177, 97.2850, 73.8201],
        [58.8986, 59.6683, 73.8201, 97.8192],
    ]
)
"""Four vocabulary tests, 649 people (F. M. Lord, 1957). K. G. Joreskog (1971), Statistical analysis of sets of
congeneric tests, Psychometrika 36, 109-133, fits one factor to it; the figures below are those of the SAS/STAT User's
Guide, Introduction to structural equation modeling, 'H3: Congeneric (One-Factor) Model for Lord Data'."""

CHO = np.array([[10.0, 4, 5, 7], [4, 11, 6, 8], [5, 6, 12, 9], [7, 8, 9, 13]])
"""Example of congeneric items in E. Cho (2016), Making reliability reliable, Organizational Research Methods 19,
651-682, also in Wikipedia, 'Congeneric reliability', which gives the coefficient .8550."""

EQUAL = np.full((4, 4), 6.0) + np.diag([4.0, 5, 6, 7])
"""Example of tau-equivalent items of the same author, also in Wikipedia, 'Cronbach's alpha', and in the documentation
of Julia's StatsBase, which gives 0.8136."""

JUDGES = np.array([[9.0, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
"""Six people rated by four judges: P. E. Shrout and J. L. Fleiss (1979), Intraclass correlations, Psychological
Bulletin 86, 420-428. Their ICC(3,4), which is alpha, is .91."""


def whole(scores: Floats) -> Floats:
    return covariances(scores, np.ones((1, len(scores))))


def made_up(loadings: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Answers of n people that follow one factor with standard normal questions."""
    noise = rng.standard_normal((n, len(loadings))) * np.sqrt(1 - loadings**2)
    return rng.standard_normal((n, 1)) * loadings + noise


def with_holes(scores: Floats, share: float, rng: np.random.Generator) -> Floats:
    return np.where(rng.random(scores.shape) < share, np.nan, scores)


def anova_alpha(scores: Floats) -> float:
    """C. Hoyt (1941): 1 minus the mean square of the interaction over that between people."""
    n, m = scores.shape
    people, questions = scores.mean(axis=1, keepdims=True), scores.mean(axis=0, keepdims=True)
    between = m * ((people - scores.mean()) ** 2).sum() / (n - 1)
    rest = ((scores - people - questions + scores.mean()) ** 2).sum() / ((n - 1) * (m - 1))
    return float(1 - rest / between)


@pytest.mark.parametrize(("matrix", "published"), [(EQUAL, 0.8136), (whole(JUDGES)[0], 0.91)])
def test_published_alpha(matrix: Floats, published: float) -> None:
    digits = len(str(published)) - 2
    assert round(alpha(matrix[None])[0], digits) == published


def test_published_fit_of_one_factor() -> None:
    (loadings,), (unique,) = one_factor(LORD[None])
    implied = np.outer(loadings, loadings) + np.diag(unique)
    apart = np.log(np.linalg.det(implied) / np.linalg.det(LORD)) + np.trace(np.linalg.solve(implied, LORD)) - 4
    assert loadings[0] == pytest.approx(7.10470, abs=5e-4)
    assert 648 * apart == pytest.approx(36.2095, abs=5e-5)


def test_published_omega() -> None:
    assert omega(CHO[None])[0] == pytest.approx(0.8550, abs=1e-4)


def test_published_alpha_and_omega_are_the_same_for_equal_loadings() -> None:
    assert omega(EQUAL[None])[0] == pytest.approx(alpha(EQUAL[None])[0], abs=1e-6)


@pytest.mark.parametrize("loadings", [[0.5, 0.6, 0.7], [0.3, 0.5, 0.7, 0.9], [0.4, -0.2, 0.6, 0.8, 0.5]])
def test_omega_in_closed_form(loadings: list[float]) -> None:
    units = np.arange(1, len(loadings) + 1)
    given, left = np.array(loadings) * units, (1 - np.square(loadings)) * units**2
    exact = given.sum() ** 2 / (given.sum() ** 2 + left.sum())
    matrix = np.outer(given, given) + np.diag(left)
    found, unique = one_factor(matrix[None])
    assert omega(matrix[None])[0] == pytest.approx(exact, abs=1e-5)
    np.testing.assert_allclose(found[0], given, atol=1e-4 * units.max())
    np.testing.assert_allclose(unique[0], left, atol=1e-4 * units.max() ** 2)


def test_sign_of_the_factor_is_turned_to_the_questions() -> None:
    matrix = np.outer([0.8, 0.7, -0.6], [0.8, 0.7, -0.6]) + np.diag([0.36, 0.51, 0.64])
    flipped = matrix * np.outer([-1, -1, -1], [-1, -1, -1])
    for each in (matrix, flipped):
        np.testing.assert_allclose(one_factor(each[None])[0][0], [0.8, 0.7, -0.6], atol=1e-4)


@pytest.mark.parametrize("m", [3, 6, 12])
def test_one_factor_is_that_of_scikit_learn(m: int) -> None:
    rng = np.random.default_rng(m)
    scores = made_up(rng.uniform(0.4, 0.8, m), 400, rng)
    model = FactorAnalysis(1, tol=1e-10, max_iter=10_000, svd_method="lapack").fit(scores)
    (loadings,), (unique,) = one_factor(whole(scores) * 399 / 400)
    np.testing.assert_allclose(np.abs(loadings), np.abs(model.components_[0]), atol=2e-4)
    np.testing.assert_allclose(unique, model.noise_variance_, atol=4e-4)


def test_alpha_is_that_of_analysis_of_variance() -> None:
    scores = made_up(np.array([0.4, 0.5, 0.6, 0.7]), 200, np.random.default_rng(1))
    assert alpha(whole(scores))[0] == pytest.approx(anova_alpha(scores))
    assert alpha(whole(JUDGES))[0] == pytest.approx(anova_alpha(JUDGES))


def test_covariances_without_holes_are_the_usual_ones() -> None:
    scores = made_up(np.array([0.4, 0.5, 0.6]), 60, np.random.default_rng(1)) + 3
    np.testing.assert_allclose(whole(scores)[0], np.cov(scores.T))


def test_covariances_with_holes_are_those_of_each_pair() -> None:
    rng = np.random.default_rng(1)
    scores = with_holes(made_up(np.array([0.4, 0.5, 0.6]), 60, rng), 0.2, rng)
    found = whole(scores)[0]
    for i in range(3):
        for j in range(3):
            both = ~np.isnan(scores[:, i] + scores[:, j])
            assert found[i, j] == pytest.approx(np.cov(scores[both, i], scores[both, j])[0, 1])
            assert pair_counts(scores)[i, j] == both.sum()


def test_weights_are_as_many_copies_of_a_person() -> None:
    rng = np.random.default_rng(1)
    scores = with_holes(made_up(np.array([0.4, 0.5, 0.6]), 30, rng), 0.1, rng)
    weights = rng.integers(0, 3, 30)
    np.testing.assert_allclose(
        covariances(scores, weights[None].astype(float)), whole(np.repeat(scores, weights, axis=0))
    )


def test_resamples_are_those_of_a_loop() -> None:
    """The same people drawn with the same seed, each resample as a table of its own."""
    scores = made_up(np.array([0.5, 0.6, 0.7]), 40, np.random.default_rng(1))
    drawn = np.random.default_rng(5).multinomial(40, np.full(40, 1 / 40), size=20)
    looped = [anova_alpha(np.repeat(scores, weights, axis=0)) for weights in drawn]
    np.testing.assert_allclose(alpha(resampled(scores, 20, seed=5)), looped)


def test_item_rest_is_the_correlation_with_the_sum_of_the_others() -> None:
    scores = made_up(np.array([0.4, 0.5, 0.6, -0.7]), 90, np.random.default_rng(1))
    expected = [np.corrcoef(scores[:, i], np.delete(scores, i, axis=1).sum(axis=1))[0, 1] for i in range(4)]
    np.testing.assert_allclose(item_rest(whole(scores)[0]), expected)


def test_question_without_variance_leaves_everything_undefined() -> None:
    matrix = np.array([[1.0, 0.5, 0], [0.5, 1, 0], [0, 0, 0]])
    assert np.isnan(alpha(matrix[None])).all()
    assert np.isnan(omega(matrix[None])).all()
    assert np.isnan(item_rest(matrix)[2])


def test_undefined_matrices_do_not_touch_the_others() -> None:
    broken = np.full((4, 4), np.nan)
    np.testing.assert_array_equal(omega(np.stack([CHO, broken])), [omega(CHO[None])[0], np.nan])
    np.testing.assert_array_equal(alpha(np.stack([broken, CHO])), [np.nan, alpha(CHO[None])[0]])


def test_pairs_that_contradict_each_other_are_made_possible() -> None:
    units = np.outer([1, 2, 3], [1, 2, 3])
    wrong = np.array([[1, 0.9, 0.9], [0.9, 1, -0.2], [0.9, -0.2, 1]]) * units
    (made,) = possible(wrong[None])
    assert np.linalg.eigvalsh(wrong)[0] < 0
    assert np.linalg.eigvalsh(made)[0] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(made.diagonal(), wrong.diagonal())
    assert 0 < omega(made[None])[0] <= 1


def test_alpha_is_never_above_one() -> None:
    """The variances are of more people than the covariance, so that the pairwise correlation is above 1."""
    wrong = np.array([[[1.0, 1.2], [1.2, 1.0]]])
    assert alpha(wrong)[0] > 1
    assert alpha(possible(wrong))[0] == pytest.approx(1)


def test_what_is_possible_stays_as_it_is() -> None:
    matrices = np.stack([CHO, LORD, np.full((4, 4), np.nan)])
    np.testing.assert_array_equal(possible(matrices), matrices)


@pytest.mark.parametrize("holes", [0.0, 0.1])
def test_intervals_hold_the_true_value_about_as_often_as_they_should(holes: float) -> None:
    loadings = np.array([0.5, 0.6, 0.7, 0.8])
    truth = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    exact = np.array([alpha(truth[None])[0], omega(truth[None])[0]])
    rng = np.random.default_rng(3)
    samples = (with_holes(made_up(loadings, 150, rng), holes, rng) for _ in range(300))
    draws = np.concatenate([resampled(scores, 200, seed=0) for scores in samples])
    coefficients = np.stack([alpha(draws), omega(draws)]).reshape(2, 300, 200)
    low, high = np.quantile(coefficients, [0.025, 0.975], axis=2)
    held = ((low <= exact[:, None]) & (exact[:, None] <= high)).mean(axis=1)
    assert (held > 0.91).all()
    assert (held < 0.98).all()


def test_holes_at_random_leave_the_coefficients_where_they_are() -> None:
    rng = np.random.default_rng(1)
    loadings = np.array([0.4, 0.5, 0.6, 0.7, 0.8])
    truth = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    found = whole(with_holes(made_up(loadings, 20_000, rng), 0.3, rng))
    assert alpha(found)[0] == pytest.approx(alpha(truth[None])[0], abs=0.01)
    assert omega(found)[0] == pytest.approx(omega(truth[None])[0], abs=0.01)


HEAD = """
bank: proef
title: {nl: Proef}
audience: employee
minutes: 1
scales:
  kan: [{value: 0, label: {nl: Nee}}, {value: 1, label: {nl: Soms}}, {value: 2, label: {nl: Ja}}]
themes:
  - id: t
    title: {nl: Thema}
    questions:
      - {id: app, text: {nl: Heb je de app?}, kind: yesno}
      - {id: a, text: {nl: A}, kind: scale, scale: kan, facet: kennis}
      - {id: b, text: {nl: B}, kind: scale, scale: kan, facet: kennis, reverse: true}
      - {id: c, text: {nl: C}, kind: scale, scale: kan, show_if: {question: t.app, is: ja}}
      - {id: weet, text: {nl: Weet je dit?}, kind: knowledge, facet: kennis, correct: [x], options: [
          {value: x, label: {nl: X}}, {value: y, label: {nl: Y}}]}
      - {id: jaren, text: {nl: Hoe lang?}, kind: number}
"""

COLUMNS = ("t.app", "t.a", "t.b", "t.c", "t.weet", "t.jaren")


@pytest.fixture(scope="module")
def proef() -> Bank:
    return parse_bank(HEAD, "proef.yaml")


def people(n: int, seed: int = 1) -> list[Row]:
    """People of whom the high ones say high on everything; `t.b` is asked the other way round."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    for able in rng.standard_normal(n):
        a, b, c = (int(np.clip(np.round(1 + able + noise), 0, 2)) for noise in rng.normal(0, 0.6, 3))
        rows.append(("ja" if able + rng.normal() > -0.5 else "nee", a, 2 - b, c, "x" if able > 0 else "y", 3))
    return rows


def scale(found: Reliability, group: str, kind: str = "self_rating") -> Scale:
    return next(each for each in found.scales if (each.group, each.kind) == (group, kind))


def codes(scale: Scale) -> set[str]:
    return {note.code for note in scale.notes}


def changed(rows: list[Row], column: str, values: Iterator[object]) -> list[Row]:
    at = COLUMNS.index(column)
    return [(*row[:at], value, *row[at + 1 :]) for row, value in zip(rows, values, strict=False)]  # type: ignore[misc]


def test_hidden_answers_are_missing_and_reversed_ones_turned(proef: Bank) -> None:
    rows: list[Row] = [("ja", 2, 0, 1, "x", 4), ("nee", 1, 2, 1, "y", 4), (None, None, None, 2, None, None)]
    found = scores_by_question(proef, Table(COLUMNS, rows))
    assert list(found) == ["t.app", "t.a", "t.b", "t.c", "t.weet"]
    np.testing.assert_array_equal(found["t.b"], [1, 0, np.nan])
    np.testing.assert_array_equal(found["t.c"], [0.5, np.nan, np.nan])
    np.testing.assert_array_equal(found["t.weet"], [1, 0, np.nan])


def test_scales_of_a_bank(proef: Bank) -> None:
    found = reliability(proef, Table(COLUMNS, people(200)), resamples=100)
    shown = [(each.group, each.id, each.kind, [item.question for item in each.items]) for each in found.scales]
    assert shown == [
        ("theme", "t", "self_rating", ["t.app", "t.a", "t.b", "t.c"]),
        ("theme", "t", "knowledge", ["t.weet"]),
        ("facet", "kennis", "self_rating", ["t.a", "t.b"]),
        ("facet", "kennis", "knowledge", ["t.weet"]),
    ]
    assert found.people == 200


def test_only_who_saw_a_question_counts_for_it(proef: Bank) -> None:
    rows = people(300)
    theme = scale(reliability(proef, Table(COLUMNS, rows), resamples=100), "theme")
    asked = sum(row[0] == "ja" for row in rows)
    assert [item.answers for item in theme.items] == [300, 300, 300, asked]
    assert theme.fewest == asked
    assert theme.missing == pytest.approx((300 - asked) / 1200)


def test_figures_of_a_scale_are_those_of_its_scores(proef: Bank) -> None:
    rows = [("ja", *row[1:]) for row in people(200)]
    table = Table(COLUMNS[1:4], [row[1:4] for row in rows])
    asked = parse_bank(HEAD.replace(", show_if: {question: t.app, is: ja}", ""), "proef.yaml")
    theme = scale(reliability(asked, table, resamples=100), "theme")
    scores = np.column_stack(list(scores_by_question(asked, table).values()))
    assert theme.alpha is not None
    assert theme.omega is not None
    assert theme.alpha.value == pytest.approx(anova_alpha(scores))
    assert theme.omega.value == pytest.approx(omega(whole(scores))[0])
    for each in (theme.alpha, theme.omega):
        assert each.low is not None
        assert each.high is not None
        assert each.low < each.value < each.high
    assert theme.floor == pytest.approx((scores.sum(axis=1) == 0).mean())
    assert theme.ceiling == pytest.approx((scores.sum(axis=1) == 3).mean())
    used = [item for item in theme.items if item.status == "used"]
    assert [item.floor for item in used] == pytest.approx((scores == 0).mean(axis=0))
    assert [item.ceiling for item in used] == pytest.approx((scores == 1).mean(axis=0))
    assert [item.item_rest for item in used] == pytest.approx(item_rest(whole(scores)[0]))
    assert (theme.items[0].question, theme.items[0].status) == ("t.app", "absent")


def test_same_seed_gives_the_same_intervals(proef: Bank) -> None:
    table = Table(COLUMNS, people(100))
    first, again, other = (reliability(proef, table, 100, seed).scales[0].alpha for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_two_questions_have_alpha_only(proef: Bank) -> None:
    facet = scale(reliability(proef, Table(COLUMNS, people(100)), 100), "facet")
    assert facet.alpha is not None
    assert facet.omega is None
    assert codes(facet) >= {"two_items"}


def test_one_question_has_no_coefficients(proef: Bank) -> None:
    knowledge = scale(reliability(proef, Table(COLUMNS, people(100)), 100), "theme", "knowledge")
    assert (knowledge.alpha, knowledge.omega, knowledge.fewest) == (None, None, None)
    assert codes(knowledge) == {"no_scale"}
    assert knowledge.items[0].ceiling is not None


def test_question_that_everyone_answers_alike_is_left_out(proef: Bank) -> None:
    theme = scale(reliability(proef, Table(COLUMNS, changed(people(100), "t.a", iter([2] * 100))), 100), "theme")
    constant = theme.items[1]
    assert (constant.status, constant.ceiling, constant.item_rest) == ("constant", 1.0, None)
    assert theme.used == 3
    assert theme.omega is not None


def test_question_with_few_answers_is_left_out_and_shows_nothing(proef: Bank) -> None:
    table = Table(COLUMNS, changed(people(100), "t.a", iter([2] * 5 + [1] * 4 + [None] * 91)))
    item = scale(reliability(proef, table, 100), "theme").items[1]
    assert (item.status, item.answers, item.floor, item.ceiling, item.item_rest) == ("few_answers", *[None] * 4)


def test_pair_that_few_answered_both_gives_no_coefficients(proef: Bank) -> None:
    rows = changed(people(100), "t.a", iter([None, 0, 1, 2] * 12 + [None] * 52))
    rows = changed(rows, "t.b", iter([None] * 48 + [0, 1, 2, 1] * 13))
    theme = scale(reliability(proef, Table(COLUMNS, rows), 100), "theme")
    assert (theme.alpha, theme.omega, theme.fewest) == (None, None, None)
    assert [(note.code, note.questions) for note in theme.notes] == [("few_in_common", ("t.a", "t.b"))]


def test_few_people_are_told(proef: Bank) -> None:
    assert "few_people" in codes(scale(reliability(proef, Table(COLUMNS, people(25)), 100), "facet"))
    assert "few_people" not in codes(scale(reliability(proef, Table(COLUMNS, people(30)), 100), "facet"))


def test_scale_with_too_few_people_shows_nothing(proef: Bank) -> None:
    rows = changed(people(50), "t.weet", iter(["x"] * 9 + [None] * 41))
    knowledge = scale(reliability(proef, Table(COLUMNS, rows), 100), "theme", "knowledge")
    assert knowledge.people is None
    assert (knowledge.floor, knowledge.ceiling, knowledge.missing) == (None, None, None)
    assert codes(knowledge) == {"too_few_people"}


def test_question_that_is_turned_the_wrong_way_is_named(proef: Bank) -> None:
    wrong = parse_bank(HEAD.replace(", reverse: true", ""), "proef.yaml")
    theme = scale(reliability(wrong, Table(COLUMNS, people(200)), 100), "theme")
    (note,) = (note for note in theme.notes if note.code == "negative")
    assert "t.b" in note.questions


def test_question_that_the_factor_explains_whole_is_named(proef: Bank) -> None:
    rows = [("ja", a, b, a, w, j) for _, a, b, _, w, j in people(200)]
    theme = scale(reliability(proef, Table(COLUMNS, rows), 100), "theme")
    (note,) = (note for note in theme.notes if note.code == "improper")
    assert set(note.questions) & {"t.a", "t.c"}


def test_contradicting_pairs_are_told(proef: Bank) -> None:
    """Three groups, each of which answers another two questions: a with b and a with c agree, b with c do not."""
    low, high = (0, 2), (2, 0)
    rows: list[Row] = []
    for _ in range(10):
        rows += [("ja", a, b, None, "x", 1) for a, b in zip(low, high, strict=True)]
        rows += [("ja", a, None, c, "x", 1) for a, c in zip(low, low, strict=True)]
        rows += [("ja", None, b, c, "x", 1) for b, c in zip(low, low, strict=True)]
    theme = scale(reliability(proef, Table(COLUMNS, rows), 100), "theme")
    assert "contradicting" in codes(theme)


def test_interval_is_left_out_when_resamples_are_often_undefined(proef: Bank) -> None:
    """One person of twelve differs on `t.a`: more than a third of the resamples miss her."""
    rows = changed(people(12), "t.a", iter([0] + [2] * 11))
    facet = scale(reliability(proef, Table(COLUMNS, rows), 200), "facet")
    assert facet.alpha is not None
    assert (facet.alpha.low, facet.alpha.high) == (None, None)
    assert "unstable" in codes(facet)


@pytest.mark.parametrize(("answer", "code"), [((0, 2), "floor"), ((2, 0), "ceiling")])
def test_crowd_at_one_end_is_told(proef: Bank, answer: tuple[int, int], code: str) -> None:
    rows = [(row[0], *(answer if number % 3 == 0 else row[1:3]), *row[3:]) for number, row in enumerate(people(120))]
    facet = scale(reliability(proef, Table(COLUMNS, rows), 100), "facet")
    assert code in codes(facet)


def test_too_few_people_are_refused(proef: Bank) -> None:
    rows: list[Row] = [*people(9), (None, None, None, None, None, 3)]
    with pytest.raises(ReliabilityError) as caught:
        reliability(proef, Table(COLUMNS, rows))
    assert caught.value.code == "too_few_people"
    assert reliability(proef, Table(COLUMNS, people(10)), 100).people == 10


def test_file_without_scored_questions_is_refused(proef: Bank) -> None:
    with pytest.raises(ReliabilityError) as caught:
        reliability(proef, Table(("t.jaren",), [(3,)] * 20))
    assert caught.value.code == "nothing_scored"


def test_people_made_up_for_the_digitype_bank() -> None:
    settings = Settings()
    bank = load_bank(settings.shipped_bank("digitype"))
    parameters = load_parameters(settings.models_dir / "simulation.yaml")
    made = simulate(parameters, bank, 2000, np.random.default_rng(1))
    addresses = tuple(name.partition(":")[2] for name in made.items.names)
    rows: list[Row] = [tuple(made.answers(row).get(address) for address in addresses) for row in range(2000)]
    found = reliability(bank, Table(addresses, rows), 200)
    facets = [each for each in found.scales if each.group == "facet"]
    assert [each.id for each in facets] == ["kennis", "motivatie", "houding", "zelfbeeld"]
    for each in facets:
        assert each.alpha is not None
        assert each.omega is not None
        assert 0.6 < each.alpha.value <= each.omega.value + 0.01 < 0.95
        assert all(item.item_rest is not None and item.item_rest > 0.3 for item in each.items)
    columns = [name for name, facet in zip(made.items.names, made.facets, strict=True) if facet == "kennis"]
    kept = made.scores[:, [made.items.names.index(name) for name in columns]]
    assert facets[0].alpha is not None
    assert facets[0].alpha.value == pytest.approx(alpha(whole(kept))[0])


def test_whole_bank_with_branching_and_knowledge() -> None:
    settings = Settings()
    bank = load_bank(settings.shipped_bank("vvt"), folders=settings.bank_folders)
    respondents = Respondents(load_parameters(settings.models_dir / "simulation.yaml"), [bank])
    rng = np.random.default_rng(1)
    addresses = tuple(item.address for item in bank.items())
    answers = [respondents.answer(rng)[bank.bank] for _ in range(150)]
    found = reliability(bank, Table(addresses, [tuple(map(each.get, addresses)) for each in answers]), 100)
    themes = [(each.id, each.kind) for each in found.scales if each.group == "theme"]
    assert {id for id, kind in themes if kind == "knowledge"} == {
        item.theme.id for item in bank.items() if item.question.kind == "knowledge"
    }
    for each in found.scales:
        kinds = {bank.item(item.question).question.kind == "knowledge" for item in each.items}
        assert kinds == {each.kind == "knowledge"}
