"""What does a benchmark say in the end? One JSON line: figures, goals, machine, commit.

A gate fails the command, a goal is printed beside it, to be reached. `met` tells of the goal, or of
the gate where there is no goal. Where a figure has no gate, its gate is null.
"""

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from operator import ge, le
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

ROOT = Path(__file__).parent.parent
HOLDS = {"<=": le, ">=": ge}


class Goal(Struct, frozen=True, kw_only=True):
    """What a figure is held against."""

    figure: str
    op: Literal["<=", ">="]
    gate: float | None = None
    goal: float | None = None

    def holds(self, value: float, limit: float | None) -> bool:
        return limit is None or HOLDS[self.op](value, limit)


def report(name: str, figures: Mapping[str, float], goals: Sequence[Goal]) -> int:
    """Print the line, last of all; returns the exit code, 1 where a gate is not met."""
    line = {
        "name": name,
        "figures": {key: round(value, 3) for key, value in figures.items()},
        "goals": [_judged(goal, figures[goal.figure]) for goal in goals],
        "machine": machine(),
        "commit": commit(),
    }
    print(json.dumps(line), flush=True)
    return 0 if all(goal.holds(figures[goal.figure], goal.gate) for goal in goals) else 1


def _judged(goal: Goal, value: float) -> dict[str, object]:
    limit = goal.gate if goal.goal is None else goal.goal
    return {**msgspec.structs.asdict(goal), "met": goal.holds(value, limit)}


def machine() -> dict[str, object]:
    """What the figures depend on; nothing that names the machine."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_1min": round(os.getloadavg()[0], 2),
    }


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def commit() -> str | None:
    """The commit that was measured, marked where files were changed since; None without git."""
    done = subprocess.run(
        ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


def joined(each: Mapping[str, Mapping[str, float]], less_is_worse: str) -> dict[str, float]:
    """The ratio of each database; of everything else the worse, and each by its name, too."""
    figures = {f"{kind}_{name}": value for kind, one in each.items() for name, value in one.items()}
    for name in next(iter(each.values())):
        values = [one[name] for one in each.values()]
        if name != "ratio_to_ceiling":
            figures[name] = min(values) if name == less_is_worse else max(values)
    return figures


def table(each: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """A line for each figure, the databases beside each other."""
    for name in next(iter(each.values())):
        values = "".join(f"{kind:>12}{one[name]:10.2f}" for kind, one in each.items())
        yield f"{name:<20}{values}"


def quantile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least this share of all does not exceed."""
    return sorted(samples)[max(0, ceil(len(samples) * share) - 1)]
