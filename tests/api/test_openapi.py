"""Is the API's own description valid OpenAPI 3.1, and does it say everything?

That requests and answers fit it is checked by every other test of the API (tests/api/company.py).
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from tests.api.company import Company
from tests.api.wire_schema import resolved

METHODS = {"get", "put", "post", "delete", "patch"}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        assert item.keys() <= METHODS, path
        for method, operation in item.items():
            yield f"{method} {path}", operation


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(one)


async def test_it_is_served_as_it_is(company: Company) -> None:
    document = await company.nobody.read("/openapi.json")
    assert document == msgspec.json.decode(msgspec.json.encode(company.document))
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"] == "Warmline"


async def test_every_reference_leads_somewhere(server: Company) -> None:
    refs = [node["$ref"] for node in nodes(server.document) if isinstance(node.get("$ref"), str)]
    assert len(refs) > 100
    for ref in refs:
        assert resolved(ref, server.document)


async def test_operations_are_named_once_and_explained(server: Company) -> None:
    found = dict(operations(server.document))
    ids = [one["operationId"] for one in found.values()]
    assert len(set(ids)) == len(ids)
    for name, one in found.items():
        assert one["summary"].count(" ") >= 1, name
        assert one["tags"], name


async def test_every_operation_says_who_may_and_what_may_go_wrong(server: Company) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for name, one in operations(server.document):
        assert one["security"] in ([{}], [{"accessToken": []}]), name
        codes = one["responses"]
        assert any(code.startswith("2") for code in codes), name
        assert {"400", "401", "413", "500"} <= codes.keys(), name
        for code, response in codes.items():
            assert response["description"]
            assert code < "400" or response["content"] == problem, name
    assert server.document["components"]["securitySchemes"]["accessToken"]["scheme"] == "bearer"


async def test_parameters_stand_for_what_the_path_names(server: Company) -> None:
    for path, item in server.document["paths"].items():
        named = {part[1:-1] for part in path.split("/") if part.startswith("{")}
        for one in item.values():
            given = one.get("parameters", [])
            in_path = {p["name"] for p in given if p["in"] == "path"}
            assert in_path == named, path
            assert all(p["required"] for p in given if p["in"] == "path")
            assert all("schema" in p for p in given)


async def test_the_limits_of_queries_are_told(server: Company) -> None:
    events = server.document["paths"]["/v1/conversations/{id}/events"]["get"]
    limit = next(p["schema"] for p in events["parameters"] if p["name"] == "limit")
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 500, 200)


async def test_bodies_refuse_what_they_do_not_know(server: Company) -> None:
    bodies = [
        one["requestBody"]["content"]
        for _, one in operations(server.document)
        if "requestBody" in one and one["operationId"] != "uploadFile"
    ]
    assert len(bodies) > 15
    for body in bodies:
        schema = body["application/json"]["schema"]
        schema = next((one for one in schema.get("oneOf", ()) if "$ref" in one), schema)
        assert resolved(schema["$ref"], server.document)["additionalProperties"] is False


async def test_tagged_unions_say_how_they_are_told_apart(server: Company) -> None:
    unions = [
        node
        for node in nodes(server.document)
        if len([one for one in node.get("oneOf", ()) if "$ref" in one]) > 1
    ]
    assert len(unions) >= 2
    for union in unions:
        name, mapping = union["discriminator"]["propertyName"], union["discriminator"]["mapping"]
        for tag, ref in mapping.items():
            schema = resolved(ref, server.document)
            assert schema["properties"][name].get("const", schema["properties"][name].get("enum"))
            assert name in schema["required"]
            assert tag
        assert sorted(mapping.values()) == sorted(one["$ref"] for one in union["oneOf"])
