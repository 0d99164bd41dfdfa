"""What happened at the double, so that it stands where it stood after a restart?"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec


class Registered(msgspec.Struct, frozen=True, kw_only=True, tag="registered"):
    """A simulated device got this token."""

    at: datetime
    token: str


class Removed(msgspec.Struct, frozen=True, kw_only=True, tag="removed"):
    """The app was uninstalled: the token is dead."""

    at: datetime
    token: str


class Sent(msgspec.Struct, frozen=True, kw_only=True, tag="sent"):
    """A message came in. `name` is None when it was refused; `status` what the sender was told,
    None when it was told nothing.
    """

    at: datetime
    token: str
    message: dict[str, Any]
    name: str | None
    status: int | None


class Handed(msgspec.Struct, frozen=True, kw_only=True, tag="handed"):
    """The device has its messages up to this one on the screen."""

    at: datetime
    token: str
    upto: int


Entry = Registered | Removed | Sent | Handed


class Journal:
    """Entries in the order they happened, one JSON line each; in memory only without a path."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            _cut_torn_line(path)

    def append(self, entry: Entry) -> None:
        """Write one entry: handed to the system at once, so that a killed process loses none."""
        if self._path is not None:
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(entry) + b"\n")

    def entries(self) -> Iterator[Entry]:
        """All entries so far. Raises msgspec.DecodeError on a line that is none."""
        if self._path is None:
            return
        with self._path.open("rb") as file:
            for line in file:
                yield msgspec.json.decode(line, type=Entry)


def _cut_torn_line(path: Path) -> None:
    """Drop what follows the last newline: the process died while it wrote that."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
