"""Killed workers, killed servers, hostile datagrams: calls go on, ports are freed."""

import asyncio
import os
import re
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from aioice import stun

from rtc.engine import LegLost, LegUp, Side, UnknownCall, WorkerDied, WorkerLost
from rtc.relay.engine import RelayEngine
from rtc.relay.keeper import RelayConfig
from tests.contract.rtc.calling import Heard, Pair, paired, until

LOOPBACK = "127.0.0.1"


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def engine(heard: Heard) -> AsyncIterator[RelayEngine]:
    async with RelayEngine(RelayConfig(addresses=(LOOPBACK,), port=0), heard) as engine:
        yield engine


async def test_a_killed_worker_is_replaced_on_its_port(engine: RelayEngine, heard: Heard) -> None:
    call, port, pid = uuid4(), engine.port, engine.worker_pid
    assert pid is not None
    async with paired(engine, call, 1) as first:
        await first.negotiate(video=True)
        await first.reach(frames=5)
        os.kill(pid, signal.SIGKILL)
        await until(lambda: bool(heard.of(WorkerDied)), "the death is told")
        assert call not in await engine.carried()
        async with paired(engine, call, 2) as second:
            await second.negotiate(video=True)
            await second.reach(frames=30)
    assert engine.port == port
    assert engine.worker_pid not in (None, pid)
    assert [up.gen for up in heard.of(LegUp)] == [1, 1, 2, 2]


async def test_a_worker_that_hangs_is_killed(engine: RelayEngine, heard: Heard) -> None:
    call, pid = uuid4(), engine.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(WorkerLost):
        await engine.stats(call)
    await until(lambda: engine.worker_pid not in (None, pid), "a new worker")
    with pytest.raises(UnknownCall):
        await engine.stats(call)


async def test_commands_wait_for_the_new_worker(engine: RelayEngine, heard: Heard) -> None:
    assert engine.worker_pid is not None
    os.kill(engine.worker_pid, signal.SIGKILL)
    await until(lambda: bool(heard.of(WorkerDied)), "the death is told")
    async with paired(engine, uuid4()) as pair:
        await pair.negotiate(video=False)
        await pair.reach(energy=1)


async def test_a_peer_with_another_certificate_is_refused(
    engine: RelayEngine, heard: Heard
) -> None:
    """As a swapped fingerprint on the signalling path would have it (RFC 8827 section 6.5)."""
    call, pair = uuid4(), Pair(engine, uuid4(), 1)
    try:
        offer = re.sub(r"(a=fingerprint:\S+) ..", r"\1 00", await pair.customer.offer(video=False))
        answer = await pair.agent.answer(await engine.offer(call, 1, offer))
        await pair.customer.accept(await engine.answer(call, 1, answer))
        await until(lambda: bool(heard.of(LegLost)), "the leg is lost")
    finally:
        await pair.close()
    lost = heard.of(LegLost)[0]
    assert lost.side is Side.CUSTOMER
    assert "certificate" in lost.reason
    assert Side.CUSTOMER not in [up.side for up in heard.of(LegUp)]


async def test_a_worker_that_cannot_start_says_so() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOOPBACK, 0))
        config = RelayConfig(addresses=(LOOPBACK,), port=taken.getsockname()[1])
        with pytest.raises(WorkerLost):
            async with RelayEngine(config):
                pass


async def test_the_port_is_free_after_the_engine() -> None:
    async with RelayEngine(RelayConfig(addresses=(LOOPBACK,), port=0)) as engine:
        port = engine.port
        assert not is_free(port)
    assert is_free(port)


async def test_an_engine_that_ends_during_a_restart_leaves_no_worker(heard: Heard) -> None:
    async with RelayEngine(RelayConfig(addresses=(LOOPBACK,), port=0), heard) as engine:
        port = engine.port
        assert engine.worker_pid is not None
        os.kill(engine.worker_pid, signal.SIGKILL)
        await until(lambda: bool(heard.of(WorkerDied)), "the death is told")
        await asyncio.sleep(0.05)
    assert is_free(port)
    children = await asyncio.create_subprocess_exec(
        *("pgrep", "-f", f"rtc.relay.worker.*--port {port}"), stdout=asyncio.subprocess.PIPE
    )
    assert (await children.communicate())[0] == b""


