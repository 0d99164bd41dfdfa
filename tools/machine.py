"""What does this machine have that the tests need: a Chromium, a PostgreSQL?"""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MAC_CHROME = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
POSTGRES_FOLDERS = (
    Path("/usr/lib/postgresql"),  # Debian and Ubuntu keep the server off the PATH
    Path("/opt/homebrew/opt"),
    Path("/usr/local/opt"),
)


def find_chromium() -> Path | None:
    """Return the program of an installed Chromium or Chrome, or of Playwright's own."""
    for name in CHROMIUMS:
        if found := shutil.which(name):
            return Path(found)
    if MAC_CHROME.is_file():
        return MAC_CHROME
    return _playwrights_own(_playwright_folder())


def find_postgres(folders: Iterable[Path] = POSTGRES_FOLDERS) -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, the newest version's first."""
    candidates = [bin_ for folder in folders for bin_ in folder.glob("*/bin")]
    for bin_ in sorted(candidates, key=_version, reverse=True):
        if _serves(bin_):
            return bin_
    on_path = shutil.which("initdb")
    beside = Path(on_path).resolve().parent if on_path else None
    return beside if beside and _serves(beside) else None


def _serves(bin_: Path) -> bool:
    return (bin_ / "initdb").is_file() and (bin_ / "postgres").is_file()


def _version(path: Path) -> int:
    """Read 17 from /usr/lib/postgresql/17/bin and from .../postgresql@17/bin."""
    numbers = re.findall(r"\d+", path.parent.name)
    return int(numbers[-1]) if numbers else 0


def _playwright_folder() -> Path:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    return Path(named) if named else Path.home() / ".cache" / "ms-playwright"


def _playwrights_own(folder: Path) -> Path | None:
    found = sorted(folder.glob("chromium-*/chrome-linux*/chrome"), key=lambda p: _number(p, folder))
    return found[-1] if found else None


def _number(path: Path, folder: Path) -> int:
    return int(path.relative_to(folder).parts[0].removeprefix("chromium-"))
