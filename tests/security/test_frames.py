"""300 sequences of odd frames: the socket stands them. And would it be noticed if it did not?"""

import logging
from random import Random

import pytest
import structlog

from tests.api.alone import company_alone
from tests.fixtures.errors import errors
from tests.security import frames
from tests.security.frames import pelt
from tests.security.odd_frames import sequence
from tests.security.planted import WITH_FLOW

SEED = 1


@pytest.mark.timeout(180)
async def test_the_socket_stands_odd_frames() -> None:
    async with company_alone(WITH_FLOW) as company:
        outcome = await pelt(company, 300, SEED)
        assert (await company.nobody.get("/health/ready")).status_code == 200
    assert outcome.lines() == []
    assert {4400, 4401, 1007, 1009} <= outcome.closes.keys()
    assert outcome.closes.total() < 250, "too few sequences are taken to their end"


def test_a_seed_gives_the_same_frames_again() -> None:
    first, again, other = (sequence(Random(seed), ["an id"] * 2) for seed in (1, 1, 2))  # noqa: S311
    assert first == again != other


async def test_what_goes_wrong_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it would be were 4400 not documented."""
    monkeypatch.setattr(frames, "documented_codes", lambda: {4401})
    async with company_alone(WITH_FLOW) as company:
        outcome = await pelt(company, 12, SEED)
    assert any("closed with 4400" in one for one in outcome.undocumented)


@pytest.mark.parametrize("logger", ["uvicorn.error", "asyncio", "litestar"])
def test_errors_in_the_log_are_noticed(logger: str) -> None:
    with errors() as logged:
        logging.getLogger(logger).error("it broke")
        structlog.get_logger().error("request.failed")
    assert "it broke" in logged
    assert "request.failed" in logged[-1]
