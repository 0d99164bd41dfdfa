"""Is the code as the house wants it? Every check runs, then all that failed are named."""

import subprocess
import time
from collections.abc import Mapping

from tools.places import Places
from tools.stage import Stop

CHECKS = {
    "ruff check": ("ruff", "check", "--quiet", "."),
    "ruff format": ("ruff", "format", "--check", "--quiet", "."),
    "mypy --strict": ("mypy", "--strict", "."),
    "import rules": ("lint-imports",),
    "house rules": ("python", "-m", "tools.rules"),
}


def check(places: Places, node: Mapping[str, str]) -> None:
    """Run all checks; `node` is the environment that has npm. Raises Stop naming what failed."""
    failed = []
    for name, (program, *arguments) in CHECKS.items():
        if not _passes(name, [str(places.venv / "bin" / program), *arguments], places):
            failed.append(name)
    npm = ["npm", "--prefix", str(places.web), "run", "--silent", "check"]
    if not _passes("TypeScript strict", npm, places, node):
        failed.append("TypeScript strict")
    if failed:
        raise Stop(f"Failed: {', '.join(failed)}.")


def _passes(
    name: str, command: list[str], places: Places, env: Mapping[str, str] | None = None
) -> bool:
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=places.root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    print(f"{name:18} {'ok' if passed else 'FAILED'} {time.monotonic() - began:.0f} s", flush=True)
    if not passed:
        print(done.stdout, flush=True)
    return passed
