"""The example bank and the push double, as processes beside the server."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO

from app.demo.company import ROOT, Company

STARTED_WITHIN_S = 30.0
STOPPED_WITHIN_S = 5.0


class NotStarted(Exception):
    """A helper process ended at once; what it said is in the message."""


@contextmanager
def beside(company: Company, *, faults: bool = False) -> Iterator[None]:
    """Bank and push double run until the block ends."""
    origin = f"http://localhost:{company.ports.server}"
    bank = ["examples.bank", "--port", str(company.ports.bank), "--allow-origin", origin]
    bank += ["--data", str(company.data / "bank"), *(["--faults"] if faults else [])]
    push = ["push.double", "--port", str(company.ports.push), "--data", str(company.data / "push")]
    environment = {**os.environ, "BANK_SECRET": company.bank_secret}
    started = [start(command, environment) for command in (bank, push)]
    try:
        for process, port in zip(started, (company.ports.bank, company.ports.push), strict=True):
            wait(process, port)
        yield
    finally:
        for process in started:
            stop(process)


def start(
    command: list[str], environment: Mapping[str, str], log: TextIO | None = None
) -> subprocess.Popen[str]:
    """A module of ours with its arguments; it ends with this process, however that ends."""
    return subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, "-m", "app.demo.child", *command],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=log or subprocess.PIPE,
        text=True,
        # Ctrl-C reaches this process alone, which then ends the others in order.
        start_new_session=True,
    )


def wait(process: subprocess.Popen[str], port: int) -> None:
    """Until it answers on its port. Raises NotStarted with what it said."""
    until = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            said = process.stderr.read() if process.stderr else ""
            raise NotStarted(said.strip().removeprefix("Error: "))
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise NotStarted(f"nothing answers on port {port} after {STARTED_WITHIN_S:.0f} s")


def stop(process: subprocess.Popen[str]) -> None:
    """End it in order, or else by force."""
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stderr):
        if pipe:
            pipe.close()
