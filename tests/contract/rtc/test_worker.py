"""A worker's Unix socket: many clients, and what a bad one costs."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from rtc.engine import LegLost, LegUp, Side
from rtc.relay import messages
from rtc.relay.messages import (
    Answer,
    Calls,
    Carried,
    Command,
    Described,
    FromWorker,
    NoCall,
    Offer,
    Refused,
    Stats,
)
from rtc.relay.process import WorkerProcess
from rtc.relay.worker import Worker

HERE = Path(__file__).parent / "descriptions"
OFFER = (HERE / "chromium_offer.sdp").read_bytes().decode()


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def say(self, data: bytes) -> None:
        self._writer.write(data)

    async def hear(self) -> FromWorker | None:
        body = await asyncio.wait_for(messages.read(self._reader), 5)
        return None if body is None else messages.from_worker.decode(body)

    async def ask(self, command: Command) -> FromWorker | None:
        self.say(messages.frame(command))
        return await self.hear()

    def close(self) -> None:
        self._writer.close()


class Served:
    """A worker in this process, and its socket."""

    def __init__(self, worker: Worker, path: str) -> None:
        self.worker, self._path = worker, path
        self._clients: list[Client] = []

    async def client(self) -> Client:
        self._clients.append(Client(*await asyncio.open_unix_connection(self._path)))
        return self._clients[-1]

    def close(self) -> None:
        for client in self._clients:
            client.close()


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    worker, path = Worker(("127.0.0.1",), 0), str(tmp_path / "s")
    server = await asyncio.start_unix_server(worker.serve, path)
    served = Served(worker, path)
    yield served
    served.close()
    server.close()
    worker.close()
    await asyncio.sleep(0.01)


async def test_a_signal_to_everybody_is_not_for_the_worker(tmp_path: Path) -> None:
    path = tmp_path / "s"
    process = await WorkerProcess.start(("127.0.0.1",), 0, path)
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(process.pid, number)
        client = Client(*await asyncio.open_unix_connection(str(path)))
        assert await client.ask(Carried(id=1)) == Calls(id=1, calls=())
        client.close()
    finally:
        await process.stop()
    assert await process.wait() == 0


async def test_replies_carry_the_id_of_their_command(served: Served) -> None:
    client, call = await served.client(), uuid4()
    assert await client.ask(Stats(id=7, call=call)) == NoCall(id=7, call=call, gen=None)
    refused = await client.ask(Offer(id=8, call=call, gen=1, sdp="v=1"))
    assert refused == Refused(id=8, line=1, reason="expected v=0")
    described = await client.ask(Offer(id=9, call=call, gen=1, sdp=OFFER))
    assert isinstance(described, Described)
    assert described.id == 9
    assert await client.ask(Answer(id=10, call=call, gen=4, sdp="v=0")) == Refused(
        id=10, line=2, reason="expected o="
    )


async def test_calls_are_the_workers_not_the_clients(served: Served) -> None:
    first, second, call = await served.client(), await served.client(), uuid4()
    described = await first.ask(Offer(id=1, call=call, gen=1, sdp=OFFER))
    again = await second.ask(Offer(id=1, call=call, gen=1, sdp=OFFER))
    assert described == again


async def test_every_client_hears_of_legs(served: Served) -> None:
    first, second, call = await served.client(), await served.client(), uuid4()
    for client in (first, second):
        await client.ask(Stats(id=1, call=call))
    await first.ask(Offer(id=2, call=call, gen=1, sdp=OFFER))
    served.worker.calls.sweep(asyncio.get_running_loop().time() + 1000)
    for client in (first, second):
        lost = [await client.hear(), await client.hear()]
        assert all(isinstance(event, LegLost) for event in lost)


@pytest.mark.parametrize("bad", [b"\x00\x00\x00\x02{}", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00"])
async def test_a_client_that_says_no_command_is_cut_off_alone(served: Served, bad: bytes) -> None:
    good, evil, call = await served.client(), await served.client(), uuid4()
    evil.say(bad)
    assert await evil.hear() is None
    assert await good.ask(Stats(id=1, call=call)) == NoCall(id=1, call=call, gen=None)


@pytest.mark.parametrize(
    "message",
    [
        LegUp(call=uuid4(), gen=1, side=Side.AGENT),
        LegLost(call=uuid4(), gen=1, side=Side.AGENT, reason="x"),
        Described(id=1, sdp="v=0"),
    ],
)
def test_frames_come_back_as_they_were(message: FromWorker) -> None:
    assert messages.from_worker.decode(messages.frame(message)[4:]) == message
