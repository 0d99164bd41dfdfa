"""Do the writes of one turn of the loop go out as one, and none of them too late?"""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest_asyncio

from app.gathering import Gathering


@pytest_asyncio.fixture
async def ends() -> AsyncIterator[tuple[Gathering, socket.socket]]:
    near, far = socket.socketpair()
    far.setblocking(False)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_connection(asyncio.Protocol, sock=near)
    try:
        yield Gathering(transport), far
    finally:
        transport.abort()
        far.close()


def read(far: socket.socket) -> bytes | None:
    """None where nothing came."""
    try:
        return far.recv(100)
    except BlockingIOError:
        return None


async def test_writes_of_one_turn_are_one(ends: tuple[Gathering, socket.socket]) -> None:
    near, far = ends
    near.write(b"one ")
    near.write(b"two")
    assert read(far) is None
    await asyncio.sleep(0)
    assert read(far) == b"one two"
    near.write(b"three")
    await asyncio.sleep(0)
    assert read(far) == b"three"


async def test_what_was_written_goes_out_before_the_end(
    ends: tuple[Gathering, socket.socket],
) -> None:
    near, far = ends
    near.write(b"goodbye")
    near.close()
    assert near.is_closing()
    await asyncio.sleep(0.01)
    assert read(far) == b"goodbye"
    assert read(far) == b"", "closed"


async def test_what_comes_after_a_cut_is_dropped(ends: tuple[Gathering, socket.socket]) -> None:
    near, far = ends
    near.abort()
    near.write(b"too late")
    await asyncio.sleep(0.01)
    assert read(far) == b""
