"""What runs on which core, and how much of it does it take?

Linux only. With one core everything shares it, and no ratio to a ceiling means anything.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")
_ALLOWED = os.sched_getaffinity(0)
SERVERS = min(_ALLOWED)
"""The core of the server and its database."""

CLIENTS = max(_ALLOWED)


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """This thread stays on the core during the block; what it starts stays there for ever."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_s(pid: int) -> float:
    """CPU seconds of a process with all its children, ended ones included."""
    return sum(map(_own_s, _tree(pid)))


def busy_s(core: int) -> float:
    """Seconds that the core worked since it was switched on, for whomever."""
    for line in (PROC / "stat").read_text().splitlines():
        name, *values = line.split()
        if name == f"cpu{core}":
            user, nice, system, _, _, interrupts, soft, *_ = map(int, values)
            return (user + nice + system + interrupts + soft) / TICKS
    raise LookupError(core)


def _own_s(pid: int) -> float:
    """With the children that ended."""
    return sum(map(int, _stat(pid)[11:15])) / TICKS


def _stat(pid: int) -> list[str]:
    """Behind the name, which is in brackets and may contain anything: state, parent, ..."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _tree(pid: int) -> Iterable[int]:
    children: dict[int, list[int]] = {}
    for one in (int(path.name) for path in PROC.iterdir() if path.name.isdigit()):
        with suppress(OSError):  # it ended meanwhile
            children.setdefault(int(_stat(one)[1]), []).append(one)
    found = [pid]
    for one in found:
        found += children.get(one, ())
    return found
