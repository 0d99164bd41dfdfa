"""What of several server processes one that dies, or cannot be started, costs the others."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import supervisor
from app.config import Config
from app.supervisor import _Supervisor
from rtc.relay.keeper import MediaWorker, RelayConfig


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for a server process: ready at once, and there until it is told to go."""
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\necho started >> {tmp_path}/log\necho ready\nexec sleep 60\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    return program


@pytest.fixture
async def several(program: Path) -> AsyncIterator[_Supervisor]:
    media = MediaWorker(RelayConfig(addresses=("127.0.0.1",)))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield _Supervisor(Config(secret="x" * 32), listener, media)


async def running(several: _Supervisor, count: int) -> list[int]:
    async with asyncio.timeout(5):
        while len(several._running) != count:
            await asyncio.sleep(0.01)
    return [one.pid for one in several._running]


def _rename(program: Path, name: str) -> None:
    program.rename(program.with_name(name))


async def test_one_that_cannot_be_started_again_leaves_the_others(
    several: _Supervisor, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "RESTART_PAUSES_S", (0.01,))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(several.run(2))
        first, second = await running(several, 2)
        _rename(program, "away")
        os.kill(first, signal.SIGKILL)
        await running(several, 1)
        await asyncio.sleep(0.1)  # for some tries
        _rename(program.with_name("away"), program.name)
        assert second in await running(several, 2)
        several._stop()


async def test_told_to_stop_while_one_is_missing_it_starts_none(
    several: _Supervisor, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "RESTART_PAUSES_S", (60,))
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(several.run(1))
        (only,) = await running(several, 1)
        os.kill(only, signal.SIGKILL)
        await running(several, 0)
        several._stop()
    assert program.with_name("log").read_text() == "started\n"


async def test_one_that_has_ended_is_not_in_the_way_of_telling_the_others(
    several: _Supervisor,
) -> None:
    ended, other = await several._start(), await several._start()
    ended.kill()
    await ended.wait()
    several._stop()
    assert await other.wait() == -signal.SIGTERM
