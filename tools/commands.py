"""What does each target of the Makefile do?"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import checks, debian, environment, node, pages
from tools.places import HERE, Places
from tools.ports import FIRST, refuse_taken
from tools.stage import Stop, one_at_a_time, run, stage

Arguments = Sequence[str]


def main(arguments: Arguments) -> int:
    """Carry out one command; a failure ends with one line that says what to do."""
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    try:
        COMMANDS[given.command](HERE, given.arguments)
    except Stop as stop:
        print("", stop, *filter(None, [stop.detail]), sep="\n", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def start(places: Places, arguments: Arguments) -> None:
    """Set up, then become the demo: server, example bank, push double, links."""
    refuse_taken(_first_port(arguments))
    build(places, ())
    program = places.venv / "bin" / "warmline"
    if not program.exists():
        raise Stop(f"{program} is missing: remove .venv, then make builds its own.")
    _become(places, [program, "demo", *arguments])


def _first_port(arguments: Arguments) -> int:
    parser = argparse.ArgumentParser(prog="make run", add_help=False)
    parser.add_argument("--port", type=int, default=FIRST)
    given, _ = parser.parse_known_args(arguments)
    port: int = given.port
    return port


def build(places: Places, arguments: Arguments) -> None:
    """Set up Python and the front end."""
    _set_up(places, environment.ensure, pages.ensure)


def check(places: Places, arguments: Arguments) -> None:
    """Lint, types, import rules, house rules, TypeScript."""
    _set_up(places, environment.ensure, pages.ensure_modules)
    checks.check(places, node.environment(places))


def test(places: Places, arguments: Arguments) -> None:
    """Install what the tests need, test the front end, then become pytest."""
    _set_up(places, debian.ensure_test_programs, environment.ensure)
    _set_up(places, pages.ensure_modules, pages.ensure)
    with stage("Testing the TypeScript"):
        env = node.environment(places)
        run(["npm", "run", "test", "--if-present"], log=places.log, cwd=places.web, env=env)
    _become(places, [places.python, "-m", "pytest", "-q", *arguments])


def bench(places: Places, arguments: Arguments) -> None:
    """Run every benchmark, one after the other."""
    _each_program(places, "benchmarks", arguments)


def soak(places: Places, arguments: Arguments) -> None:
    """Run every chaos test, one after the other."""
    _each_program(places, "tests/chaos", arguments)


def lock(places: Places, arguments: Arguments) -> None:
    """Pin the newest allowed versions, with hashes and without any index's address."""
    _set_up(places, environment.ensure)
    run([places.python, *environment.PIP, "uv"], log=places.log)
    with stage("Locking the installer"):
        _compile(places, "requirements-installer.lock", "--group", "installer")
    with stage("Locking the Python packages"):
        _compile(places, "requirements.lock", "pyproject.toml", "--extra", "dev")
    with stage("Locking Node"):
        _compile(places, "requirements-node.lock", "--group", "node")


def clean(places: Places, arguments: Arguments) -> None:
    """Remove what make made, and nothing else: not your data in .warmline, not your own .venv."""
    made = [places.node, places.node_modules, places.pages, places.web / "dist", places.log]
    made += [places.root / name for name in (".mypy_cache", ".ruff_cache", ".pytest_cache")]
    made += [places.root / name for name in (".hypothesis", ".import_linter_cache")]
    if environment.made_here(places):
        made.append(places.venv)
    for path in made:
        _remove(path)


def _set_up(places: Places, *stages: Callable[[Places], None]) -> None:
    with one_at_a_time(places.log.with_name("setup.lock")):
        for ensure in stages:
            ensure(places)


def _compile(places: Places, target: str, *sources: str) -> None:
    # No index and no find-links is written, so that the lock holds on every machine.
    options = ("--quiet", "--upgrade", "--generate-hashes", "--universal", "--no-header")
    wanted = (*options, "--python-version", "3.11", *sources, "--output-file", target)
    run([places.venv / "bin" / "uv", "pip", "compile", *wanted], log=places.log, cwd=places.root)


def _each_program(places: Places, folder: str, arguments: Arguments) -> None:
    build(places, ())
    programs = [path for path in sorted((places.root / folder).glob("*.py")) if _is_program(path)]
    if not programs:
        raise Stop(f"There is no program in {folder} yet.")
    failed = []
    for path in programs:
        module = f"{folder.replace('/', '.')}.{path.stem}"
        print(f"== {module}", flush=True)
        command = [str(places.python), "-m", module, *arguments]
        if subprocess.run(command, cwd=places.root, check=False).returncode != 0:
            failed.append(module)
    if failed:
        raise Stop(f"Failed: {', '.join(failed)}.")


def _is_program(path: Path) -> bool:
    return 'if __name__ == "__main__":' in path.read_text()


def _become(places: Places, command: Sequence[str | Path]) -> None:
    """Replace this process, so that signals and the exit code are the program's own."""
    os.chdir(places.root)
    sys.stdout.flush()
    os.execv(command[0], [str(part) for part in command])  # noqa: S606 - no shell is wanted


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


COMMANDS: dict[str, Callable[[Places, Arguments], None]] = {
    "run": start,
    "build": build,
    "check": check,
    "test": test,
    "bench": bench,
    "soak": soak,
    "lock": lock,
    "clean": clean,
}
