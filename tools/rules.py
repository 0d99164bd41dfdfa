"""Which rules of this house can no linter of others check? `python -m tools.rules` checks them.

commit      only app/store ends a transaction: a request or a job has exactly one
clock       the domain is told the time: it never reads a clock
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.places import HERE

CODE = ("app", "selfservice", "rtc", "push", "migrations", "examples")
STORE = "app/store/"
DOMAIN = ("app/conversation/", "selfservice/")
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
}


@dataclass(frozen=True, kw_only=True)
class Breach:
    """One place where a rule is broken."""

    file: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}"


def breaches(source: str, file: str) -> Iterator[Breach]:
    """Find every breach in one module; `file` is its path from the root, with slashes."""
    for node in ast.walk(ast.parse(source, file)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr == "commit" and not file.startswith(STORE):
            yield Breach(file=file, line=node.lineno, rule="only app/store commits")
        if _reads_clock(node.func) and file.startswith(DOMAIN):
            yield Breach(file=file, line=node.lineno, rule="the domain is told the time")


def check(root: Path) -> list[Breach]:
    """Find every breach in the project's code (tests may do what they like)."""
    files = sorted(path for folder in CODE for path in (root / folder).rglob("*.py"))
    return [
        breach
        for path in files
        for breach in breaches(path.read_text(), path.relative_to(root).as_posix())
    ]


def _reads_clock(function: ast.Attribute) -> bool:
    owner = function.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return (name, function.attr) in CLOCKS


if __name__ == "__main__":
    found = check(HERE.root)
    print("\n".join(str(breach) for breach in found) or "House rules: kept.")
    sys.exit(1 if found else 0)
