"""The attack on a cube: on each release by itself, beside the rounds before it, and on what it says may be compared."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from zelfscan.privacy.audit import audit
from zelfscan.privacy.cube import Cube, CubeRound
from zelfscan.privacy.differencing import Together, audit_together, trends
from zelfscan.privacy.programs import Solver, highs
from zelfscan.privacy.release import Rules


@dataclass(frozen=True)
class Attacked:
    """What one step gave: figures, and findings as plain JSON."""

    smallest_isolable: int | None
    certain_outsider: int
    certain_colleague: int
    findings: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Verdict:
    """What the attack on a cube gave.

    Attributes:
        smallest_isolable: people in the smallest set that can be isolated; None if there is none.
        certain_outsider, certain_colleague: answers that an outsider, or a colleague, can be certain about.
        minimum: people that the smallest set has to hold.
        findings: each with the `round` that it is about, and `beside`, the rounds that it takes.
    """

    smallest_isolable: int | None
    certain_outsider: int
    certain_colleague: int
    minimum: int
    findings: tuple[dict[str, Any], ...]

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON: `verdict` is ``clean`` or ``leaks``."""
        return {"verdict": "clean" if self.clean else "leaks", **asdict(self)}


Step = Callable[[], Attacked]


def audit_cube(
    cube: Cube, solver: Solver = highs, progress: Callable[[Sequence[Step]], Iterable[Step]] = iter
) -> Verdict:
    """Attack everything in a cube.

    Parameters:
        progress: wraps the steps, for a progress bar.
    """
    steps: list[Step] = [partial(_alone, round_, solver) for round_ in cube.rounds]
    steps += [partial(_beside, cube.rounds[: number + 1], solver) for number in range(1, len(cube.rounds))]
    found = [step() for step in progress(steps)]
    smallest = (each.smallest_isolable for each in found if each.smallest_isolable is not None)
    return Verdict(
        smallest_isolable=min(smallest, default=None),
        certain_outsider=sum(each.certain_outsider for each in found),
        certain_colleague=sum(each.certain_colleague for each in found),
        minimum=_lowest(cube.rounds).minimum,
        findings=tuple(finding for each in found for finding in each.findings),
    )


def _lowest(rounds: Sequence[CubeRound]) -> Rules:
    rules = [round_.settled_rules() for round_ in rounds]
    return Rules(min(each.minimum for each in rules), min(each.minimum_distribution for each in rules))


def _alone(round_: CubeRound, solver: Solver) -> Attacked:
    finding = audit(round_.release(), round_.settled_rules(), solver)
    leaks = ({"round": round_.key, "beside": [], **asdict(leak)} for leak in finding.findings)
    return Attacked(finding.smallest_isolable, finding.certain_outsider, finding.certain_colleague, tuple(leaks))


def _beside(rounds: Sequence[CubeRound], solver: Solver) -> Attacked:
    *earlier, later = rounds
    rules = _lowest(rounds)
    found = audit_together(later.release(), [before.release() for before in earlier], rules, solver=solver)
    beside = [before.key for before in earlier]
    leaks = [{"round": later.key, "beside": beside, **asdict(leak)} for leak in found.findings]
    leaks += _false_trends(later, earlier, rules, found)
    return Attacked(found.smallest_isolable, found.certain_outsider, found.certain_colleague, tuple(leaks))


def _false_trends(
    later: CubeRound, earlier: Sequence[CubeRound], rules: Rules, found: Together
) -> list[dict[str, Any]]:
    """What is said to be comparable and is not."""
    leaks: list[dict[str, Any]] = []
    before = {round_.key: round_ for round_ in earlier}
    for trend in later.trends:
        allowed = trends(later.release(), before[trend.round].release(), rules, found)
        for measure, keys in trend.groups.items():
            wrong = tuple(key for key in keys if key not in allowed.get(measure, ()))
            if wrong:
                leaks.append(
                    {"round": later.key, "beside": [trend.round], "kind": "trend", "measure": measure, "groups": wrong}
                )
    return leaks
