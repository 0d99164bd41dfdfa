"""Does .venv hold exactly what requirements.lock names, and Warmline itself?"""

import importlib.util
import os
import sys
from pathlib import Path

from tools.places import Places
from tools.stage import Stop, run, stage
from tools.stamp import digest, is_current

PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "install")


def ensure(places: Places) -> None:
    """Fill .venv where it is missing or old. A .venv that is a link is used as it is."""
    if places.venv.is_symlink():
        return
    _install_locked(places)
    _install_warmline(places)


def made_here(places: Places) -> bool:
    """Tell whether this set-up created .venv (a person's own is never removed)."""
    return (places.venv / "warmline-made").is_file() and not places.venv.is_symlink()


def _install_locked(places: Places) -> None:
    lock = places.root / "requirements.lock"
    stamp = places.venv / "warmline-locked"
    # The path is part of it: a moved .venv has scripts that start the old place's Python.
    wanted = digest(lock, str(places.venv))
    if places.python.exists() and is_current(stamp, wanted):
        return
    if made_here(places) or not places.python.exists():
        _create(places)
    with stage("Installing the Python packages of requirements.lock"):
        try:
            _install_by_uv(places, lock)
        except Stop:
            _install_by_pip(places, lock)
    stamp.write_text(wanted)


def _install_by_uv(places: Places, lock: Path) -> None:
    """Install within seconds, where uv reaches what pip reaches (it reads no pip settings)."""
    _install_by_pip(places, places.root / "requirements-installer.lock")
    uv = places.venv / "bin" / "uv"
    options = ("--no-config", "--require-hashes", "--python", places.python)
    settings = {"UV_SYSTEM_CERTS": "1", "UV_HTTP_TIMEOUT": "15", "UV_HTTP_RETRIES": "1"}
    env = {**os.environ, **settings}
    run([uv, "pip", "install", *options, "-r", lock], log=places.log, env=env)


def _install_by_pip(places: Places, lock: Path) -> None:
    # --no-deps: a lock names everything, pip need not work that out again.
    options = ("--require-hashes", "--no-deps", "--no-compile")
    run([places.python, *PIP, *options, "-r", lock], log=places.log)


def _create(places: Places) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = ".".join(str(part) for part in sys.version_info[:2])
        raise Stop(
            f"{sys.executable} cannot make a virtual environment. "
            f"Debian, Ubuntu: apt install python{version}-venv, then run make again."
        )
    # An activated .venv must not be asked to clear itself: its base Python does it.
    base = getattr(sys, "_base_executable", sys.executable)
    with stage(f"Creating .venv with Python {sys.version.split()[0]}"):
        run([base, "-m", "venv", "--clear", places.venv], log=places.log)
    (places.venv / "warmline-made").touch()


def _install_warmline(places: Places) -> None:
    stamp = places.venv / "warmline-installed"
    wanted = digest(places.root / "pyproject.toml", places.root / "hatch_build.py")
    if is_current(stamp, wanted):
        return
    with stage("Installing the warmline command into .venv"):
        # --no-build-isolation: the locked hatchling builds it, nothing more is fetched.
        local = ("--no-deps", "--no-build-isolation", "--editable", places.root)
        run([places.python, *PIP, *local], log=places.log)
    stamp.write_text(wanted)
