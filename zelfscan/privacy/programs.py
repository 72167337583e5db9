"""Integer programs, and who solves them. Whatever is not solved for certain is an error, never an answer."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

TIME_LIMIT = 10.0
"""Seconds for one program."""
TOLERANCE = 1e-6
OPTIMAL, INFEASIBLE = 0, 2
"""Statuses of `scipy.optimize.milp`."""
STDOUT = 1

Numbers = npt.NDArray[np.float64]


class Unsolved(Exception):
    """A program came to no certain end: out of time, or failed."""


@dataclass(frozen=True)
class Program:
    """Maximise ``goal @ x`` where ``row_low <= rows @ x <= row_high`` and ``low <= x <= high``.

    Attributes:
        goal, low, high: shape (variables,).
        whole: shape (variables,), True where x is an integer.
        rows: shape (constraints, variables).
        row_low, row_high: shape (constraints,).
        gap: distance to the optimum that will do, relative to the value found. A value of 0 is the optimum whatever
            the gap, because relative to 0 every better bound is too far.
    """

    goal: Numbers
    whole: npt.NDArray[np.bool_]
    low: Numbers
    high: Numbers
    rows: csr_array[Any]
    row_low: Numbers
    row_high: Numbers
    gap: float = 0.0


Solver = Callable[[Program], Numbers]
"""Returns x, or raises Unsolved."""


def highs(program: Program, time_limit: float = TIME_LIMIT) -> Numbers:
    """Solve with HiGHS (`scipy.optimize.milp`); returns x, shape (variables,).

    HiGHS' presolve now and then calls a program infeasible that is not (its issues 2432, 3090), so that answer is asked
    for again without presolve.

    Raises:
        Unsolved: no x meets the constraints, time is up, or HiGHS failed.
    """
    result = _solve(program, time_limit, presolve=True)
    if result.status == INFEASIBLE:
        result = _solve(program, time_limit, presolve=False)
    if result.status != OPTIMAL:
        raise Unsolved(result.message)
    return np.asarray(result.x, np.float64)


def solution(program: Program, solver: Solver) -> Numbers:
    """Solve a program, round what should be whole, and take no solver's word for it.

    Raises:
        Unsolved: the solver came to no end, or its x breaks a constraint once it is rounded.
    """
    x = solver(program)
    x = np.where(program.whole, np.rint(x), x)
    reached = program.rows @ x
    kept = (reached >= program.row_low - TOLERANCE) & (reached <= program.row_high + TOLERANCE)
    if not kept.all() or np.any(x < program.low - TOLERANCE) or np.any(x > program.high + TOLERANCE):
        raise Unsolved("the solution breaks a constraint")
    return x


def _solve(program: Program, time_limit: float, presolve: bool) -> Any:
    with _silence.kept():
        return milp(
            -program.goal,
            integrality=program.whole.astype(int),
            bounds=Bounds(program.low, program.high),
            constraints=LinearConstraint(program.rows, program.row_low, program.row_high),
            options={"time_limit": time_limit, "mip_rel_gap": program.gap, "presolve": presolve},
        )


class _Silence:
    """Keeps what HiGHS prints, whatever its options say (its issue 2783), out of the output of a command.

    A file descriptor belongs to the whole process: the first of all threads that solve points it to nowhere, and the
    last one points it back.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._solving = 0
        self._kept: int | None = None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Let nothing through to the standard output as long as any thread is in here."""
        with self._lock:
            self._solving += 1
            if self._solving == 1:
                self._close()
        try:
            yield
        finally:
            with self._lock:
                self._solving -= 1
                if self._solving == 0:
                    self._open()

    def _close(self) -> None:
        try:
            sys.stdout.flush()
            self._kept = os.dup(STDOUT)
        except (AttributeError, OSError, ValueError):
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDOUT)
        os.close(nowhere)

    def _open(self) -> None:
        if self._kept is not None:
            os.dup2(self._kept, STDOUT)
            os.close(self._kept)
            self._kept = None


_silence = _Silence()
