"""The API's own description: OpenAPI 3.1, with problems, security and discriminators."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from litestar import Litestar, Request, get

from app.api.problem import MEDIA_TYPE, Problem

PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
PUBLIC: list[dict[str, list[str]]] = [{}]
OF_ALL = ("400", "401", "413", "500", "503")
OF_SIGNED_IN = ("403", "404", "409", "422", "429")
SIGNED_IN: list[dict[str, list[str]]] = [{"accessToken": []}]


@get("/openapi.json", include_in_schema=False)
async def openapi(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """The description that the API reference at /docs shows."""
    return description(request.app)


@cache
def description(app: Litestar) -> dict[str, Any]:
    """Litestar's schema, made true where it is not.

    It documents its own error shape instead of ours, knows no security scheme, takes the `...` of
    a `tuple[X, ...]` for a second type, and leaves the discriminator of tagged unions out, without
    which generators guess.
    """
    schema = app.openapi_schema.to_schema()
    components = schema.setdefault("components", {})
    components.setdefault("schemas", {}).update(_problem_schemas())
    components["securitySchemes"] = {
        "accessToken": {
            "type": "http",
            "scheme": "bearer",
            "description": "From POST /v1/sign-in/customer or /v1/sign-in/agent.",
        }
    }
    for operations in schema["paths"].values():
        for operation in operations.values():
            _complete(operation)
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


def _complete(operation: dict[str, Any]) -> None:
    operation.setdefault("security", SIGNED_IN)
    operation["summary"] = operation["description"].partition("\n")[0].rstrip(".")
    if body := operation.get("requestBody"):
        schemas = [one["schema"] for one in body["content"].values()]
        body["required"] = not any({"type": "null"} in one.get("oneOf", ()) for one in schemas)
    problem = {"description": "A problem", "content": {MEDIA_TYPE: {"schema": PROBLEM_REF}}}
    kept = {code: one for code, one in operation["responses"].items() if int(code) < 400}
    kept |= dict.fromkeys(_codes(operation), problem)
    operation["responses"] = kept


def _codes(operation: dict[str, Any]) -> list[str]:
    public = operation["security"] == PUBLIC
    return [*OF_ALL] if public else sorted([*OF_ALL, *OF_SIGNED_IN])


def _without_any(union: dict[str, Any]) -> None:
    """Take out the schema `{}`, which any value fits."""
    named = [one for one in union["oneOf"] if one]
    del union["oneOf"]
    union.update({"oneOf": named} if len(named) > 1 else named[0])


def _refuse_more(body: Any, schemas: dict[str, Any]) -> None:
    """Bodies hold only what is named; all of them are structs that forbid unknown fields."""
    for node in _nodes(body):
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
    return (one for one in _nodes(node) if isinstance(one.get("oneOf"), list))


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, itself included."""
    if isinstance(node, dict):
        yield node
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for one in inner:
        yield from _nodes(one)


def _tag(schema: dict[str, Any]) -> tuple[str, str] | None:
    """The property that has one fixed text, and that text."""
    for name, one in schema.get("properties", {}).items():
        if isinstance(one.get("const"), str):
            return name, one["const"]
        if len(one.get("enum", ())) == 1:
            return name, one["enum"][0]
    return None


ROUTES = [openapi]
