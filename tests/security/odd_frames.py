"""What may a broken or hostile client send to the live socket? Anything, alike for each seed."""

from collections.abc import Sequence
from random import Random
from typing import Any
from uuid import UUID

import msgspec

DEEP = "[" * 20_000
VALID: tuple[dict[str, Any], ...] = (
    {"type": "send", "cmid": "", "conversation_id": "", "text": "hello"},
    {
        "type": "send",
        "cmid": "",
        "conversation_id": "",
        "files": ["0190a2f0-0000-7000-8000-000000000000"],
    },
    {"type": "watch", "conversation_id": "", "after": 0},
    {"type": "unwatch", "conversation_id": ""},
    {"type": "sync", "conversation_id": "", "after": 0},
    {"type": "got", "conversation_id": "", "upto": 3},
    {"type": "seen", "conversation_id": "", "upto": 9},
    {"type": "typing", "conversation_id": ""},
    {"type": "context", "patch": {"screen": "s"}, "actions": [], "whole": True},
    {"type": "ping"},
    {"type": "hello", "token": "again", "cursors": {}, "caps": []},
)
IDS = {"cmid", "conversation_id"}
ODD_VALUES: tuple[str, ...] = (
    "null", "true", "-1", "0.5", "1e400", "-0", "9007199254740993", "9" * 400, '""', "[]", "{}",
    '"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\\\u0000"', '"\u202e\u0000"', '"\U0001f408"',
    '"00000000-0000-0000-0000-000000000000"', '"' + "x" * 4_001 + '"', '"' + "é" * 4_000 + '"',
    "[" * 200 + "]" * 200, '{"a":' * 50 + "1" + "}" * 50, "NaN", "Infinity", '"2026-11-20"',
)  # fmt: skip
ODD_TEXTS: tuple[str, ...] = (
    "", " ", "null", "[]", "{}", "0", '"ping"', DEEP, '{"type":' * 5_000, "{" * 5_000, "\u0000",
    '{"type":"ping"} {"type":"ping"}', '{"type":"ping","type":"send"}', '{"type":"Ping"}',
    '{"type":["ping"]}', '{"type":"ping"', "\ufeff" + '{"type":"ping"}', "'ping'", "9" * 60_000,
)  # fmt: skip
ODD_BYTES: tuple[bytes, ...] = (
    b"", b"\x00", b"\xff\xfe", b'{"type":"ping"}', b"\xed\xa0\x80", b"\x80" * 1_000,
)  # fmt: skip

Frame = str | bytes | tuple[bytes, ...]
"""A text; bytes; or what is sent as a text although it may be none, in several pieces."""


def sequence(random: Random, ids: Sequence[str]) -> list[Frame]:
    """One to eight frames; most are nearly right, so that they get further in."""
    return [_frame(random, ids) for _ in range(random.randint(1, 8))]


def _frame(random: Random, ids: Sequence[str]) -> Frame:
    match random.randrange(24):
        case 0:
            return random.choice(ODD_TEXTS)
        case 1:
            return random.choice(ODD_BYTES)
        case 2:
            return (b'{"type":', *random.sample((b'"ping"}', *ODD_BYTES), 2))
        case 3 | 4:
            return _broken(random, _valid(random, ids))
        case 5 if random.random() < 0.1:
            return '{"type":"ping","x":"' + "x" * 65_536 + '"}'
        case _:
            return msgspec.json.encode(_valid(random, ids)).decode()


def _valid(random: Random, ids: Sequence[str]) -> dict[str, Any]:
    frame = {**random.choice(VALID[:-1] if random.random() < 0.9 else VALID)}
    for name in IDS & frame.keys():
        frame[name] = random.choice((*ids, str(UUID(int=random.getrandbits(128), version=4))))
    if "after" in frame:
        frame["after"] = random.choice((0, 0, 1, 10, 2**53))
    return frame


def _broken(random: Random, frame: dict[str, Any]) -> str:
    """One member is odd, missing, or one too many."""
    name = random.choice((*frame, "surprise"))
    members = {one: msgspec.json.encode(value).decode() for one, value in frame.items()}
    if random.random() < 0.2:
        members.pop(name, None)
    else:
        members[name] = random.choice(ODD_VALUES)
    return "{" + ",".join(f'"{one}":{value}' for one, value in members.items()) + "}"
