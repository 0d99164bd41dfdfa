"""One example of each frame of the live socket, of the example bank; `type` is added to it."""

from typing import Any

from msgspec import Struct

from app.api import frames

CONVERSATION = "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d11"
CMID = "01936f31-0b2e-7c44-8d1f-5b8f2a9c7e03"
MAYA = {"id": "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d12", "name": "Maya Brandt"}
INES = {"id": "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d13", "name": "Ines"}
NOW = "2026-11-20T09:43:00Z"

ME: dict[str, Any] = {
    "kind": "customer",
    "customer": {**MAYA, "language": "en", "verified": True},
    "conversation_id": CONVERSATION,
    "interaction": None,
    "call": None,
    "callbacks": [],
    "runs": [],
    "notifications": [],
}

REFUSED = {
    "type": "/problems/not-allowed-now",
    "title": "Not possible now",
    "status": 409,
    "detail": "cannot write: nobody is asked for help",
    "request_id": "",
}

UNKNOWN = {
    "type": "/problems/not-found",
    "title": "Not found",
    "status": 404,
    "detail": "no such conversation",
    "request_id": "",
}

EXAMPLES: dict[type[Struct], dict[str, Any]] = {
    frames.Hello: {"token": "wl_7f3c9a", "cursors": {CONVERSATION: 41}, "caps": []},
    frames.Send: {"cmid": CMID, "conversation_id": CONVERSATION, "text": "I have both here"},
    frames.Watch: {"conversation_id": CONVERSATION, "after": 0},
    frames.Unwatch: {"conversation_id": CONVERSATION},
    frames.Sync: {"conversation_id": CONVERSATION, "after": 41},
    frames.Got: {"conversation_id": CONVERSATION, "upto": 42},
    frames.Seen: {"conversation_id": CONVERSATION, "upto": 42},
    frames.Typing: {"conversation_id": CONVERSATION},
    frames.Context: {
        "patch": {"screen": "card.digits", "errors": None},
        "actions": [{"at": "2026-11-20T09:30:00Z", "name": "answer", "detail": {"step": "digits"}}],
        "whole": False,
    },
    frames.Ping: {},
    frames.Welcome: {
        "epoch": "01936f00-0000-7000-8000-000000000001",
        "now": NOW,
        "heads": {CONVERSATION: 42},
        "me": ME,
    },
    frames.EventFrame: {
        "conversation_id": CONVERSATION,
        "seq": 42,
        "prev": 41,
        "kind": "message",
        "actor": {"kind": "agent", **INES},
        "body": {"text": "Is the old card on the table too?"},
        "at": NOW,
        "cmid": CMID,
    },
    frames.Tail: {"conversation_id": CONVERSATION, "upto": 42},
    frames.MarksFrame: {
        "conversation_id": CONVERSATION,
        "customer": {"delivered": 42, "seen": 41, "seen_at": NOW},
        "agent": {"delivered": 42, "seen": 42, "seen_at": NOW},
    },
    frames.Ack: {
        "cmid": CMID,
        "conversation_id": CONVERSATION,
        "seq": 43,
        "prev": 42,
        "at": NOW,
    },
    frames.Refused: {"cmid": CMID, "problem": REFUSED},
    frames.MeFrame: {"me": ME},
    frames.PlaceFrame: {
        "interaction_id": CMID,
        "place": 2,
        "wait": {"p50_s": 55, "p90_s": 110},
        "nobody_there": False,
        "now": NOW,
    },
    frames.ContextFrame: {
        "conversation_id": CONVERSATION,
        "whole": False,
        "patch": {"screen": "card.digits", "errors": None},
        "actions": [],
    },
    frames.TeamFrame: {
        "queue": [],
        "waiting": 0,
        "team": [{**INES, "state": "available"}],
        "floor": [],
    },
    frames.TypingFrame: {"conversation_id": CONVERSATION, "actor": {"kind": "agent", **INES}},
    frames.Pong: {"now": NOW},
    frames.GoAway: {"after_ms": 1200},
    frames.ErrorFrame: {"problem": UNKNOWN},
}
