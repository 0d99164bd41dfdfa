"""Does what goes over the wire fit the OpenAPI document?

A validator of the part of JSON Schema 2020-12 that the document uses. A keyword that it does not
know fails, so that nothing in the document goes unchecked.
"""

import re
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float),
    "integer": (int,),
    "null": (type(None),),
}
SAYS_NOTHING = {
    "title", "description", "default", "examples", "discriminator", "contentEncoding",
}  # fmt: skip
OF_ONE_TYPE = {
    "properties", "required", "additionalProperties", "propertyNames", "items", "format",
}  # fmt: skip
PROBLEM = {"$ref": "#/components/schemas/Problem"}


class Misfit(AssertionError):
    """A value does not fit; says where."""


def check(value: Any, schema: Any, document: dict[str, Any], place: str = "$") -> None:
    """Raises Misfit."""
    for keyword, wanted in schema.items():
        if not _fits(keyword, wanted, value, schema, document, place):
            raise Misfit(f"{place}: {value!r} does not fit {keyword}: {wanted!r}")


def _fits(
    keyword: str, wanted: Any, value: Any, schema: Any, document: dict[str, Any], place: str
) -> bool:
    match keyword:
        case "$ref":
            check(value, resolved(wanted, document), document, place)
        case "type":
            return any(
                _is(value, one) for one in (wanted if isinstance(wanted, list) else [wanted])
            )
        case "enum":
            return value in wanted
        case "const":
            return bool(value == wanted)
        case "oneOf":
            return sum(fits(value, one, document) for one in wanted) == 1
        case "anyOf":
            return any(fits(value, one, document) for one in wanted)
        case "properties" if isinstance(value, dict):
            for name in wanted.keys() & value.keys():
                check(value[name], wanted[name], document, f"{place}.{name}")
        case "required" if isinstance(value, dict):
            return set(wanted) <= value.keys()
        case "additionalProperties" if isinstance(value, dict):
            for name in value.keys() - schema.get("properties", {}).keys():
                if wanted is False:
                    return False
                check(value[name], {} if wanted is True else wanted, document, f"{place}.{name}")
        case "propertyNames" if isinstance(value, dict):
            for name in value:
                check(name, wanted, document, f"{place} name")
        case "items" if isinstance(value, list):
            for at, one in enumerate(value):
                check(one, {} if wanted is True else wanted, document, f"{place}[{at}]")
        case "minLength" | "minItems" | "minProperties":
            return not isinstance(value, str | list | dict) or len(value) >= wanted
        case "maxLength" | "maxItems" | "maxProperties":
            return not isinstance(value, str | list | dict) or len(value) <= wanted
        case "pattern":
            return not isinstance(value, str) or re.search(wanted, value) is not None
        case "minimum":
            return not isinstance(value, int | float) or value >= wanted
        case "maximum":
            return not isinstance(value, int | float) or value <= wanted
        case "exclusiveMaximum":
            return not isinstance(value, int | float) or value < wanted
        case "format" if isinstance(value, str):
            return _has_format(value, wanted)
        case (
            "properties"
            | "required"
            | "additionalProperties"
            | "propertyNames"
            | "items"
            | "format"
        ):
            return True  # of another type
        case _ if keyword not in SAYS_NOTHING:
            raise Misfit(f"{place}: the document uses {keyword}, which nobody checks")
    return True


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, TYPES[name])


def _has_format(value: str, name: str) -> bool:
    try:
        match name:
            case "uuid":
                return str(UUID(value)) == value
            case "date":
                return date.fromisoformat(value).isoformat() == value
            case "date-time":
                return datetime.fromisoformat(value).tzinfo is not None and value.endswith("Z")
    except ValueError:
        return False
    raise Misfit(f"the document uses format {name}, which nobody checks")


def fits(value: Any, schema: Any, document: dict[str, Any]) -> bool:
    try:
        check(value, schema, document)
    except Misfit:
        return False
    return True


def resolved(ref: str, document: dict[str, Any]) -> Any:
    found: Any = document
    for part in ref.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return found


def operation_of(document: dict[str, Any], method: str, path: str) -> dict[str, Any] | None:
    """The operation that a path belongs to; None where the document has none."""
    bare = path.partition("?")[0]
    for template, operations in document["paths"].items():
        pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, bare) and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            return found
    return None


def conforms(document: dict[str, Any], answer: httpx.Response) -> None:
    """The answer to a request, and the request where it was accepted, fit the document."""
    request = answer.request
    operation = operation_of(document, request.method, request.url.path)
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code >= 400:
        assert kind == "application/problem+json", (answer.status_code, answer.text)
        check(answer.json(), PROBLEM, document)
        assert answer.json()["status"] == answer.status_code
    if operation is None:
        return
    responses = operation["responses"]
    assert str(answer.status_code) in responses, f"{answer.status_code} is not documented"
    if answer.status_code < 400 and answer.content:
        content = responses[str(answer.status_code)]["content"][kind]
        if content:  # of files nothing more is known than their type
            check(answer.json(), content["schema"], document)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if answer.status_code < 400 and request.content and body:
        schema = body["schema"]
        check(httpx.Response(200, content=request.content).json(), schema, document, "request")
