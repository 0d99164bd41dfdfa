"""Is everybody let in where they may, and nowhere else? And would the matrix notice if not?"""

from uuid import UUID

import pytest
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from app.api import permissions
from app.api.guards import WhoeverCalls
from app.conversation.timeline import Viewer
from app.store.work import Store
from tests.api.alone import company_alone
from tests.security.findings import Findings
from tests.security.http_matrix import HttpMatrix
from tests.security.live_matrix import LiveMatrix
from tests.security.matrix import walk
from tests.security.people import everybody
from tests.security.planted import WITH_FLOW, plant


@pytest.mark.timeout(120)
async def test_every_route_and_frame_for_everybody() -> None:
    """chatwoot#2070: a customer was shown the message of another."""
    async with company_alone(WITH_FLOW) as company:
        walked = await walk(company)
    assert walked.findings.lines() == []
    assert walked.figures["routes"] > 50
    assert walked.figures["repeated"] >= 15
    assert walked.figures["answers"] > 10 * walked.figures["routes"]


@get("/v1/conversations/{id:uuid}/planted")
async def leaking(
    id: FromPath[UUID], caller: WhoeverCalls, store: NamedDependency[Store]
) -> list[str]:
    """Forgets to look whose conversation it is."""
    async with store.read() as work:
        return [str(one.body) for one in await work.timeline.after(id, 0, Viewer.CUSTOMER, 500)]


@get("/v1/planted/{id:uuid}")
async def unknown(id: FromPath[UUID], caller: WhoeverCalls) -> None:
    """Of a kind that the matrix has no id of."""


LEAKING, UNKNOWN = "GET /v1/conversations/{id}/planted", "GET /v1/planted/{id}"


async def test_the_matrix_finds_a_leak_and_a_route_that_it_cannot_walk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for planted_route in (LEAKING, UNKNOWN):
        monkeypatch.setitem(permissions.MAY, planted_route, permissions.EVERYBODY)
    async with company_alone(replace(WITH_FLOW, routes=(leaking, unknown))) as company:
        planted = await plant(company)
        people = await everybody(company, planted)
        findings = Findings(planted)
        matrix = HttpMatrix(company, planted, people, findings)
        assert {LEAKING, UNKNOWN} < set(matrix.operations)
        matrix.operations = [LEAKING, UNKNOWN]
        await matrix.walk()
    assert findings.uncovered == {UNKNOWN}
    strangers = {one.name for one in people if not one.own and one.role != "nobody"}
    assert findings.leaks == {
        f"{LEAKING}, {name}: {place}"
        for name in strangers
        for place in ("message", "reply", "file", "question", "approval")
    }
    assert {line.partition(": ")[2] for line in findings.lines() if "wrong" in line} >= {
        f"{LEAKING}, {name}: 200 instead of 404" for name in strangers
    }


async def test_the_matrix_finds_a_frame_that_it_cannot_send() -> None:
    async with company_alone(WITH_FLOW) as company:
        planted = await plant(company)
        people = (await everybody(company, planted))[:1]
        findings = Findings(planted)
        matrix = LiveMatrix(planted, people, findings)
        matrix.operations = [*matrix.operations, "live shout"]
        await matrix.walk()
    assert findings.uncovered == {"live shout"}
