"""Is the front end built from the sources as they are now?"""

import shutil
from collections.abc import Mapping

from tools import node
from tools.places import Places
from tools.stage import Stop, run, stage
from tools.stamp import digest, is_current

PAGES = ("phone", "desk", "docs")


def ensure(places: Places) -> None:
    """Build app/static/dist where it is missing or older than web/."""
    if is_built(places):
        return
    ensure_modules(places)
    build(places, node.environment(places))


def ensure_modules(places: Places) -> None:
    """Make Node and the npm packages of the lock file ready."""
    node.ensure(places)
    install_modules(places, node.environment(places))


def is_built(places: Places) -> bool:
    """Tell whether every page is there and was built from web/ as it is now."""
    current = is_current(places.pages / "sources.sha256", digest(places.web))
    return current and not _missing(places)


def install_modules(places: Places, env: Mapping[str, str]) -> None:
    """Run `npm ci` unless node_modules is what the lock file says."""
    stamp = places.node_modules / ".warmline"
    lock = places.web / "package-lock.json"
    wanted = digest(places.web / "package.json", lock)
    if is_current(stamp, wanted):
        return
    with stage("Installing the npm packages of web/package-lock.json"):
        run(["npm", "ci", "--no-audit", "--no-fund"], log=places.log, cwd=places.web, env=env)
    stamp.write_text(wanted)


def build(places: Places, env: Mapping[str, str]) -> None:
    """Build every page anew."""
    wanted = digest(places.web)
    shutil.rmtree(places.pages, ignore_errors=True)
    with stage("Building the phone, the desk and the API reference"):
        run(["npm", "run", "build"], log=places.log, cwd=places.web, env=env)
    if missing := _missing(places):
        raise Stop(f"`npm run build` ended well and made no page for: {', '.join(missing)}.")
    (places.pages / "sources.sha256").write_text(wanted)


def _missing(places: Places) -> list[str]:
    return [page for page in PAGES if not (places.pages / page / "index.html").is_file()]
