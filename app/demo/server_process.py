"""The server as a process of its own: `warmline serve` with the settings in the environment."""

import os
import subprocess
from pathlib import Path

from app.config import Config, environment
from app.demo import processes


class ServerProcess:
    """Started, killed and started again on the same ports; its log is one file."""

    program = "app.cli"

    def __init__(self, config: Config) -> None:
        self.log = config.data_dir / "server.log"
        self._config = config
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin to start; `wait` until it serves."""
        variables = {**os.environ, **environment(self._config)}
        with self.log.open("a") as log:
            self._process = processes.start([self.program, "serve"], variables, log)

    def wait(self) -> None:
        """Raises NotStarted with the end of its log."""
        assert self._process is not None  # noqa: S101 - started
        try:
            processes.wait(self._process, self._config.port)
        except processes.NotStarted:
            raise processes.NotStarted("\n".join(last_words(self.log))) from None

    def kill(self) -> None:
        """SIGKILL: nothing is said, nothing is tidied up."""
        if self._process is not None:
            self._process.kill()
            self.stop()

    def stop(self) -> None:
        if self._process is not None:
            processes.stop(self._process)


def last_words(log: Path, lines: int = 5) -> list[str]:
    """The end of a log, to be shown where something failed."""
    return log.read_text().splitlines()[-lines:] if log.exists() else []
