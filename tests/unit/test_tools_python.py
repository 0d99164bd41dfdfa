"""Is an old Python told what to do, and a newer one beside it used?"""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
AS_OLD = (
    "import runpy, sys; sys.version_info = (3, 6, 15); sys.argv = ['tools', 'check', '-k']; "
    "runpy.run_module('tools', run_name='__main__', alter_sys=False)"
)

# `make test` runs this: the make in here must not hear what was said to the make out there.
SAID = ("MAKE", "MFLAGS", "ARGS", "HTTPS")
ENV = {key: value for key, value in os.environ.items() if not key.startswith(SAID)}


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def make(*arguments: str) -> str:
    done = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=ENV, capture_output=True, text=True, check=True
    )
    return done.stdout


def run_as_old(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", AS_OLD],
        cwd=ROOT,
        env={"PATH": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_says_in_one_line_what_to_do(tmp_path: Path) -> None:
    done = run_as_old(tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Warmline needs Python 3.11 or newer; this is 3.6.15. ")
    assert done.stderr.count("\n") == 1


def test_a_newer_python_on_the_path_takes_over(tmp_path: Path) -> None:
    program(tmp_path, "python3.13", "exit 1")  # as pyenv's shim of a version that is not there
    program(tmp_path, "python3.12", '[ "$1" = -c ] || echo "python3.12 $*"')
    program(tmp_path, "python3.11", "echo wrong")
    done = run_as_old(tmp_path)
    assert (done.stdout, done.stderr) == ("python3.12 -m tools check -k\n", "")


def test_an_old_python_can_read_what_tells_it() -> None:
    for name in ("__init__.py", "__main__.py"):
        ast.parse((ROOT / "tools" / name).read_text(), feature_version=(3, 5))


def test_make_says_it_where_there_is_no_python_at_all(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(shutil.which("make")), "check"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Warmline needs Python 3.11 or newer" in done.stderr


@pytest.mark.parametrize("target", ["run", "test", "check", "build", "bench", "soak", "clean"])
def test_make_help_lists_every_target(target: str) -> None:
    assert any(line.startswith(f"{target} ") for line in make().splitlines())


@pytest.mark.parametrize(
    ("given", "passed_on"), [([], "-m tools run"), (["HTTPS=1"], "-m tools run --https")]
)
def test_make_run_passes_https_on(given: list[str], passed_on: str) -> None:
    assert make("--dry-run", "run", *given).strip().endswith(passed_on)


def test_ci_runs_the_test_command_of_the_readme() -> None:
    command = ".venv/bin/python -m pytest -q"
    assert f"    {command}\n" in (ROOT / "README.md").read_text()
    assert f"\n{command} " in (ROOT / ".ci" / "run").read_text()
