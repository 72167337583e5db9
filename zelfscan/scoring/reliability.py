"""How far the questions of a theme or facet measure one thing: alpha, omega, and the figures per question.

docs/reliability.md says what each figure means; the formulas are with the functions below. Everything starts from one
covariance matrix over pairs of questions, so that the coefficients, their intervals and the item-rest correlations
treat missing answers in the same way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from zelfscan.banks.kinds import KINDS
from zelfscan.banks.schema import Bank, Facet, Item
from zelfscan.errors import ClearError
from zelfscan.scoring.scores import MINIMUM_SHARE, can_be_scored, scored_items
from zelfscan.scoring.tables import Table

Floats = NDArray[np.float64]

MINIMUM_PEOPLE = 10
"""People behind any figure, at least; below this a share says too much about one person, and a coefficient nothing."""

FEW_PEOPLE = 30
"""Below this number of people a coefficient is given with a warning."""

COVERAGE = 0.95
"""Share of intervals that should hold the true value."""

CROWDED = 0.15
"""A larger share of people at one end of a scale is a floor or ceiling effect (Terwee and others, 2007)."""

DEFINED = 0.9
"""Share of the resamples in which a coefficient has to be defined for an interval."""

ROUNDS = 2000
TOLERANCE = 1e-7
"""The factor model is fitted until no standardised loading moves more than this in a round, or for `ROUNDS`."""

SMALLEST = 1e-6
"""Lowest share of a question's variance that the factor model leaves unexplained."""

IMPROPER = 0.005
"""With less than this unexplained the question is a Heywood case: the model does not fit these answers."""

VARIES = 1e-12
"""A variance up to this is rounding: everyone in a resample answered alike."""

NEGATIVE = -1e-8
"""An eigenvalue below this is not rounding: the pairs contradict each other."""

BATCH = 200
"""Resamples drawn at a time, which bounds the memory for large files."""

Status = Literal["used", "constant", "few_answers", "absent"]


class ReliabilityError(ClearError):
    """Nothing can be said about a file.

    Attributes:
        code: `too_few_people` or `nothing_scored`.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Estimate:
    """A coefficient and its percentile interval; the ends are None when too many resamples leave it undefined."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ItemFigures:
    """One question within its scale.

    Attributes:
        question: address of the question.
        status: `used`; or why alpha and omega leave it out: `constant` (everyone answered alike), `few_answers` (fewer
            than `MINIMUM_PEOPLE`) or `absent` (no column in the file).
        answers: number of answers; None when these are too few to tell.
        floor, ceiling: share of the answers that score 0, and 1; None when there are too few.
        item_rest: correlation with the sum of the other used questions; None without one.
    """

    question: str
    status: Status
    answers: int | None = None
    floor: float | None = None
    ceiling: float | None = None
    item_rest: float | None = None


@dataclass(frozen=True)
class Note:
    """Something to know when reading a scale: a code, and the questions that it is about."""

    code: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scale:
    """The questions of a theme or facet that are scored together.

    Attributes:
        group: `theme` or `facet`.
        id: of the theme or facet.
        kind: `self_rating` or `knowledge`.
        people: number that answered at least one of its questions; None when fewer than `MINIMUM_PEOPLE`.
        missing: share of their answers to the used questions that is missing or was not asked.
        fewest: people behind the pair of used questions that the fewest answered both; None when there is no pair, or
            these are fewer than `MINIMUM_PEOPLE`.
        alpha, omega: None when they cannot be known; `notes` says why.
        floor, ceiling: share of people whose mean score is 0, and 1, among those who answered at least half.
        items: every question that the bank has for it, in its order.
        notes: what to know when reading the figures.
    """

    group: str
    id: str
    kind: str
    people: int | None
    missing: float | None
    fewest: int | None
    alpha: Estimate | None
    omega: Estimate | None
    floor: float | None
    ceiling: float | None
    items: tuple[ItemFigures, ...]
    notes: tuple[Note, ...] = ()

    @property
    def used(self) -> int:
        """Number of questions in alpha and omega."""
        return sum(item.status == "used" for item in self.items)


