"""The frames of the live socket, told apart by `type`; docs/reference/live.md describes them."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, structs

from app.api.me import AgentMe, CustomerMe
from app.api.problem import Problem
from app.api.team import TeamView
from app.api.wire import EventView, MarksView, MarkView
from app.conversation.context import MAX_ACTIONS, Action
from app.conversation.timeline import Actor
from app.conversation.waiting import Wait

MAX_FRAME = 64 * 1024
MAX_TEXT = 4000
MAX_FILES = 10  # of one message

Seq = Annotated[int, Meta(ge=0, le=2**53)]
Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


FileIds = Annotated[tuple[UUID, ...], Meta(max_length=MAX_FILES)]


def must_say_something(text: str, files: tuple[UUID, ...]) -> None:
    """A message has a text, files, or both. Raises ValueError, which msgspec passes on."""
    if not text and not files:
        raise ValueError("a message needs a text or files")


class Incoming(Struct, frozen=True, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """What a client sends."""


class Hello(Incoming, frozen=True, kw_only=True, tag="hello"):
    """The first frame, within 5 s: who, and how far each conversation is known."""

    token: Annotated[str, Meta(max_length=200)]
    cursors: Annotated[dict[UUID, Seq], Meta(max_length=100)] = {}
    caps: Annotated[tuple[str, ...], Meta(max_length=20)] = ()


class Send(Incoming, frozen=True, kw_only=True, tag="send"):
    """A message; `cmid` is the client's id of it, a repeat is acknowledged alike."""

    cmid: UUID
    conversation_id: UUID
    text: Text = ""
    files: FileIds = ()

    def __post_init__(self) -> None:
        must_say_something(self.text, self.files)


class Watch(Incoming, frozen=True, kw_only=True, tag="watch"):
    """Follow a conversation (agents), from a cursor on."""

    conversation_id: UUID
    after: Seq = 0


class Unwatch(Incoming, frozen=True, kw_only=True, tag="unwatch"):
    """Follow it no longer (agents)."""

    conversation_id: UUID


class Sync(Incoming, frozen=True, kw_only=True, tag="sync"):
    """A hole was seen: send everything after this cursor again."""

    conversation_id: UUID
    after: Seq


class Got(Incoming, frozen=True, kw_only=True, tag="got"):
    """Everything up to here has arrived; at most once a second is enough."""

    conversation_id: UUID
    upto: Seq


class Seen(Incoming, frozen=True, kw_only=True, tag="seen"):
    """Everything up to here is before somebody's eyes."""

    conversation_id: UUID
    upto: Seq


class Typing(Incoming, frozen=True, kw_only=True, tag="typing"):
    """Tell the others who follow the conversation. Not stored; may be lost."""

    conversation_id: UUID


class Context(Incoming, frozen=True, kw_only=True, tag="context"):
    """What the app shows has changed (customers): a JSON Merge Patch, and newer actions."""

    patch: dict[str, Any] = {}
    actions: Annotated[tuple[Action, ...], Meta(max_length=MAX_ACTIONS)] = ()
    whole: bool = False
    """It replaces what was there: the first one of each connection."""


class Ping(Incoming, frozen=True, kw_only=True, tag="ping"):
    """Answered by `pong`. Send one every 15 s."""


ClientFrame = Hello | Send | Watch | Unwatch | Sync | Got | Seen | Typing | Context | Ping


class Outgoing(Struct, frozen=True, kw_only=True, tag_field="type"):
    """What the server sends."""


class Welcome(Outgoing, frozen=True, kw_only=True, tag="welcome"):
    """The answer to `hello`; `heads` is the newest seq of each conversation that is followed.

    Another `epoch` than last time is another database: forget all cursors.
    """

    epoch: UUID
    now: datetime
    heads: dict[UUID, int]
    me: CustomerMe | AgentMe


class EventFrame(EventView, frozen=True, kw_only=True, tag_field="type", tag="event"):
    """One event of a conversation that is followed."""


class Tail(Outgoing, frozen=True, kw_only=True, tag="tail"):
    """Everything up to here was sent."""

    conversation_id: UUID
    upto: int


class MarksFrame(Outgoing, frozen=True, kw_only=True, tag="marks"):
    """How far both sides have come, as soon as there is anything to tell."""

    conversation_id: UUID
    customer: MarkView
    agent: MarkView


class Ack(Outgoing, frozen=True, kw_only=True, tag="ack"):
    """The message is stored; it stays so whatever happens to the server."""

    cmid: UUID
    conversation_id: UUID
    seq: int
    prev: int
    at: datetime


class Refused(Outgoing, frozen=True, kw_only=True, tag="refused"):
    """The message was not taken, and why."""

    cmid: UUID
    problem: Problem


class MeFrame(Outgoing, frozen=True, kw_only=True, tag="me"):
    """The caller's own snapshot, whole. It replaces the last one."""

    me: CustomerMe | AgentMe


class PlaceFrame(Outgoing, frozen=True, kw_only=True, tag="place"):
    """Where the customer stands in line now; it replaces what an older snapshot said."""

    interaction_id: UUID
    place: int
    wait: Wait | None
    nobody_there: bool
    now: datetime


class TeamFrame(TeamView, frozen=True, kw_only=True, tag_field="type", tag="team"):
    """These members of an agent's `me` are so now."""


class TypingFrame(Outgoing, frozen=True, kw_only=True, tag="typing"):
    """Somebody else writes."""

    conversation_id: UUID
    actor: Actor


class ContextFrame(Outgoing, frozen=True, kw_only=True, tag="context"):
    """What the customer's app shows has changed (agents); to be merged into the context."""

    conversation_id: UUID
    whole: bool
    patch: dict[str, Any]
    actions: tuple[Action, ...]


class Pong(Outgoing, frozen=True, kw_only=True, tag="pong"):
    """Everything that was sent before the `ping` has its answer."""

    now: datetime


class GoAway(Outgoing, frozen=True, kw_only=True, tag="goaway"):
    """The server is about to stop; come back after this time."""

    after_ms: int


class ErrorFrame(Outgoing, frozen=True, kw_only=True, tag="error"):
    """A frame could not be served, or is not for this kind of caller; the connection stays."""

    problem: Problem


ServerFrame = (
    Welcome
    | EventFrame
    | Tail
    | MarksFrame
    | Ack
    | Refused
    | MeFrame
    | PlaceFrame
    | TeamFrame
    | TypingFrame
    | ContextFrame
    | Pong
    | GoAway
    | ErrorFrame
)


def event_frame(view: EventView) -> EventFrame:
    return EventFrame(**structs.asdict(view))


def marks_frame(conversation: UUID, marks: MarksView) -> MarksFrame:
    return MarksFrame(conversation_id=conversation, customer=marks.customer, agent=marks.agent)


_decoder: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)
decode = _decoder.decode
encode = msgspec.json.Encoder().encode
