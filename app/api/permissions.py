"""Who may do what: every route and every frame of the live socket, in one table.

The table tells the kinds of callers apart. Whose interaction, run or call it is, the domain checks
where it loads the thing: somebody else's answers as an unknown one.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, get_args

from litestar import Litestar
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import Guard, Scope

from app.api import frames
from app.api.guards import bearer
from app.auth.caller import Caller, WrongRole, caller_of
from app.conversation.people import Customer
from app.store.work import Store


class Role(StrEnum):
    """What a caller is. A customer is nothing else; an agent is what the company says."""

    NOBODY = "nobody"  # no access token
    ANONYMOUS = "anonymous"  # a customer known by the device alone
    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


CUSTOMER = frozenset({Role.CUSTOMER})
AGENT = frozenset({Role.AGENT, Role.SUPERVISOR, Role.ADMIN})
SUPERVISOR = frozenset({Role.SUPERVISOR})
LEAD = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMIN = frozenset({Role.ADMIN})
BOTH = CUSTOMER | AGENT
ANY_CUSTOMER = CUSTOMER | {Role.ANONYMOUS}
"""What somebody who is locked out needs: help, and the way to it. Nothing that reaches others:
an address for notifications, for instance, is taken over from whoever had it.
"""

EVERYBODY = BOTH | {Role.ANONYMOUS}
ANYONE = frozenset(Role)

MAY: dict[str, frozenset[Role]] = {
    "POST /v1/sign-in/customer": ANYONE,
    "POST /v1/sign-in/anonymous": ANYONE,
    "POST /v1/sign-in/agent": ANYONE,
    "POST /v1/sign-in/invitation": ANYONE,
    "DELETE /v1/sign-in": EVERYBODY,
    "GET /v1/me": EVERYBODY,
    "PUT /v1/me/presence": AGENT,
    "GET /v1/me/passkeys": CUSTOMER,
    "POST /v1/me/passkeys/options": CUSTOMER,
    "POST /v1/me/passkeys": CUSTOMER,
    "DELETE /v1/me/passkeys/{id}": CUSTOMER,
    "GET /v1/flows": ANY_CUSTOMER,
    "GET /v1/runs": ANY_CUSTOMER,
    "POST /v1/runs": ANY_CUSTOMER,
    "GET /v1/runs/{id}": ANY_CUSTOMER,
    "POST /v1/runs/{id}/answers": ANY_CUSTOMER,
    "POST /v1/runs/{id}/code": CUSTOMER,
    "POST /v1/runs/{id}/reopen": ANY_CUSTOMER,
    "POST /v1/runs/{id}/resume": ANY_CUSTOMER,
    "POST /v1/runs/{id}/passkey": CUSTOMER,
    "GET /v1/runs/{id}/text": ANY_CUSTOMER,
    "POST /v1/runs/{id}/text": ANY_CUSTOMER,
    "POST /v1/runs/{id}/cancel": ANY_CUSTOMER,
    "GET /v1/help": ANY_CUSTOMER,
    "POST /v1/help": ANY_CUSTOMER,
    "GET /v1/interactions/{id}": EVERYBODY,
    "POST /v1/interactions/{id}/accept": AGENT,
    "POST /v1/interactions/{id}/decline": AGENT,
    "POST /v1/interactions/{id}/cancel": ANY_CUSTOMER,
    "POST /v1/interactions/{id}/channel": EVERYBODY,
    "POST /v1/interactions/{id}/pause": EVERYBODY,
    "POST /v1/interactions/{id}/resume": ANY_CUSTOMER,
    "POST /v1/interactions/{id}/notify": CUSTOMER,
    "POST /v1/interactions/{id}/callback": AGENT,
    "POST /v1/interactions/{id}/notes": AGENT,
    "POST /v1/interactions/{id}/hand-back": AGENT,
    "POST /v1/interactions/{id}/close": AGENT,
    "POST /v1/interactions/{id}/keep-open": EVERYBODY,
    "POST /v1/interactions/{id}/end": EVERYBODY,
    "POST /v1/interactions/{id}/wrap-up": AGENT,
    "POST /v1/interactions/{id}/rating": ANY_CUSTOMER,
    "GET /v1/interactions/{id}/context": AGENT,
    "GET /v1/interactions/{id}/run": AGENT,
    "POST /v1/interactions/{id}/transfer": AGENT,
    "POST /v1/interactions/{id}/take-over": SUPERVISOR,
    "POST /v1/interactions/{id}/participants": AGENT,
    "POST /v1/interactions/{id}/approvals": AGENT,
    "GET /v1/approvals/{id}": CUSTOMER,
    "POST /v1/approvals/{id}/passkey": CUSTOMER,
    "POST /v1/approvals/{id}/code": CUSTOMER,
    "POST /v1/approvals/{id}/give-by-passkey": CUSTOMER,
    "POST /v1/approvals/{id}/give-by-code": CUSTOMER,
    "POST /v1/approvals/{id}/decline": CUSTOMER,
    "POST /v1/participants/{id}/accept": AGENT,
    "POST /v1/participants/{id}/decline": AGENT,
    "POST /v1/participants/{id}/leave": AGENT,
    "POST /v1/participants/{id}/hand-over": AGENT,
    "GET /v1/transfer-targets": AGENT,
    "POST /v1/callbacks": CUSTOMER,
    # An agent may have promised one to somebody locked out.
    "POST /v1/callbacks/{id}/move": ANY_CUSTOMER,
    "POST /v1/callbacks/{id}/cancel": ANY_CUSTOMER,
    "POST /v1/callbacks/{id}/again": ANY_CUSTOMER,
    "GET /v1/dispositions": AGENT,
    "GET /v1/canned-replies": AGENT,
    "GET /v1/customers/{id}/history": AGENT,
    "GET /v1/customers/{id}/facts": AGENT,
    "GET /v1/conversations/{id}/events": EVERYBODY,
    "POST /v1/conversations/{id}/messages": EVERYBODY,
    "PUT /v1/conversations/{id}/messages/{seq}": EVERYBODY,
    "DELETE /v1/conversations/{id}/messages/{seq}": EVERYBODY,
    "POST /v1/conversations/{id}/asks": AGENT,
    "POST /v1/conversations/{id}/asks/{seq}/answer": ANY_CUSTOMER,
    "PUT /v1/conversations/{id}/seen": EVERYBODY,
    "POST /v1/conversations/{id}/files": EVERYBODY,
    "GET /v1/files/{id}": EVERYBODY,
    "GET /v1/handed-files/{token}": ANYONE,  # the token lets in
    "POST /v1/calls/{id}/offer": ANY_CUSTOMER,
    "POST /v1/calls/{id}/answer": AGENT,
    "POST /v1/calls/{id}/replace": EVERYBODY,
    "POST /v1/calls/{id}/media": EVERYBODY,
    "POST /v1/calls/{id}/end": EVERYBODY,
    "POST /v1/devices": CUSTOMER,
    "GET /v1/notifications/{id}": CUSTOMER,
    "POST /v1/notifications/{id}/receipt": CUSTOMER,
    "GET /v1/admin/skills": LEAD,
    "GET /v1/admin/skills/{name}": LEAD,
    "PUT /v1/admin/skills/{name}": ADMIN,
    "DELETE /v1/admin/skills/{name}": ADMIN,
    "GET /v1/admin/calendars": LEAD,
    "GET /v1/admin/calendars/{name}": LEAD,
    "PUT /v1/admin/calendars/{name}": ADMIN,
    "DELETE /v1/admin/calendars/{name}": ADMIN,
    "GET /v1/admin/queues": LEAD,
    "GET /v1/admin/queues/{name}": LEAD,
    "PUT /v1/admin/queues/{name}": ADMIN,
    "DELETE /v1/admin/queues/{name}": ADMIN,
    "GET /v1/admin/agents": LEAD,
    "GET /v1/admin/agents/{name}": LEAD,
    "PUT /v1/admin/agents/{name}": ADMIN,
    "DELETE /v1/admin/agents/{name}": ADMIN,
    "GET /v1/admin/dispositions": LEAD,
    "GET /v1/admin/dispositions/{name}": LEAD,
    "PUT /v1/admin/dispositions/{name}": ADMIN,
    "DELETE /v1/admin/dispositions/{name}": ADMIN,
    "GET /v1/admin/canned-replies": LEAD,
    "GET /v1/admin/canned-replies/{name}": LEAD,
    "PUT /v1/admin/canned-replies/{name}": LEAD,
    "DELETE /v1/admin/canned-replies/{name}": LEAD,
    "PUT /v1/admin/agents/{name}/invitation": ADMIN,
    "GET /v1/admin/company": LEAD,
    "POST /v1/admin/company/plan": ADMIN,
    "PUT /v1/admin/company": ADMIN,
    "GET /v1/admin/audit": ADMIN,
    "GET /v1/admin/repeated-questions": LEAD,
    "GET /v1/admin/insight/flows": LEAD,
    "GET /v1/admin/insight/flows/{flow}": LEAD,
    "GET /health/live": ANYONE,
    "GET /health/ready": ANYONE,
    "GET /v1/client-config": ANYONE,
    "GET /openapi.json": ANYONE,
    "GET /asyncapi.json": ANYONE,
    "GET /schema": ANYONE,
    "GET /schema/{path}": ANYONE,
    "GET /schema/openapi.json": ANYONE,
    # The built pages: they hold nothing of anybody.
    "GET /phone": ANYONE,
    "GET /phone/{file_path}": ANYONE,
    "GET /phone/assets/{file_path}": ANYONE,
    "GET /desk": ANYONE,
    "GET /desk/{file_path}": ANYONE,
    "GET /desk/assets/{file_path}": ANYONE,
    "GET /docs": ANYONE,
    "GET /docs/{file_path}": ANYONE,
    "GET /docs/assets/{file_path}": ANYONE,
    # The demo's bank and push double behind the server's own origin (`--https`).
    "GET /demo/bank/{path}": ANYONE,
    "POST /demo/bank/{path}": ANYONE,
    "DELETE /demo/bank/{path}": ANYONE,
    "GET /demo/push/{path}": ANYONE,
    "POST /demo/push/{path}": ANYONE,
    "DELETE /demo/push/{path}": ANYONE,
    # Anyone may open the socket, since a browser sends no token with that; hello says who it is.
    "GET /v1/live": ANYONE,
    "live hello": EVERYBODY,
    "live send": EVERYBODY,
    "live watch": AGENT,
    "live unwatch": AGENT,
    "live sync": EVERYBODY,
    "live got": EVERYBODY,
    "live seen": EVERYBODY,
    "live typing": EVERYBODY,
    "live context": ANY_CUSTOMER,
    "live ping": EVERYBODY,
}

HANDED = {"customer": ANY_CUSTOMER, "agent": AGENT, "caller": EVERYBODY}
"""What a handler may ask for by name -> whom it then gets."""


class BadTable(Exception):
    """The application does not start: a route or a frame and the table do not fit."""


def enforced(store: Store) -> Guard:
    """Lets those through whom the table allows; `request.user` says who it is."""

    async def permit(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        operation = operation_of(connection.scope)
        if Role.NOBODY in MAY[operation]:
            return
        async with store.read() as work:
            who = await caller_of(work, bearer(connection))
        must_be_allowed(who, operation)
        connection.scope["user"] = who

    return permit


def must_be_allowed(who: Caller, operation: str) -> None:
    """Raises WrongRole."""
    allowed = MAY[operation]
    if not roles_of(who) & allowed:
        raise WrongRole([role for role in Role if role in allowed])


def roles_of(who: Caller) -> frozenset[Role]:
    if isinstance(who, Customer):
        return frozenset({Role.ANONYMOUS}) if who.anonymous else CUSTOMER
    return AGENT.intersection(who.roles)


def operation_of(scope: Scope) -> str:
    """As the table names it. HEAD is GET without the body."""
    method = scope.get("method", "GET")  # the live socket has none: it is an upgraded GET
    return f"{'GET' if method == 'HEAD' else method} {scope['path_template']}"


def frame_operation(kind: type[frames.Incoming]) -> str:
    return f"live {kind.__struct_config__.tag}"


def check(app: Litestar) -> None:
    """Raises BadTable where somebody could get at something without the table's leave."""
    served = dict(operations(app))
    left_out = sorted((served.keys() | set(live_operations())) - MAY.keys())
    if left_out:
        raise BadTable(f"app/api/permissions.py does not say who may: {', '.join(left_out)}")
    for operation, handler in served.items():
        for name in HANDED.keys() & handler.parsed_fn_signature.parameters.keys():
            if not MAY[operation] <= HANDED[name]:
                raise BadTable(f"{operation} is for more than the `{name}` that its handler wants")


def operations(app: Litestar) -> Iterator[tuple[str, BaseRouteHandler]]:
    """Everything that is served; OPTIONS only tells the methods."""
    for route in app.routes:
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else (route.route_handler,)
        for handler in handlers:
            methods = handler.http_methods if isinstance(handler, HTTPRouteHandler) else {"GET"}
            for method in methods - {"OPTIONS", "HEAD"}:
                yield f"{method} {route.path_format}", handler


def live_operations() -> list[str]:
    return [frame_operation(kind) for kind in get_args(frames.ClientFrame)]
