"""Integer programs: a certain answer, or an error."""

import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from scipy.sparse import csr_array

from zelfscan.privacy import programs
from zelfscan.privacy.programs import Program, Unsolved, highs, solution


def knapsack(capacity: float, low: float = 0.0) -> Program:
    """Three things of weight 2, 3 and 4 that are worth 3, 4 and 6, each at most once."""
    return Program(
        goal=np.array([3.0, 4.0, 6.0]),
        whole=np.array([True, True, True]),
        low=np.full(3, low),
        high=np.ones(3),
        rows=csr_array(np.array([[2.0, 3.0, 4.0]])),
        row_low=np.array([0.0]),
        row_high=np.array([capacity]),
    )


def test_the_optimum_is_found_in_whole_numbers() -> None:
    assert highs(knapsack(6.0)).tolist() == [1.0, 0.0, 1.0]


def test_no_solution_is_an_error() -> None:
    with pytest.raises(Unsolved):
        highs(knapsack(5.0, low=1.0))


def test_an_infeasible_program_is_asked_again_without_presolve(monkeypatch: pytest.MonkeyPatch) -> None:
    solve, asked = programs._solve, []

    def mistaken(program: Program, time_limit: float, presolve: bool) -> object:
        asked.append(presolve)
        return solve(knapsack(5.0, low=1.0) if presolve else program, time_limit, presolve)

    monkeypatch.setattr(programs, "_solve", mistaken)
    assert highs(knapsack(6.0)).tolist() == [1.0, 0.0, 1.0]
    assert asked == [True, False]


def test_running_out_of_time_is_an_error() -> None:
    chance = np.random.default_rng(5)
    weights = chance.integers(100, 10_000, size=(20, 60)).astype(float)
    hard = Program(
        goal=chance.integers(100, 10_000, size=60).astype(float),
        whole=np.ones(60, np.bool_),
        low=np.zeros(60),
        high=np.ones(60),
        rows=csr_array(weights),
        row_low=weights.sum(axis=1) / 2 - 500,
        row_high=weights.sum(axis=1) / 2,
    )
    with pytest.raises(Unsolved):
        partial(highs, time_limit=0.01)(hard)


@pytest.mark.parametrize("found", [[0.6, 0.9, 0.0], [1.0, 1.0, 1.0], [2.0, 0.0, 0.0], [-1.0, 0.0, 0.0]])
def test_a_solution_that_breaks_a_constraint_is_an_error(found: list[float]) -> None:
    with pytest.raises(Unsolved, match="breaks a constraint"):
        solution(knapsack(4.0), lambda _: np.array(found))


def test_a_solution_is_rounded_where_it_should_be_whole() -> None:
    assert solution(knapsack(6.0), lambda _: np.array([0.9999999, 0.0, 1.0])).tolist() == [1.0, 0.0, 1.0]


STRAY = """
import os, sys
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from scipy.sparse import csr_array
from zelfscan.privacy import programs

solve = programs.milp

def printing(*args, **options):
    os.write(1, b"a stray line of the solver\\n")
    return solve(*args, **options)

programs.milp = printing
none, some = np.zeros(2), np.ones(2)
program = programs.Program(some, some > 0, none, some, csr_array(np.ones((1, 2))), np.zeros(1), np.ones(1))
print("before")
with ThreadPoolExecutor(4) as threads:
    found = list(threads.map(programs.highs, [program] * 40))
print("after", sum(x.sum() for x in found))
"""


def test_what_the_solver_prints_stays_out_of_the_output_with_threads_too() -> None:
    done = subprocess.run([sys.executable, "-c", STRAY], capture_output=True, text=True, check=True)
    assert done.stdout == "before\nafter 40.0\n"


def test_a_process_without_standard_output_can_solve() -> None:
    closed = "import os\nos.close(1)\n" + STRAY.replace("os.write(1, ", "len(").replace(
        "print(", "sys.stderr.write(str("
    )
    code = closed.replace('"before")', '"before"))').replace("in found))", "in found)))").replace('"after", ', "")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "before40.0"
