"""Does the server refuse to start where the table of permissions has a hole?"""

from pathlib import Path
from typing import Any

import pytest
from litestar import get
from litestar.di import NamedDependency

from app.api import permissions
from app.api.permissions import BadTable
from app.config import Config
from app.conversation.people import Customer
from app.demo.company import prepare
from app.demo.ports import free_ports
from app.demo.proxy import Proxy
from app.main import create_app

CONFIG = Config(
    secret="x" * 32,
    actions_url="https://bank.example",
    actions_secret="whsec_" + "A" * 32,
)


@get("/v1/planted/{id:uuid}")
async def planted(customer: NamedDependency[Customer]) -> str:
    return customer.name


def served() -> set[str]:
    return {name for name, _ in permissions.operations(create_app(CONFIG))}


def test_a_route_that_the_table_does_not_know_stops_the_start() -> None:
    with pytest.raises(BadTable, match=r"does not say who may: GET /v1/planted/\{id\}$"):
        create_app(CONFIG, more_routes=[planted])


def test_a_frame_that_the_table_does_not_know_stops_the_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(permissions.MAY, "live typing")
    with pytest.raises(BadTable, match="live typing"):
        create_app(CONFIG)


@pytest.mark.parametrize("wrong", [permissions.ANYONE, permissions.AGENT, permissions.BOTH])
def test_a_handler_never_gets_another_kind_of_caller_than_it_wants(
    monkeypatch: pytest.MonkeyPatch, wrong: Any
) -> None:
    monkeypatch.setitem(permissions.MAY, "GET /v1/planted/{id}", wrong)
    with pytest.raises(BadTable, match="for more than the `customer`"):
        create_app(CONFIG, more_routes=[planted])
    monkeypatch.setitem(permissions.MAY, "GET /v1/planted/{id}", permissions.CUSTOMER)
    create_app(CONFIG, more_routes=[planted])


def test_the_table_names_nothing_that_is_gone() -> None:
    of_the_api = {one for one in permissions.MAY if " /v1/" in one}
    assert of_the_api == {one for one in served() if " /v1/" in one}
    frames = {one for one in permissions.MAY if one.startswith("live ")}
    assert frames == set(permissions.live_operations())


def test_the_demo_behind_one_origin_starts(tmp_path: Path) -> None:
    company = prepare(tmp_path, free_ports())
    app = create_app(company.config, more_routes=Proxy(company).routes)
    of_the_demo = {one for one in permissions.MAY if " /demo/" in one}
    assert of_the_demo < {name for name, _ in permissions.operations(app)}
