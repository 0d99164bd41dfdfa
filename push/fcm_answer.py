"""What did FCM mean by this answer?

The error model: https://firebase.google.com/docs/cloud-messaging/error-codes. Whether a device is
forgotten hangs on this page, so the address is blamed only where FCM says so in as many words.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import MappingProxyType

import msgspec

from push.outcome import Accepted, Failure, Outcome, Refused

_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
_ADDRESS_FIELDS = frozenset({"message.token", "message.fid"})

_BY_FCM_CODE: Mapping[str, Failure] = MappingProxyType(
    {
        "UNREGISTERED": Failure.UNREGISTERED,
        "SENDER_ID_MISMATCH": Failure.SENDER_MISMATCH,
        "QUOTA_EXCEEDED": Failure.QUOTA,
        "UNAVAILABLE": Failure.UNAVAILABLE,
        "INTERNAL": Failure.INTERNAL,
        "THIRD_PARTY_AUTH_ERROR": Failure.MISCONFIGURED,
    }
)

_BY_STATUS: Mapping[int, Failure] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: Failure.UNAUTHENTICATED,
        HTTPStatus.FORBIDDEN: Failure.MISCONFIGURED,
        # Without UNREGISTERED: the path is wrong, not the address.
        HTTPStatus.NOT_FOUND: Failure.MISCONFIGURED,
        HTTPStatus.REQUEST_TIMEOUT: Failure.UNAVAILABLE,
        HTTPStatus.TOO_MANY_REQUESTS: Failure.QUOTA,
        HTTPStatus.SERVICE_UNAVAILABLE: Failure.UNAVAILABLE,
    }
)


class _Violation(msgspec.Struct, frozen=True):
    field: str = ""


class _Detail(msgspec.Struct, frozen=True, rename="camel"):
    type: str = msgspec.field(name="@type", default="")
    error_code: str = ""
    field_violations: tuple[_Violation, ...] = ()


class _Error(msgspec.Struct, frozen=True):
    status: str = ""
    details: tuple[_Detail, ...] = ()


class _ErrorBody(msgspec.Struct, frozen=True):
    error: _Error = _Error()


class _Receipt(msgspec.Struct, frozen=True):
    name: str


def read_answer(status: int, retry_after: str | None, body: bytes, now: datetime) -> Outcome:
    """The outcome told by an answer of `messages:send`."""
    if status == HTTPStatus.OK:
        return _read_receipt(body)
    error = _read_error(body)
    return Refused(
        failure=_failure(status, error),
        detail=f"{status} {_code(error) or error.status}".rstrip(),
        retry_after=read_retry_after(retry_after, now),
    )


def read_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The wait of a Retry-After header in either form of RFC 9110 10.2.3; None when unreadable."""
    if value is None:
        return None
    if value.strip().isdecimal():
        # The header is a stranger's: a day bounds what timedelta would overflow on.
        return timedelta(seconds=min(int(value.strip()[:9]), 86_400))
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(at.replace(tzinfo=at.tzinfo or UTC) - now, timedelta())


def _read_receipt(body: bytes) -> Outcome:
    try:
        return Accepted(provider_id=msgspec.json.decode(body, type=_Receipt).name)
    except msgspec.DecodeError:
        # A page of some proxy, perhaps behind a send that worked.
        return Refused(failure=Failure.UNCERTAIN, detail="200 without a message name")


def _read_error(body: bytes) -> _Error:
    try:
        return msgspec.json.decode(body, type=_ErrorBody).error
    except msgspec.DecodeError:
        return _Error()


def _failure(status: int, error: _Error) -> Failure:
    code = _code(error)
    if code in _BY_FCM_CODE:
        return _BY_FCM_CODE[code]
    if code == "INVALID_ARGUMENT" and _blames_address(error):
        return Failure.ADDRESS_INVALID
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _BY_STATUS.get(status, Failure.INTERNAL)
    if status < HTTPStatus.BAD_REQUEST:
        return Failure.MISCONFIGURED
    return _BY_STATUS.get(status, Failure.MESSAGE_INVALID)


def _code(error: _Error) -> str:
    return next((d.error_code for d in error.details if d.type == _FCM_ERROR), "")


def _blames_address(error: _Error) -> bool:
    """FCM's INVALID_ARGUMENT means the address unless fields of the message are named."""
    named = [v for d in error.details if d.type == _BAD_REQUEST for v in d.field_violations]
    return all(violation.field in _ADDRESS_FIELDS for violation in named)
