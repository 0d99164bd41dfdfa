"""Real peers through a real worker process, on loopback."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
import pytest_asyncio

from rtc.engine import LegLost, LegUp, Side, UnknownCall
from rtc.relay.engine import RelayEngine
from rtc.relay.keeper import RelayConfig
from tests.contract.rtc.calling import Heard, paired, until

TONE_FOR_A_SECOND = 48_000 * 2 * (1 / 4) ** 2 / 2
"""Two channels of a sine at a quarter of full scale."""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[RelayEngine]:
    async with RelayEngine(RelayConfig(addresses=("127.0.0.1",), port=0)) as engine:
        yield engine


@pytest.fixture
def heard(engine: RelayEngine) -> Heard:
    engine.events = heard = Heard()
    return heard


async def test_video_and_voice_both_ways(engine: RelayEngine, heard: Heard) -> None:
    call = uuid4()
    async with paired(engine, call) as pair:
        await pair.negotiate(video=True)
        await pair.reach(frames=30, energy=TONE_FOR_A_SECOND / 2)
        stats = await engine.stats(call)
    assert {(up.call, up.gen, up.side) for up in heard.of(LegUp) if up.call == call} == {
        (call, 1, Side.CUSTOMER),
        (call, 1, Side.AGENT),
    }
    assert [leg.side for leg in stats.legs] == [Side.CUSTOMER, Side.AGENT]
    assert all(leg.up and leg.packets > 60 for leg in stats.legs)


async def test_video_joins_a_running_voice_call(engine: RelayEngine, heard: Heard) -> None:
    call = uuid4()
    async with paired(engine, call) as pair:
        await pair.negotiate(video=False)
        await pair.reach(energy=TONE_FOR_A_SECOND / 4)
        assert pair.customer.stats().frames == 0
        await pair.negotiate(video=True)
        await pair.reach(frames=30, energy=TONE_FOR_A_SECOND / 4)
    assert len([up for up in heard.of(LegUp) if up.call == call]) == 2, (
        "the same two legs carry the video"
    )


async def test_a_new_gen_replaces_both_legs(engine: RelayEngine, heard: Heard) -> None:
    call = uuid4()
    async with paired(engine, call, 1) as first:
        await first.negotiate(video=False)
        await first.reach(energy=1)
        async with paired(engine, call, 2) as second:
            await second.negotiate(video=True)
            await second.reach(frames=30)
            late = await second.customer.offer(video=True)
            with pytest.raises(UnknownCall):
                await engine.offer(call, 1, late)
            await second.reach(frames=10)
        assert not [lost for lost in heard.of(LegLost) if (lost.call, lost.gen) == (call, 1)]
    assert {(up.gen, up.side) for up in heard.of(LegUp) if up.call == call} == {
        (gen, side) for gen in (1, 2) for side in Side
    }


async def test_a_peer_that_hangs_up_is_told(engine: RelayEngine, heard: Heard) -> None:
    call = uuid4()
    async with paired(engine, call) as pair:
        await pair.negotiate(video=False)
        await pair.reach(energy=1)
        await pair.customer.close()
        told = LegLost(call=call, gen=1, side=Side.CUSTOMER, reason="closed by the peer")
        await until(lambda: told in heard.events, "the leg is lost")


async def test_an_ended_call_is_forgotten(engine: RelayEngine) -> None:
    call = uuid4()
    async with paired(engine, call) as pair:
        await pair.negotiate(video=False)
        await pair.reach(energy=1)
        await engine.end(call)
        await engine.end(call)
        with pytest.raises(UnknownCall):
            await engine.stats(call)
