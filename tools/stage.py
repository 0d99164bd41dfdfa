"""What does a person see of the set-up? One line per stage; what the tools say goes to a log.

Stop    the set-up cannot go on; its text says what to do
"""

import fcntl
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

TAIL_LINES = 20


class Stop(Exception):
    """The set-up cannot go on. `detail` is the end of what the failed tool said."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


@contextmanager
def stage(what: str) -> Iterator[None]:
    """Say what is being done, and when it is done how long it took."""
    print(f"{what} ... ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - began:.0f} s", flush=True)


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> None:
    """Run a tool with its output in the log. Raises Stop with what it said last if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    line = shlex.join(str(part) for part in command)
    with log.open("a+b") as out:
        out.write(f"$ {line}\n".encode())
        out.flush()
        start = out.seek(0, os.SEEK_END)
        try:
            done = subprocess.run(
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                check=False,
            )
        except FileNotFoundError as error:
            raise Stop(f"`{line}` cannot start: {error.filename} is not there.") from error
        out.seek(start)
        said = out.read().decode(errors="replace")
    if done.returncode != 0:
        raise Stop(
            f"`{line}` failed with exit code {done.returncode}. All it said is in {log}; the end:",
            "\n".join(said.splitlines()[-TAIL_LINES:]),
        )


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Keep a second make out of the folders that the first is filling."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another make is setting up this folder; waiting for it.", file=sys.stderr)
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
