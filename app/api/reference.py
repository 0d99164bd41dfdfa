"""The API's own description: OpenAPI 3.1, with problems, security and discriminators."""

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from http import HTTPStatus
from typing import Any

from litestar import Litestar, Request, get
from litestar.openapi.plugins import JsonRenderPlugin
from msgspec import to_builtins

from app.api.permissions import MAY, Role
from app.api.problem import MEDIA_TYPE, Problem
from app.api.schema import nodes
from app.conversation.files import EXTENSIONS

PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
PUBLIC: list[dict[str, list[str]]] = [{}]
OF_ALL = ("400", "401", "413", "500", "503")
OF_SIGNED_IN = ("403", "404", "409", "422", "429")
OF_VERSIONED = ("412",)
OF_PUBLIC = {
    "fetchFile": ("404",),
    "signInAnonymous": ("429",),
    "signInAgent": ("429",),
    "acceptInvitation": ("409",),  # overtaken each time by others who change the set-up
}
SIGNED_IN: list[dict[str, list[str]]] = [{"accessToken": []}]

ABOUT = """Self-service in a company's app, with a warm line to a person.

Sign in first, then send `Authorization: Bearer <access_token>`. Times are ISO 8601 in UTC, ids are
UUIDs, errors are `application/problem+json` (RFC 9457). What changes while a page is open comes by
the WebSocket `/v1/live`, which `/asyncapi.json` describes.
"""

TAGS = {
    "sign-in": "Customers come with a token of the company's own back end, or without one if "
    "they are locked out; agents with a password.",
    "self-service": "Flows, runs and screens: what a customer does alone.",
    "help": "Asking for a human, from the waits to the rating.",
    "interactions": "One request for a human, as both of its sides see it.",
    "conversation": "The timeline, for apps that have no socket open.",
    "calls": "Voice and video: channel, descriptions, new legs, mute.",
    "desk": "What an agent does: offers, context, notes, hand-back, wrap-up.",
    "people": "What callers see of themselves, and an agent's presence.",
    "push": "Devices, and notifications fetched by their id.",
    "admin": "Setting the company up as company.yaml does, in parts or whole; counts for leads.",
    "health": "Is it alive, and what does the demo's phone need to know?",
}
"""Tag -> what its operations are for, in the order in which an app meets them."""

ANY_BYTES: dict[str, Any] = {"required": True, "content": {"application/octet-stream": {}}}
"""The body of an upload: Litestar knows none where a handler reads it piece by piece."""

EXAMPLES: dict[str, dict[str, Any]] = {
    "signInAgent": {"email": "ines@bank.example", "password": "warmline"},
    "startRun": {"flow": "activate_debit_card", "inputs": {"card_id": "maya-debit"}},
    "answerStep": {
        "rev": 2,
        "step": "ask_digits",
        "values": {"last4": "4417", "expiry": "11/30"},
    },
    "askForHelp": {
        "channel": "video",
        "run_id": "01936f2e-6c1c-7a51-9a6e-2f6a1c0e4d11",
        "app_state": {"screen": "activate_debit_card", "errors": ["DIGITS_MISMATCH"]},
        "actions": [{"at": "2026-11-20T09:30:00Z", "name": "answer", "detail": {"step": "digits"}}],
    },
    "changeChannel": {"channel": "voice"},
    "wrapUp": {"disposition": "solved_together", "note": "Had typed the old card's digits."},
    "rateInteraction": {"score": 5, "text": "Quick, and I did not have to explain anything."},
}
"""Operation -> a body that it takes; the values are those of the example bank."""


@get("/openapi.json", include_in_schema=False)
async def openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The description that the API reference at /docs shows."""
    return description(request.app)


class Described(JsonRenderPlugin):
    """The same at Litestar's own address, instead of its pages that load scripts from elsewhere."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return self.render_json(request, description(request.app))


@cache
def description(app: Litestar) -> dict[str, Any]:
    """Litestar's schema, made true where it is not.

    It documents its own error shape instead of ours, knows no security scheme, takes the `...` of
    a `tuple[X, ...]` for a second type, and leaves the discriminator of tagged unions out, without
    which generators guess.
    """
    schema: dict[str, Any] = to_builtins(app.openapi_schema.to_schema())  # defaults are structs
    schema["info"] |= {"description": ABOUT, "license": {"name": "Apache-2.0"}}
    schema["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {}).update(_problem_schemas())
    components["securitySchemes"] = {
        "accessToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "From POST /v1/sign-in/customer or /v1/sign-in/agent.",
        }
    }
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            _complete(operation, f"{method.upper()} {path}")
    for node in _unions(schema):
        _without_any(node)
    for operations in schema["paths"].values():
        for operation in operations.values():
            _refuse_more(operation.get("requestBody"), schema["components"]["schemas"])
    _add_discriminators(schema)
    return schema