@dataclass(frozen=True)
class Reliability:
    """The figures of every scale of a bank that a file has answers to; only aggregates.

    Attributes:
        bank, hash: the bank and its version.
        people: number with at least one scored answer.
        resamples, seed: of the bootstrap.
        scales: themes, then facets, in the order of the bank; self-rating before knowledge.
    """

    bank: str
    hash: str
    people: int
    resamples: int
    seed: int
    scales: tuple[Scale, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: ids, codes and numbers, no texts."""
        return asdict(self) | {"coverage": COVERAGE, "scales": [asdict(scale) for scale in self.scales]}


def reliability(bank: Bank, table: Table, resamples: int = 1000, seed: int = 0) -> Reliability:
    """The reliability of each theme and facet, knowledge questions apart from self-rating.

    Args:
        bank: the bank that was answered.
        table: many people's answers (`zelfscan.scoring.tables.read_table`); hidden questions count as missing.
        resamples: bootstrap resamples per scale.
        seed: of the resamples; the same seed and file give the same intervals.

    Raises:
        ReliabilityError: no column is a question with a score, or fewer than `MINIMUM_PEOPLE` people answered one.
    """
    scores = scores_by_question(bank, table)
    if not scores:
        raise ReliabilityError("nothing_scored", "no column is a question with a score")
    people = int((~np.isnan(np.column_stack(list(scores.values())))).any(axis=1).sum())
    if people < MINIMUM_PEOPLE:
        raise ReliabilityError("too_few_people", f"fewer than {MINIMUM_PEOPLE} people answered a question with a score")
    parts = [part for part in _parts(bank) if any(item.address in scores for item in part.items)]
    scales = tuple(_Reader(part, scores).scale(resamples, seed) for part in parts)
    return Reliability(bank.bank, bank.hash, people, resamples, seed, scales)


def scores_by_question(bank: Bank, table: Table) -> dict[str, Floats]:
    """Address of each question in a table that has a score -> each person's score; NaN: missing or hidden."""
    found = {a: np.full(len(table.rows), np.nan) for a in table.addresses if can_be_scored(bank.item(a).question)}
    for row, values in enumerate(table.rows):
        for item, score in scored_items(bank, dict(zip(table.addresses, values, strict=True))):
            if score is not None:
                found[item.address][row] = score
    return found


def pair_counts(scores: Floats) -> NDArray[np.int64]:
    """How many people answered both questions, per pair.

    Args:
        scores: n people, m questions, NaN = missing; shape (n, m).

    Returns:
        Shape (m, m).
    """
    known = (~np.isnan(scores)).astype(np.int64)
    counts: NDArray[np.int64] = known.T @ known
    return counts


def covariances(scores: Floats, weights: Floats) -> Floats:
    """Covariance matrices over pairs: each from the people who answered both questions, divided by their number - 1.

    Without missing answers this is the usual matrix. Pairwise deletion is unbiased when answers are missing completely
    at random, as is deletion of whole people, and wastes fewer answers.

    Args:
        scores: n people, m questions, NaN = missing; shape (n, m).
        weights: how often each person counts, one row per resample; shape (b, n).

    Returns:
        Shape (b, m, m); NaN where fewer than two answered both.
    """
    known = (~np.isnan(scores)).astype(np.float64)
    centred = np.where(known > 0, scores - np.nanmean(scores, axis=0), 0.0)
    count = _products(weights, known, known)
    total = _products(weights, centred, known)
    with np.errstate(divide="ignore", invalid="ignore"):
        matrix = (_products(weights, centred, centred) - total * total.swapaxes(1, 2) / count) / (count - 1)
    return np.where(count > 1, matrix, np.nan)


def possible(covariance: Floats) -> Floats:
    """The same matrices, those that no complete answers could have changed into ones that some could.

    Pairs from different people can contradict each other: a goes with b and with c, but b goes against c. Then the
    correlations get eigenvalues of at least 0 and again a diagonal of 1; the variances stay.

    Args:
        covariance: shape (b, m, m).

    Returns:
        Shape (b, m, m); a matrix that is not complete stays as it is.
    """
    made = covariance.copy()
    for at in np.flatnonzero(_contradicts(covariance)):
        deviation = np.sqrt(covariance[at].diagonal())
        values, vectors = np.linalg.eigh(covariance[at] / np.outer(deviation, deviation))
        clipped = (vectors * values.clip(min=0)) @ vectors.T
        made[at] = clipped * np.outer(*[deviation / np.sqrt(clipped.diagonal())] * 2)
    return made


def alpha(covariance: Floats) -> Floats:
    """Cronbach's alpha: m / (m - 1) * (1 - sum of the variances / variance of the sum).

    Source: L. J. Cronbach (1951), Coefficient alpha and the internal structure of tests, Psychometrika 16, 297-334.

    Args:
        covariance: of m >= 2 questions; shape (b, m, m).

    Returns:
        Shape (b,); NaN where a question or the sum has no variance.
    """
    m = covariance.shape[-1]
    total = covariance.sum(axis=(1, 2))
    defined = _defined(covariance) & (total > 0)
    trace = np.trace(covariance, axis1=1, axis2=2)
    share: Floats = np.divide(trace, total, out=np.full(len(total), np.nan), where=defined)
    found: Floats = m / (m - 1) * (1 - share)
    return found


def omega(covariance: Floats) -> Floats:
    """McDonald's omega of the sum: (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances).

    The loadings are those of one factor, in the units of the scores. Squaring makes the factor's arbitrary sign
    immaterial; a question that loads against the others lowers the sum, as it lowers the reliability.

    Source: R. P. McDonald (1999), Test theory: a unified treatment, Erlbaum, chapter 6.

    Args:
        covariance: of m >= 3 questions; shape (b, m, m).

    Returns:
        Shape (b,); NaN where a question has no variance.
    """
    loadings, unique = one_factor(covariance)
    common = loadings.sum(axis=1) ** 2
    found: Floats = common / (common + unique.sum(axis=1))
    return found


def one_factor(covariance: Floats) -> tuple[Floats, Floats]:
    """Fit the model 'one factor and noise' by maximum likelihood, to many matrices at once.

    Source: the EM steps of D. B. Rubin and D. T. Thayer (1982), EM algorithms for ML factor analysis, Psychometrika
    47, 69-76.

    Args:
        covariance: of m >= 3 questions, without contradicting pairs; shape (b, m, m).

    Returns:
        Loadings (turned so that their sum is not negative) and unique variances, in the units of the scores; each of
        shape (b, m), NaN where a question has no variance.
    """
    defined = _defined(covariance)
    correlation, deviation = _standardised(covariance[defined])
    loadings, unique = np.full((2, *covariance.shape[:2]), np.nan)
    fitted, left = _fit(correlation)
    fitted *= np.where(fitted.sum(axis=1, keepdims=True) < 0, -1, 1)
    loadings[defined], unique[defined] = fitted * deviation, left * deviation**2
    return loadings, unique


def item_rest(covariance: Floats) -> Floats:
    """Correlation of each question with the sum of the others.

    Args:
        covariance: of m >= 2 questions, without contradicting pairs; shape (m, m).

    Returns:
        Shape (m,); NaN where either has no variance.
    """
    variance = covariance.diagonal()
    with_rest = covariance.sum(axis=1) - variance
    rest = covariance.sum() - 2 * with_rest - variance
    vary = (variance > VARIES) & (rest > VARIES)
    found: Floats = np.full(len(rest), np.nan)
    found[vary] = (with_rest[vary] / np.sqrt(variance[vary] * rest[vary])).clip(-1, 1)
    return found


def resampled(scores: Floats, resamples: int, seed: int) -> Floats:
    """Covariance matrices of bootstrap resamples of the people, made `possible`.

    Args:
        scores: n people, m questions, NaN = missing; shape (n, m).
        resamples: how many, b.
        seed: source of chance.

    Returns:
        Shape (b, m, m).
    """
    rng = np.random.default_rng(seed)
    n = len(scores)
    sizes = [min(BATCH, resamples - start) for start in range(0, resamples, BATCH)]
    draws = (rng.multinomial(n, np.full(n, 1 / n), size=size).astype(np.float64) for size in sizes)
    return np.concatenate([possible(covariances(scores, weights)) for weights in draws])


class _Part(NamedTuple):
    """The questions of a bank that make one scale."""

    group: str
    id: str
    kind: str
    items: tuple[Item, ...]


class _Reader:
    """Reads one scale from the scores of everyone."""

    def __init__(self, part: _Part, scores: dict[str, Floats]) -> None:
        self._part = part
        present = [item.address for item in part.items if item.address in scores]
        answers = np.column_stack([scores[address] for address in present])
        self._answers = answers[~np.isnan(answers).all(axis=1)]
        self._columns = dict(zip(present, self._answers.T, strict=True))
        self._used = [address for address in present if self._status(address) == "used"]
        self._matrix = self._scores_of(self._used)
        self._pairs = covariances(self._matrix, np.ones((1, len(self._matrix)))) if self._used else np.empty((1, 0, 0))
        self._whole = possible(self._pairs)

    def scale(self, resamples: int, seed: int) -> Scale:
        """The figures of the scale."""
        alpha_, omega_ = self._coefficients(resamples, seed)
        floor, ceiling = self._ends()
        found = Scale(
            *self._part[:3],
            people=len(self._answers) if len(self._answers) >= MINIMUM_PEOPLE else None,
            missing=float(np.isnan(self._matrix).mean()) if self._used else None,
            fewest=self._fewest() if self._paired() else None,
            alpha=alpha_,
            omega=omega_,
            floor=floor,
            ceiling=ceiling,
            items=tuple(self._items()),
        )
        return replace(found, notes=tuple(self._notes(found)))

    def _scores_of(self, addresses: Sequence[str]) -> Floats:
        """Scores on some questions of everyone who answered at least one of them."""
        if not addresses:
            return np.empty((0, 0))
        scores = np.column_stack([self._columns[address] for address in addresses])
        answered: Floats = scores[~np.isnan(scores).all(axis=1)]
        return answered

    def _status(self, address: str) -> Status:
        if address not in self._columns:
            return "absent"
        given = _known(self._columns[address])
        if len(given) < MINIMUM_PEOPLE:
            return "few_answers"
        return "constant" if np.ptp(given) == 0 else "used"

    def _fewest(self) -> int:
        return int(pair_counts(self._matrix).min())

    def _paired(self) -> bool:
        """Whether every two used questions share enough people for a covariance."""
        return len(self._used) > 1 and self._fewest() >= MINIMUM_PEOPLE

    def _coefficients(self, resamples: int, seed: int) -> tuple[Estimate | None, Estimate | None]:
        if not self._paired():
            return None, None
        draws = resampled(self._matrix, resamples, seed)
        omega_ = _estimate(omega(self._whole), omega(draws)) if len(self._used) > 2 else None
        return _estimate(alpha(self._whole), alpha(draws)), omega_

    def _ends(self) -> tuple[float | None, float | None]:
        """Share of people at the floor and at the ceiling of the whole scale."""
        answered = (~np.isnan(self._answers)).mean(axis=1) >= MINIMUM_SHARE
        if answered.sum() < MINIMUM_PEOPLE:
            return None, None
        means = np.nanmean(self._answers[answered], axis=1)
        return float((means == 0).mean()), float((means == 1).mean())

    def _items(self) -> Iterator[ItemFigures]:
        rest = dict(zip(self._used, item_rest(self._whole[0]), strict=True)) if self._paired() else {}
        for item in self._part.items:
            status = self._status(item.address)
            if status in ("absent", "few_answers"):
                yield ItemFigures(item.address, status)
                continue
            given = _known(self._columns[item.address])
            floor, ceiling = (float((given == end).mean()) for end in (0, 1))
            with_rest = _number(rest.get(item.address, np.nan))
            yield ItemFigures(item.address, status, len(given), floor, ceiling, with_rest)

    def _notes(self, found: Scale) -> Iterator[Note]:
        yield from self._notes_on_size()
        negative = tuple(item.question for item in found.items if item.item_rest is not None and item.item_rest < 0)
        if negative:
            yield Note("negative", negative)
        if found.alpha is not None and _contradicts(self._pairs)[0]:
            yield Note("contradicting")
        if found.omega is not None:
            yield from self._notes_on_model()
        if any(each is not None and each.low is None for each in (found.alpha, found.omega)):
            yield Note("unstable")
        for code, share in (("floor", found.floor), ("ceiling", found.ceiling)):
            if found.used > 1 and share is not None and share > CROWDED:
                yield Note(code)

    def _notes_on_size(self) -> Iterator[Note]:
        if len(self._answers) < MINIMUM_PEOPLE:
            yield Note("too_few_people")
        elif len(self._used) < 2:
            yield Note("no_scale")
        elif not self._paired():
            counts = pair_counts(self._matrix)
            pair = np.unravel_index(counts.argmin(), counts.shape)
            yield Note("few_in_common", tuple(self._used[int(at)] for at in sorted(pair)))
        elif self._fewest() < FEW_PEOPLE:
            yield Note("few_people")
        if len(self._used) == 2 and self._paired():
            yield Note("two_items")

    def _notes_on_model(self) -> Iterator[Note]:
        unique = one_factor(self._whole)[1][0] / self._whole[0].diagonal()
        improper = tuple(address for address, left in zip(self._used, unique, strict=True) if left < IMPROPER)
        if improper:
            yield Note("improper", improper)


def _parts(bank: Bank) -> Iterator[_Part]:
    scored = [item for item in bank.items() if can_be_scored(item.question)]
    groups = [("theme", theme.id, [item for item in scored if item.theme.id == theme.id]) for theme in bank.themes]
    groups += [("facet", facet, [item for item in scored if item.question.facet == facet]) for facet in get_args(Facet)]
    for group, id, items in groups:
        for kind, knowledge in (("self_rating", False), ("knowledge", True)):
            chosen = tuple(item for item in items if KINDS[item.question.kind].rates_knowledge == knowledge)
            if chosen:
                yield _Part(group, id, kind, chosen)


def _products(weights: Floats, left: Floats, right: Floats) -> Floats:
    """Weighted sum over people of left[:, i] * right[:, j]; shape (b, m, m)."""
    return np.stack([weights @ (left[:, [i]] * right) for i in range(left.shape[1])], axis=1)


def _defined(covariance: Floats) -> NDArray[np.bool_]:
    """Which matrices are complete, with a variance for every question; shape (b,)."""
    variances = np.diagonal(covariance, axis1=1, axis2=2)
    return np.logical_and(np.isfinite(covariance).all(axis=(1, 2)), (variances > VARIES).all(axis=1))


def _standardised(covariance: Floats) -> tuple[Floats, Floats]:
    """Correlations (b, m, m) and standard deviations (b, m)."""
    deviation: Floats = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    return covariance / (deviation[:, :, None] * deviation[:, None, :]), deviation


def _contradicts(covariance: Floats) -> NDArray[np.bool_]:
    """Which matrices no complete answers could have; shape (b,)."""
    found = _defined(covariance)
    found[found] = np.linalg.eigvalsh(_standardised(covariance[found])[0]).min(axis=1, initial=0) < NEGATIVE
    return found


def _fit(correlation: Floats) -> tuple[Floats, Floats]:
    """Standardised loadings and unique variances of one factor, by EM from the first principal component."""
    values, vectors = np.linalg.eigh(correlation)
    loadings = 0.9 * vectors[:, :, -1] * np.sqrt(values[:, -1:].clip(min=0))
    unique = (1 - loadings**2).clip(min=SMALLEST)
    moving = np.arange(len(loadings))
    for _ in range(ROUNDS):
        moved, left = _round(correlation[moving], loadings[moving], unique[moving])
        distance = np.abs(moved - loadings[moving]).max(axis=1)
        loadings[moving], unique[moving] = moved, left
        moving = moving[distance >= TOLERANCE]
        if not moving.size:
            break
    return loadings, unique


def _round(correlation: Floats, loadings: Floats, unique: Floats) -> tuple[Floats, Floats]:
    """One EM step: regress the factor on the questions, then the questions on the factor."""
    regression = loadings / unique
    regression /= 1 + (loadings * regression).sum(axis=1, keepdims=True)
    with_factor = (correlation @ regression[:, :, None])[:, :, 0]
    explained = ((with_factor - loadings) * regression).sum(axis=1, keepdims=True)
    loadings = with_factor / (1 + explained)
    return loadings, (1 - loadings * with_factor).clip(min=SMALLEST)


def _estimate(point: Floats, draws: Floats) -> Estimate | None:
    """A coefficient with its percentile interval (B. Efron, 1981); None when it is undefined."""
    value = _number(point[0])
    if value is None:
        return None
    known = _known(draws)
    if len(known) < DEFINED * len(draws):
        return Estimate(value, None, None)
    low, high = np.quantile(known, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return Estimate(value, float(low), float(high))


def _known(values: Floats) -> Floats:
    known: Floats = values[~np.isnan(values)]
    return known


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
