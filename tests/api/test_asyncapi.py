"""Is the live socket's description valid AsyncAPI 3, complete, and true?

That frames fit it is checked by every other test of the live socket (tests/api/live_client.py).
"""

from typing import Any, get_args

import jsonschema_rs
import msgspec
import pytest

from app.api import frames
from app.api.live_examples import EXAMPLES
from app.api.live_reference import CLOSE_CODES, description
from app.api.permissions import MAY, frame_operation
from tests.api.company import Company
from tests.api.test_openapi import nodes
from tests.api.wire_schema import check, resolved
from tests.docs.pages import ROOT, page, rows, section

SPECIFICATION = ROOT / "web/node_modules/@asyncapi/specs/schemas/3.0.0.json"
INCOMING, OUTGOING = get_args(frames.ClientFrame), get_args(frames.ServerFrame)


async def test_what_is_served_is_valid(server: Company) -> None:
    served = await server.nobody.read("/asyncapi.json")
    specification = msgspec.json.decode(SPECIFICATION.read_bytes())
    jsonschema_rs.validator_for(specification).validate(served)
    this = served["servers"]["this"]
    assert (this["protocol"], f"http://{this['host']}") == ("ws", server.url)


def test_a_document_that_is_not_valid_is_noticed() -> None:
    specification = msgspec.json.decode(SPECIFICATION.read_bytes())
    with pytest.raises(jsonschema_rs.ValidationError):
        jsonschema_rs.validator_for(specification).validate({**description(), "channels": []})


def test_every_frame_is_there_and_explained() -> None:
    messages = description()["components"]["messages"]
    assert messages.keys() == {kind.__name__ for kind in (*INCOMING, *OUTGOING)}
    assert all(one["summary"].endswith(".") for one in messages.values())
    received = {name for name in description()["operations"] if name.startswith("receive")}
    assert received == {f"receive{kind.__name__}" for kind in INCOMING}
    told = description()["operations"]["tell"]["messages"]
    assert [one["$ref"].rpartition("/")[2] for one in told] == [one.__name__ for one in OUTGOING]


def test_it_says_who_may() -> None:
    operations = description()["operations"]
    for kind in INCOMING:
        may = {role.value for role in MAY[frame_operation(kind)]}
        assert set(operations[f"receive{kind.__name__}"]["x-may"]) == may


def test_every_reference_leads_somewhere() -> None:
    refs = [node["$ref"] for node in nodes(description()) if isinstance(node.get("$ref"), str)]
    assert len(refs) > 50
    for ref in refs:
        assert resolved(ref, description())


@pytest.mark.parametrize("kind", EXAMPLES)
def test_examples_are_frames(kind: type[Any]) -> None:
    message = description()["components"]["messages"][kind.__name__]
    (example,) = [one["payload"] for one in message["examples"]]
    check(example, message["payload"], description())
    union: Any = frames.ClientFrame if kind in INCOMING else frames.ServerFrame
    assert type(msgspec.json.decode(msgspec.json.encode(example), type=union)) is kind


def test_close_codes_are_those_of_the_page() -> None:
    table = rows(section(page("reference/live.md"), "## Close codes"))
    assert {int(row[0]): row[1] for row in table} == {
        code: meaning for code, (meaning, _) in CLOSE_CODES.items()
    }
