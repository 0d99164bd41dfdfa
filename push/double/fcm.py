"""How does the double answer FCM's messages:send?

https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send
"""

import asyncio
import secrets
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

from push.double.faults import Fault, FaultKind
from push.double.provider import PROVIDER, Provider

_DATA_LIMIT = 4096
_FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"

routes = web.RouteTableDef()


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of a message that a send to one device may have."""

    token: str | None = None
    fid: str | None = None
    data: dict[str, str] = {}
    notification: dict[str, Any] = {}
    android: dict[str, Any] = {}
    apns: dict[str, Any] = {}
    webpush: dict[str, Any] = {}
    fcm_options: dict[str, Any] = {}


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of messages:send."""

    message: Message
    validate_only: bool = False


@routes.post("/v1/projects/{project}/messages:send")
async def send(request: web.Request) -> web.StreamResponse:
    """Take one message for one device."""
    provider = request.app[PROVIDER]
    if (
        request.headers.get("Authorization", "").removeprefix("Bearer ")
        not in provider.access_tokens
    ):
        return error(401, "UNAUTHENTICATED", "the access token is unknown or revoked")
    if request.match_info["project"] != provider.account.info["project_id"]:
        return error(403, "PERMISSION_DENIED", "the service account is of another project")
    raw = await request.read()
    try:
        body = msgspec.json.decode(raw, type=Body)
    except msgspec.DecodeError as problem:
        return bad_field("message", str(problem))
    return await _take(request, provider, body)


async def _take(request: web.Request, provider: Provider, body: Body) -> web.StreamResponse:
    message, token = body.message, body.message.token or body.message.fid or ""
    fault = provider.faults.for_send(token)
    refusal = _refusal_of(fault) or _refusal(provider, message, token)
    told = msgspec.to_builtins(message)
    if refusal is not None:
        provider.sent(token, told, None, refusal.status)
        return refusal
    name = f"projects/{provider.account.info['project_id']}/messages/{secrets.token_hex(8)}"
    if not body.validate_only:
        silent = fault is not None and fault.kind in {FaultKind.CUT, FaultKind.HANG}
        provider.sent(token, told, name, None if silent else HTTPStatus.OK)
    return await _answer(request, name, fault)


def _refusal(provider: Provider, message: Message, token: str) -> web.Response | None:
    """Why FCM itself would not take it."""
    if (message.token is None) == (message.fid is None):
        return bad_field("message", "exactly one of token and fid")
    if sum(len(k.encode()) + len(v.encode()) for k, v in message.data.items()) > _DATA_LIMIT:
        return bad_field("message.data", f"more than {_DATA_LIMIT} bytes")
    phone = provider.phones.get(token)
    if phone is None:
        detail = {"@type": _FCM_ERROR, "errorCode": "INVALID_ARGUMENT"}
        return error(400, "INVALID_ARGUMENT", "not a valid FCM registration token", detail)
    if not phone.installed:
        detail = {"@type": _FCM_ERROR, "errorCode": "UNREGISTERED"}
        return error(404, "NOT_FOUND", "Requested entity was not found.", detail)
    return None


def _refusal_of(fault: Fault | None) -> web.Response | None:
    """The refusal that a fault stands for, where it stands for one."""
    match fault:
        case Fault(kind=FaultKind.QUOTA):
            return _overloaded(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", fault.retry_after)
        case Fault(kind=FaultKind.UNAVAILABLE):
            return _overloaded(503, "UNAVAILABLE", "UNAVAILABLE", fault.retry_after)
        case Fault(kind=FaultKind.INTERNAL):
            return _overloaded(500, "INTERNAL", "INTERNAL", fault.retry_after)
        case _:
            return None


async def _answer(request: web.Request, name: str, fault: Fault | None) -> web.StreamResponse:
    """Tell the sender that the message was taken, as badly as the fault wants it."""
    match fault:
        case Fault(kind=FaultKind.HTML):
            return web.Response(text="<html><p>ok</p></html>", content_type="text/html")
        case Fault(kind=FaultKind.SLOW | FaultKind.HANG, seconds=seconds):
            await asyncio.sleep(seconds)
        case _:
            pass
    if fault is not None and fault.kind in {FaultKind.CUT, FaultKind.HANG} and request.transport:
        request.transport.abort()
    return web.json_response({"name": name})


def _overloaded(code: int, status: str, fcm_code: str, retry_after: str | None) -> web.Response:
    answer = error(code, status, "try later", {"@type": _FCM_ERROR, "errorCode": fcm_code})
    if retry_after is not None:
        answer.headers["Retry-After"] = retry_after
    return answer


def bad_field(field: str, description: str) -> web.Response:
    """400 that blames a field of the message."""
    violations = [{"field": field, "description": description}]
    detail = {"@type": _BAD_REQUEST, "fieldViolations": violations}
    return error(400, "INVALID_ARGUMENT", description, detail)


def error(code: int, status: str, message: str, *details: dict[str, Any]) -> web.Response:
    """An error in the shape of Google's APIs."""
    body = {"code": code, "message": message, "status": status, "details": list(details)}
    return web.json_response({"error": body}, status=code)
