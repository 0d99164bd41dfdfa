"""2,000 requests made from the OpenAPI document: is every answer one that it describes?"""

import asyncio

import pytest
from litestar import get
from msgspec.structs import replace
from schemathesis.core.failures import FailureGroup

from app.api import permissions
from app.api.permissions import MAY, Role
from tests.api.alone import company_alone
from tests.fixtures.errors import errors
from tests.security.openapi_requests import Requests
from tests.security.planted import WITH_FLOW, plant

EXAMPLES = {Role.NOBODY: (4, 8), Role.CUSTOMER: (3, 36), Role.AGENT: (3, 36), Role.ADMIN: (0, 16)}
"""Requests of an operation that this caller may not use, and of one that is open to them.

An admin is asked for what agents cannot do.
"""


@pytest.mark.timeout(180)
@pytest.mark.parametrize("role", EXAMPLES)
async def test_every_answer_is_documented(role: Role, request: pytest.FixtureRequest) -> None:
    """Postgres for the customer, who writes most: it refuses more than SQLite does."""
    url = request.getfixturevalue("postgres_url") if role is Role.CUSTOMER else ""
    shut, open_ = EXAMPLES[role]
    async with company_alone(WITH_FLOW, url) as company:
        planted = await plant(company)
        staff = ("agent", "supervisor", "admin")
        admin = await company.agent("abe", ("loans",), roles=staff, available=False)
        people = {
            Role.CUSTOMER: planted.owner,
            Role.AGENT: planted.holder,
            Role.ADMIN: admin,
        }
        token = people[role].token if role in people else ""
        with errors() as logged:
            statuses = await asyncio.to_thread(
                Requests(company, token, planted.ids).run,
                lambda operation: open_ if _is_asked(role, operation) else shut,
            )
    assert statuses.total() > 150
    assert statuses[200] > 10
    assert logged == []


def _is_asked(role: Role, operation: str) -> bool:
    return role in MAY[operation] and not (role is Role.ADMIN and Role.AGENT in MAY[operation])


@get("/v1/planted", status_code=418)
async def teapot() -> None:
    """Only problems have such a status, the document says."""


async def test_an_undocumented_status_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(permissions.MAY, "GET /v1/planted", permissions.ANYONE)
    async with company_alone(replace(WITH_FLOW, routes=(teapot,))) as company:
        company.document["paths"] = {"/v1/planted": company.document["paths"]["/v1/planted"]}
        with pytest.raises(FailureGroup, match="Undocumented status code\n\n    Received: 418"):
            await asyncio.to_thread(Requests(company, "", {}).run, lambda operation: 1)