def _problem_schemas() -> dict[str, Any]:
    from msgspec.json import schema_components

    _, schemas = schema_components([Problem], ref_template="#/components/schemas/{name}")
    return schemas


def _complete(operation: dict[str, Any], name: str) -> None:
    operation["security"] = PUBLIC if Role.NOBODY in MAY[name] else SIGNED_IN
    operation["summary"] = _words(operation["operationId"])
    if operation["operationId"] == "uploadFile":
        operation["requestBody"] = deepcopy(ANY_BYTES)
    elif body := operation.get("requestBody"):
        schemas = [one["schema"] for one in body["content"].values()]
        body["required"] = not any({"type": "null"} in one.get("oneOf", ()) for one in schemas)
        if example := EXAMPLES.get(operation["operationId"]):
            body["content"]["application/json"]["example"] = example
    if operation["operationId"] in {"getFile", "fetchFile"}:
        operation["responses"]["200"]["content"] = {kind: {} for kind in EXTENSIONS}
    problem = {"description": "A problem", "content": {MEDIA_TYPE: {"schema": PROBLEM_REF}}}
    kept = {code: one for code, one in operation["responses"].items() if int(code) < 400}
    for code, one in kept.items():
        one["description"] = HTTPStatus(int(code)).phrase
    kept |= dict.fromkeys(_codes(operation), problem)
    operation["responses"] = kept


def _words(operation_id: str) -> str:
    """`askForHelp` -> `Ask for help`."""
    return re.sub("[A-Z]", lambda letter: f" {letter[0].lower()}", operation_id).capitalize()


def _codes(operation: dict[str, Any]) -> list[str]:
    if operation["security"] == PUBLIC:
        return sorted([*OF_ALL, *OF_PUBLIC.get(operation["operationId"], ())])
    versioned = any(one["name"] == "If-Match" for one in operation.get("parameters", ()))
    return sorted([*OF_ALL, *OF_SIGNED_IN, *(OF_VERSIONED if versioned else ())])


def _without_any(union: dict[str, Any]) -> None:
    """Take out the schema `{}`, which any value fits."""
    named = [one for one in union["oneOf"] if one]
    del union["oneOf"]
    union.update({"oneOf": named} if len(named) > 1 else named[0])


def _refuse_more(body: Any, schemas: dict[str, Any]) -> None:
    """Bodies hold only what is named; all of them are structs that forbid unknown fields."""
    for node in nodes(body):
        name = str(node.get("$ref", "")).rsplit("/", 1)[-1]
        if "properties" in schemas.get(name, ()) and "additionalProperties" not in schemas[name]:
            schemas[name]["additionalProperties"] = False
            _refuse_more(schemas[name], schemas)


def _add_discriminators(schema: dict[str, Any]) -> None:
    """Every `oneOf` of schemas that are told apart by one constant property says by which."""
    schemas = schema["components"]["schemas"]
    for node in _unions(schema):
        refs = [one.get("$ref", "") for one in node["oneOf"]]
        tags = [_tag(schemas.get(ref.rsplit("/", 1)[-1], {})) for ref in refs]
        names = {tag[0] for tag in tags if tag}
        if all(tags) and len(names) == 1:
            mapping = {tag[1]: ref for tag, ref in zip(tags, refs, strict=True) if tag}
            node["discriminator"] = {"propertyName": names.pop(), "mapping": mapping}


def _unions(node: Any) -> Iterator[dict[str, Any]]:
    return (one for one in nodes(node) if isinstance(one.get("oneOf"), list))


def _tag(schema: dict[str, Any]) -> tuple[str, str] | None:
    """The property that has one fixed text, and that text."""
    for name, one in schema.get("properties", {}).items():
        if isinstance(one.get("const"), str):
            return name, one["const"]
        if len(one.get("enum", ())) == 1:
            return name, one["enum"][0]
    return None


ROUTES = [openapi]
