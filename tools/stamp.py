"""Is this stage done already? A stamp holds the hash of everything the stage was made from."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

MADE_BY_TOOLS = {"node_modules", "dist", "__pycache__"}


def digest(*sources: Path | str) -> str:
    """Hash texts, files and whole folders, names and contents, in a stable order."""
    total = hashlib.sha256()
    for source in sources:
        for name, content in _contents(source):
            total.update(f"{name}\0{len(content)}\0".encode())
            total.update(content)
    return total.hexdigest()


def is_current(stamp: Path, content: str) -> bool:
    """Tell whether the stage ended with exactly these sources."""
    return stamp.is_file() and stamp.read_text() == content


def _contents(source: Path | str) -> Iterator[tuple[str, bytes]]:
    if isinstance(source, str):
        yield "", source.encode()
    elif source.is_dir():
        for path in sorted(_files(source)):
            yield str(path.relative_to(source)), path.read_bytes()
    else:
        yield source.name, source.read_bytes()


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_file():
            yield path
        elif path.is_dir() and path.name not in MADE_BY_TOOLS:
            yield from _files(path)
