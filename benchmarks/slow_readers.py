"""Who reads slowly harms nobody else: what do 50 of 1,000 sockets that do not read cost the others?

950 sockets are the two sides of 475 conversations with 200 messages a second in all. Then a
customer's 50 further pages ask for a conversation of 4 MB and read none of it, until the server
gives up on them.
"""

import asyncio
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from benchmarks.cores import SERVERS, pinned
from benchmarks.report import quantile
from benchmarks.talkers import Room
from tests.chaos import wire
from tests.chaos.crowd import until
from tests.chaos.page import LIVE
from tests.chaos.people import Seat, seat_pairs, write_history
from tests.chaos.server import Server
from tests.chaos.web_socket import text_frame, upgrade_request

CONVERSATIONS, PER_AGENT = 475, 4
SLOW = 50
LONG, CHARACTERS = 1000, 4000
RATE_PER_S = 200
DRAINED_WITHIN_S = 60.0
GONE_WITHIN_S = 60.0
SMALL_BUFFER = 4096


class NotGivenUp(Exception):
    """The server goes on holding what nobody reads."""


async def measure(data: Path, seconds: float, *, until_gone: bool) -> dict[str, float]:
    """The delivery's p99 with and without those who do not read, in milliseconds.

    `until_gone`: also how long the server holds them, in seconds.
    """
    server = Server(data)
    seats = await seat_pairs(server.database_url, CONVERSATIONS, PER_AGENT)
    await write_history(server.database_url, seats[0], LONG, CHARACTERS)
    room = Room(seats, random.Random(1))  # noqa: S311 - no secret
    try:
        with pinned(SERVERS):
            server.start()
        await server.answers()
        async with asyncio.TaskGroup() as tasks:
            await room.join(server.port, tasks)
            alone = await _paced(room, seconds)
            files = open_files(server.pid)
            async with _not_reading(server.port, seats[0]):
                asked = time.monotonic()
                beside = await _paced(room, seconds)
                gone = await _gone(server, files, asked) if until_gone else {}
            room.leave()
    finally:
        server.kill()
    return {
        "p99_ms": quantile(alone, 0.99),
        "p99_ms_beside_slow_readers": quantile(beside, 0.99),
        "slow_readers_over_none": quantile(beside, 0.99) / quantile(alone, 0.99),
        **gone,
    }


async def _paced(room: Room, seconds: float) -> list[float]:
    """Open loop; the conversation that is not read by some stays as it is."""
    loop, talkers = asyncio.get_running_loop(), room.talkers[2:]
    began, room.took_ms = time.perf_counter(), []
    for number in range(int(seconds * RATE_PER_S)):
        due = began + number / RATE_PER_S
        await asyncio.sleep(due - time.perf_counter())
        loop.call_soon(talkers[number * 37 % len(talkers)].say, due)
    await asyncio.sleep(0)
    await room.drain(DRAINED_WITHIN_S)
    return room.took_ms


@asynccontextmanager
async def _not_reading(port: int, seat: Seat) -> AsyncIterator[None]:
    """So many pages that ask for a long conversation and read nothing of it."""
    with ExitStack() as stack:
        pages = [stack.enter_context(socket.socket()) for _ in range(SLOW)]
        await asyncio.gather(*(_ask(page, port, seat) for page in pages))
        yield


async def _ask(page: socket.socket, port: int, seat: Seat) -> None:
    loop = asyncio.get_running_loop()
    page.setblocking(False)
    page.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER)
    await loop.sock_connect(page, ("127.0.0.1", port))
    await loop.sock_sendall(page, upgrade_request(f"localhost:{port}", LIVE))
    await loop.sock_recv(page, SMALL_BUFFER)  # 101: upgraded
    hello = wire.Hello(token=seat.token, cursors={seat.conversation_id: 0})
    await loop.sock_sendall(page, text_frame(wire.encode(hello)))


async def _gone(server: Server, files: int, asked: float) -> dict[str, float]:
    """When the server holds no more open files than these. Raises NotGivenUp."""
    if not await until(lambda: open_files(server.pid) <= files, GONE_WITHIN_S):
        raise NotGivenUp(f"{open_files(server.pid) - files} of {SLOW} are still held")
    return {"slow_readers_gone_s": time.monotonic() - asked}


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
