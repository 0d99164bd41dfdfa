"""What every engine promises, whatever carries its media."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from rtc.engine import BadDescription, Engine, Side, UnknownCall
from rtc.memory import MemoryEngine
from rtc.relay.engine import RelayEngine
from rtc.relay.keeper import RelayConfig

HERE = Path(__file__).parent / "descriptions"
OFFER = (HERE / "chromium_offer.sdp").read_bytes().decode()
ANSWER = (HERE / "chromium_answer.sdp").read_bytes().decode()
OTHER_OFFER = (HERE / "aiortc_offer.sdp").read_bytes().decode()


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(params=["memory", "relay"], scope="module", loop_scope="module")
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    if request.param == "memory":
        yield MemoryEngine()
        return
    async with RelayEngine(RelayConfig(addresses=("127.0.0.1",), port=0)) as engine:
        yield engine


@pytest.fixture
def call() -> UUID:
    return uuid4()


def path(sdp: str) -> set[str]:
    return {
        x for x in sdp.split("\r\n") if x.startswith(("a=ice-", "a=fingerprint", "a=candidate"))
    }


async def test_each_side_gets_the_others_media_and_the_servers_path(
    engine: Engine, call: UUID
) -> None:
    to_agent = await engine.offer(call, 1, OFFER)
    to_customer = await engine.answer(call, 1, ANSWER)
    for mine, theirs in ((OFFER, to_agent), (ANSWER, to_customer)):
        assert "a=ice-lite\r\n" in theirs
        assert not path(mine) & path(theirs)
        assert [x for x in mine.split("\r\n") if x.startswith("a=rtpmap")] == [
            x for x in theirs.split("\r\n") if x.startswith("a=rtpmap")
        ]
    assert not {x for x in path(to_agent) if "ufrag" in x} & path(to_customer), "two legs"


async def test_a_repeated_description_changes_nothing(engine: Engine, call: UUID) -> None:
    assert await engine.offer(call, 1, OFFER) == await engine.offer(call, 1, OFFER)
    assert await engine.answer(call, 1, ANSWER) == await engine.answer(call, 1, ANSWER)


async def test_a_new_gen_has_a_new_path(engine: Engine, call: UUID) -> None:
    first = await engine.offer(call, 1, OFFER)
    second = await engine.offer(call, 2, OTHER_OFFER)
    assert not {x for x in path(first) if "ice-" in x and "lite" not in x} & path(second)
    assert (await engine.stats(call)).gen == 2


async def test_a_replaced_gen_is_unknown(engine: Engine, call: UUID) -> None:
    await engine.offer(call, 2, OFFER)
    with pytest.raises(UnknownCall) as refused:
        await engine.offer(call, 1, OFFER)
    assert (refused.value.call, refused.value.gen) == (call, 1)
    with pytest.raises(UnknownCall):
        await engine.answer(call, 1, ANSWER)


async def test_an_answer_needs_an_offer(engine: Engine, call: UUID) -> None:
    with pytest.raises(UnknownCall):
        await engine.answer(call, 1, ANSWER)
    await engine.offer(call, 1, OFFER)
    with pytest.raises(UnknownCall):
        await engine.answer(call, 2, ANSWER)


async def test_a_bad_description_changes_nothing(engine: Engine, call: UUID) -> None:
    with pytest.raises(BadDescription) as refused:
        await engine.offer(call, 1, "v=0\r\nnonsense")
    assert refused.value.line == 2
    with pytest.raises(UnknownCall):
        await engine.stats(call)
    await engine.offer(call, 1, OFFER)
    with pytest.raises(BadDescription):
        await engine.answer(call, 1, OFFER)
    await engine.answer(call, 1, ANSWER)


async def test_the_end_may_be_repeated(engine: Engine, call: UUID) -> None:
    await engine.end(call)
    await engine.offer(call, 1, OFFER)
    await engine.end(call)
    await engine.end(call)
    with pytest.raises(UnknownCall):
        await engine.stats(call)


async def test_stats_name_both_legs(engine: Engine, call: UUID) -> None:
    await engine.offer(call, 1, OFFER)
    stats = await engine.stats(call)
    assert (stats.call, stats.gen) == (call, 1)
    assert [(leg.side, leg.up, leg.packets) for leg in stats.legs] == [
        (Side.CUSTOMER, False, 0),
        (Side.AGENT, False, 0),
    ]


async def test_two_parties(engine: Engine) -> None:
    assert engine.capabilities.parties == 2


async def test_a_call_is_carried_from_its_offer_to_its_end(engine: Engine, call: UUID) -> None:
    assert call not in await engine.carried()
    await engine.offer(call, 1, OFFER)
    assert call in await engine.carried()
    await engine.end(call)
    assert call not in await engine.carried()
