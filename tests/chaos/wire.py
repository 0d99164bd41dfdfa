"""What goes over the live socket, as far as a client that only talks needs it?

Written from docs/reference/live.md and not taken from the server, so that a frame which the server
changed by mistake is noticed here. Members that are not named are skipped, which also makes the
client cheap.
"""

from typing import Any

import msgspec
from msgspec import Struct


class Hello(Struct, frozen=True, kw_only=True, tag_field="type", tag="hello"):
    token: str
    cursors: dict[str, int] = {}


class Watch(Struct, frozen=True, kw_only=True, tag_field="type", tag="watch"):
    conversation_id: str
    after: int


class Sync(Struct, frozen=True, kw_only=True, tag_field="type", tag="sync"):
    conversation_id: str
    after: int


class Send(Struct, frozen=True, kw_only=True, tag_field="type", tag="send"):
    cmid: str
    conversation_id: str
    text: str


class Ping(Struct, frozen=True, kw_only=True, tag_field="type", tag="ping"):
    pass


class Body(Struct, frozen=True):
    text: str = ""


class Problem(Struct, frozen=True, kw_only=True):
    title: str
    status: int
    detail: str = ""


class Welcome(Struct, frozen=True, kw_only=True, tag_field="type", tag="welcome"):
    epoch: str
    heads: dict[str, int]


class Event(Struct, frozen=True, kw_only=True, tag_field="type", tag="event"):
    conversation_id: str
    seq: int
    prev: int
    kind: str
    body: Body
    cmid: str | None = None


class Tail(Struct, frozen=True, kw_only=True, tag_field="type", tag="tail"):
    conversation_id: str
    upto: int


class Ack(Struct, frozen=True, kw_only=True, tag_field="type", tag="ack"):
    cmid: str
    conversation_id: str
    seq: int
    prev: int


class Refused(Struct, frozen=True, kw_only=True, tag_field="type", tag="refused"):
    cmid: str
    problem: Problem


class Error(Struct, frozen=True, kw_only=True, tag_field="type", tag="error"):
    problem: Problem


class Me(Struct, frozen=True, tag_field="type", tag="me"):
    pass


class Place(Struct, frozen=True, tag_field="type", tag="place"):
    pass


class Team(Struct, frozen=True, tag_field="type", tag="team"):
    pass


class Typing(Struct, frozen=True, tag_field="type", tag="typing"):
    pass


class Marks(Struct, frozen=True, tag_field="type", tag="marks"):
    pass


class Context(Struct, frozen=True, tag_field="type", tag="context"):
    pass


class Pong(Struct, frozen=True, tag_field="type", tag="pong"):
    pass


class GoAway(Struct, frozen=True, tag_field="type", tag="goaway"):
    pass


Heard = (
    Welcome
    | Event
    | Tail
    | Ack
    | Refused
    | Error
    | Me
    | Place
    | Team
    | Typing
    | Marks
    | Context
    | Pong
    | GoAway
)
_decoder: msgspec.json.Decoder[Heard] = msgspec.json.Decoder(Heard)
decode = _decoder.decode
_encoder = msgspec.json.Encoder()


def encode(frame: Any) -> bytes:
    return _encoder.encode(frame)
