"""Is each answer of FCM understood, and no device blamed without cause?"""

import json
from datetime import timedelta
from typing import Any

import pytest

from push.fcm_answer import read_answer, read_retry_after
from push.outcome import Accepted, Failure, Refused
from tests.unit.push.samples import NOON

FCM = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"


def body(status: str, *details: dict[str, Any]) -> bytes:
    return json.dumps({"error": {"code": 0, "status": status, "details": details}}).encode()


def fcm(code: str) -> dict[str, Any]:
    return {"@type": FCM, "errorCode": code}


def blames(*fields: str) -> dict[str, Any]:
    return {"@type": BAD_REQUEST, "fieldViolations": [{"field": f} for f in fields]}


ANSWERS = [
    (404, body("NOT_FOUND", fcm("UNREGISTERED")), Failure.UNREGISTERED),
    (404, body("NOT_FOUND"), Failure.MISCONFIGURED),
    (404, b"<html>no such page", Failure.MISCONFIGURED),
    (400, body("INVALID_ARGUMENT", fcm("INVALID_ARGUMENT")), Failure.ADDRESS_INVALID),
    (
        400,
        body("INVALID_ARGUMENT", fcm("INVALID_ARGUMENT"), blames("message.token")),
        Failure.ADDRESS_INVALID,
    ),
    (
        400,
        body("INVALID_ARGUMENT", fcm("INVALID_ARGUMENT"), blames("message.data[0].value")),
        Failure.MESSAGE_INVALID,
    ),
    (400, body("INVALID_ARGUMENT", blames("message.data")), Failure.MESSAGE_INVALID),
    (400, body("INVALID_ARGUMENT"), Failure.MESSAGE_INVALID),
    (400, b'{"error": "invalid_grant"}', Failure.MESSAGE_INVALID),
    (400, b'{"error": {"details": [{"@type": 7}]}}', Failure.MESSAGE_INVALID),
    (401, body("UNAUTHENTICATED"), Failure.UNAUTHENTICATED),
    (401, body("UNAUTHENTICATED", fcm("THIRD_PARTY_AUTH_ERROR")), Failure.MISCONFIGURED),
    (403, body("PERMISSION_DENIED", fcm("SENDER_ID_MISMATCH")), Failure.SENDER_MISMATCH),
    (403, body("PERMISSION_DENIED"), Failure.MISCONFIGURED),
    (413, b"", Failure.MESSAGE_INVALID),
    (429, body("RESOURCE_EXHAUSTED", fcm("QUOTA_EXCEEDED")), Failure.QUOTA),
    (429, b"", Failure.QUOTA),
    (500, body("INTERNAL", fcm("INTERNAL")), Failure.INTERNAL),
    (500, b"", Failure.INTERNAL),
    (502, b"<html>", Failure.INTERNAL),
    (503, body("UNAVAILABLE", fcm("UNAVAILABLE")), Failure.UNAVAILABLE),
    (503, b"", Failure.UNAVAILABLE),
    (302, b"", Failure.MISCONFIGURED),
    (200, b"<html>", Failure.UNCERTAIN),
    (200, b"{}", Failure.UNCERTAIN),
    (200, b'{"name": 3}', Failure.UNCERTAIN),
]


@pytest.mark.parametrize(("status", "content", "failure"), ANSWERS)
def test_a_refusal_is_understood(status: int, content: bytes, failure: Failure) -> None:
    outcome = read_answer(status, None, content, NOON)
    assert isinstance(outcome, Refused)
    assert outcome.failure is failure
    assert str(status) in outcome.detail


def test_an_accepted_message_has_a_name() -> None:
    outcome = read_answer(200, None, b'{"name": "projects/p/messages/1"}', NOON)
    assert outcome == Accepted(provider_id="projects/p/messages/1")


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("7", timedelta(seconds=7)),
        (" 7 ", timedelta(seconds=7)),
        ("99999999999999999999", timedelta(days=1)),
        ("Sun, 01 Mar 2026 12:00:09 GMT", timedelta(seconds=9)),
        ("Sun, 01 Mar 2026 11:59:00 GMT", timedelta()),
        ("soon", None),
        ("-3", None),
        ("", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, wait: timedelta | None) -> None:
    assert read_retry_after(header, NOON) == wait


def test_the_wish_to_wait_is_passed_on() -> None:
    outcome = read_answer(429, "7", b"", NOON)
    assert isinstance(outcome, Refused)
    assert outcome.retry_after == timedelta(seconds=7)