SERVER = """
import asyncio
from rtc.relay.engine import RelayEngine
from rtc.relay.keeper import RelayConfig
async def main():
    async with RelayEngine(RelayConfig(addresses=("127.0.0.1",), port=0)) as engine:
        print(engine.port, engine.worker_pid, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_killed_server_leaves_no_worker() -> None:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVER, stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    port, pid = map(int, (await server.stdout.readline()).split())
    socket_of = Path(arguments(pid)[arguments(pid).index("--socket") + 1])
    assert not is_free(port)
    assert socket_of.stat().st_mode & 0o777 == 0o600  # noqa: ASYNC240 - no I/O to speak of
    server.send_signal(signal.SIGKILL)
    await server.wait()
    await until(lambda: is_free(port), "the port is free", 5)
    await until(lambda: not is_alive(pid), "the worker is gone", 5)
    await until(lambda: not socket_of.exists(), "its socket is gone", 5)


async def test_a_handler_that_fails_does_not_stop_the_news(engine: RelayEngine) -> None:
    seen = []

    async def failing(event: object) -> None:
        seen.append(event)
        raise RuntimeError("a bug of the application")

    engine.events = failing
    async with paired(engine, uuid4()) as pair:
        await pair.negotiate(video=False)
        await until(lambda: len(seen) == 2, "both legs are told")


class Stranger:
    """Somebody else's socket, aimed at the relay's port."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self._to = (LOOPBACK, port)

    def attack(self) -> None:
        hello = bytes.fromhex("16fefd0000000000000000") + b"\x00\x50" + secrets.token_bytes(80)
        datagrams = [
            b"",
            b"\x00",
            b"\x16",
            b"\x80",
            b"\x80\x60",
            hello,
            bytes([0x80, 96]) + secrets.token_bytes(1100),
            bytes([0x80, 200]) + secrets.token_bytes(60),
            bytes([0x80]) + secrets.token_bytes(4000),
            b"\x00\x01\x00\x00\x21\x12\xa4\x42" + secrets.token_bytes(12),
            b"\x00\x01\x00\x08\x21\x12\xa4\x42"
            + secrets.token_bytes(12)
            + b"\x00\x24\x00\x01\x00" * 2,
            check("nobody:me", "x" * 24),
            check("", "x" * 24),
        ]
        for datagram in datagrams * 20:
            self._socket.sendto(datagram, self._to)

    def answered(self) -> bool:
        self._socket.setblocking(False)
        try:
            self._socket.recv(2048)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        self._socket.close()


def check(username: str, pwd: str) -> bytes:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = username
    request.attributes["PRIORITY"] = 1
    request.attributes["USE-CANDIDATE"] = None
    request.add_message_integrity(pwd.encode())
    return bytes(request)


async def test_hostile_datagrams_do_not_disturb(engine: RelayEngine, heard: Heard) -> None:
    call, stranger = uuid4(), Stranger(engine.port)
    pair = Pair(engine, call, 1)
    try:
        stranger.attack()
        offer = await pair.customer.offer(video=True)
        to_agent = await engine.offer(call, 1, offer)
        stranger.attack()
        answer = await pair.agent.answer(to_agent)
        await pair.customer.accept(await engine.answer(call, 1, answer))
        while len(heard.of(LegUp)) < 2:
            stranger.attack()  # in the middle of both handshakes
            await asyncio.sleep(0.01)
        ufrag = next(x for x in to_agent.split("\r\n") if "ufrag" in x).split(":")[1]
        stranger._socket.sendto(check(f"{ufrag}:x", "the wrong password, really"), stranger._to)
        for _ in range(10):
            stranger.attack()
            await asyncio.sleep(0.02)
        await pair.reach(frames=30, energy=100)
        assert not stranger.answered()
        assert [leg.moves for leg in (await engine.stats(call)).legs] == [0, 0]
    finally:
        stranger.close()
        await pair.close()


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def arguments(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"
