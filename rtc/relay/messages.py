"""What do the application and a media worker say to each other?

Msgpack frames behind a four-octet length, over a Unix socket. A command carries an `id` that
its reply repeats; commands name (call, gen), so that a repeated one changes nothing.
"""

import asyncio
import struct
from uuid import UUID

import msgspec
from msgspec import Struct

from rtc.engine import CallStats, LegLost, LegUp

MAX_FRAME = 256 * 1024
_LENGTH = struct.Struct("!I")


class Offer(Struct, frozen=True, kw_only=True, tag="offer"):
    id: int
    call: UUID
    gen: int
    sdp: str


class Answer(Struct, frozen=True, kw_only=True, tag="answer"):
    id: int
    call: UUID
    gen: int
    sdp: str


class End(Struct, frozen=True, kw_only=True, tag="end"):
    id: int
    call: UUID


class Stats(Struct, frozen=True, kw_only=True, tag="stats"):
    id: int
    call: UUID


class Carried(Struct, frozen=True, kw_only=True, tag="carried"):
    """Which calls are here? Also asked for a sign of life."""

    id: int


class Described(Struct, frozen=True, kw_only=True, tag="described"):
    id: int
    sdp: str


class Ended(Struct, frozen=True, kw_only=True, tag="ended"):
    id: int


class Counted(Struct, frozen=True, kw_only=True, tag="counted"):
    id: int
    stats: CallStats


class Calls(Struct, frozen=True, kw_only=True, tag="calls"):
    id: int
    calls: tuple[UUID, ...]


class Refused(Struct, frozen=True, kw_only=True, tag="refused"):
    """The description was bad."""

    id: int
    line: int
    reason: str


class NoCall(Struct, frozen=True, kw_only=True, tag="no_call"):
    id: int
    call: UUID
    gen: int | None


Command = Offer | Answer | End | Stats | Carried
Reply = Described | Ended | Counted | Calls | Refused | NoCall
FromWorker = Reply | LegUp | LegLost

_encoder = msgspec.msgpack.Encoder()
commands = msgspec.msgpack.Decoder(Command)
from_worker = msgspec.msgpack.Decoder(FromWorker)


def frame(message: Command | FromWorker) -> bytes:
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


async def read(reader: asyncio.StreamReader) -> bytes | None:
    """The next frame's body, or None at the end. Raises ValueError for an oversized frame."""
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > MAX_FRAME:
            raise ValueError(f"frame of {length} octets")
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
