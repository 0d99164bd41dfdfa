"""Can the programs that the tests need be installed here? On Debian and Ubuntu as root: yes."""

import os
import shutil
import subprocess

from tools.machine import find_chromium, find_postgres
from tools.places import Places
from tools.stage import Stop, run, stage


def ensure_test_programs(places: Places) -> None:
    """Install what is missing; where that cannot be, say so (the tests then fail by name)."""
    packages = missing_packages()
    if not packages:
        return
    apt = apt_get()
    if apt is None:
        print(f"{_cannot(packages)} The tests that need them will fail.", flush=True)
        return
    try:
        _install(places, apt, packages)
    except Stop as stop:
        print(f"{stop}\n{stop.detail}\n{_cannot(packages)}", flush=True)


def missing_packages() -> list[str]:
    """Name the Debian packages of the programs that are not here."""
    missing = []
    if find_chromium() is None:
        missing.append("chromium")
    if find_postgres() is None and "WARMLINE_TEST_POSTGRES_URL" not in os.environ:
        missing.append("postgresql")
    if shutil.which("ip") is None:
        missing.append("iproute2")
    if shutil.which("redis-server") is None:
        missing.append("redis-server")
    return missing


def apt_get() -> list[str] | None:
    """Return how to call apt-get without a question being asked, or None where one cannot."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return ["apt-get"]
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n", "apt-get"] if asked.returncode == 0 else None


def _install(places: Places, apt: list[str], packages: list[str]) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with stage(f"Installing for the tests: {', '.join(packages)} (apt)"):
        run([*apt, "update", "-q"], log=places.log, env=quiet)
        install = [*apt, "install", "-q", "-y", "--no-install-recommends", *packages]
        run(install, log=places.log, env=quiet)


def _cannot(packages: list[str]) -> str:
    return (
        f"Missing, and not to be installed by make here: {', '.join(packages)}. "
        "Install Chromium or Chrome, iproute2, redis-server, and PostgreSQL (or set "
        "WARMLINE_TEST_POSTGRES_URL)."
    )
