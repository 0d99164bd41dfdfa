"""How is a Postgres tormented that keeps its promises? A cluster of its own, with fsync on."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fixtures.postgres import execute, initialise, owner_of, start, wait_until_ready
from tests.fixtures.postgres import with_database as database_at
from tools.machine import find_postgres

SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_connections": "150",
    "track_commit_timestamp": "on",  # tells in which order things became true
}
DATABASE = "warmline"


class NoPostgres(Exception):
    """The programs of PostgreSQL are not on this machine."""

    def __init__(self) -> None:
        super().__init__("PostgreSQL is not here: `make test` installs it where it may")


class Cluster:
    """Durable while it lives; its folder is thrown away afterwards."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder = folder
        self._programs = programs
        self._owner = owner_of(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._any = f"postgresql://postgres@/postgres?host={folder}"
        self.url = database_at(self._any, DATABASE)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def make(self) -> None:
        """The cluster, started, with one empty database."""
        initialise(self._programs, self._folder, self._owner)
        self.start()
        self.add(DATABASE)

    def add(self, name: str) -> str:
        """The URL of another empty database."""
        execute(self._any, f"CREATE DATABASE {name}")
        return database_at(self._any, name)

    def start(self) -> None:
        """Return once it answers; after `stop` it first recovers."""
        self._process = start(self._programs, self._folder, self._owner, SETTINGS)
        wait_until_ready(self._process, self._any, self._folder / "log")

    def stop(self) -> None:
        """At once, as `pg_ctl stop -m immediate`: no checkpoint, all connections cut."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGQUIT)
            self._process.wait()
            self._process = None


@contextmanager
def durable_cluster() -> Iterator[Cluster]:
    """Made for the block, gone after it. Raises NoPostgres."""
    programs = find_postgres()
    if programs is None:
        raise NoPostgres
    folder = Path(tempfile.mkdtemp(prefix="warmline-durable-"))
    cluster = Cluster(folder, programs)
    try:
        cluster.make()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)
