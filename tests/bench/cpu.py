"""CPU time from /proc: of a process and everything that it started, and of the whole machine."""

import os
import time
from pathlib import Path

from zelfscan.privacy.code import derive, new_code

CORES = os.cpu_count() or 1
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> float:
    """CPU seconds, user and system, of a process and all its descendants, ended ones included.

    Each process counts its own time and that of the children it has waited for (proc(5): utime, stime, cutime, cstime).
    """
    times, parents = _processes()
    ours = {root}
    while found := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= found
    return sum(times[pid] for pid in ours) / TICKS


def machine_seconds() -> float:
    """CPU seconds that all cores together were busy, since the machine started (proc(5): /proc/stat)."""
    fields = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()[1:9]
    user, nice, system, _idle, _waiting, *interrupts = map(int, fields)
    return (user + nice + system + sum(interrupts)) / TICKS


def derivation_ms(times: int = 10) -> float:
    """Milliseconds of CPU time to derive the keys of a code, with nothing else going on.

    That never changes, so it tells how fast this machine is just now: on a shared machine by a factor of two.
    """
    code = new_code()
    derive(code, bytes(16), bytes(16))
    started = time.process_time()
    for _ in range(times):
        derive(code, bytes(16), bytes(16))
    return 1000 * (time.process_time() - started) / times


def _processes() -> tuple[dict[int, int], dict[int, int]]:
    """Ticks of CPU time, and the parent, of each process that runs now."""
    times, parents = {}, {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(folder.name)] = int(fields[1])
            times[int(folder.name)] = sum(map(int, fields[11:15]))
    return times, parents
