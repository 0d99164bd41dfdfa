"""What the engine without media tells the application."""

from pathlib import Path
from uuid import uuid4

import pytest

from rtc.engine import LegLost, LegUp, Side, UnknownCall, WorkerDied
from rtc.memory import MemoryEngine
from tests.contract.rtc.calling import Heard

OFFER = Path(__file__).parents[2] / "contract" / "rtc" / "descriptions" / "chromium_offer.sdp"


async def test_it_tells_what_happens_to_legs() -> None:
    heard, call = Heard(), uuid4()
    engine = MemoryEngine(heard)
    await engine.offer(call, 3, OFFER.read_bytes().decode())
    await engine.connect(call)
    await engine.lose(call, Side.AGENT)
    assert heard.events == [
        LegUp(call=call, gen=3, side=Side.CUSTOMER),
        LegUp(call=call, gen=3, side=Side.AGENT),
        LegLost(call=call, gen=3, side=Side.AGENT, reason="no sign of the peer"),
    ]
    assert [leg.up for leg in (await engine.stats(call)).legs] == [True, False]


async def test_after_its_death_calls_are_unknown() -> None:
    heard, call = Heard(), uuid4()
    engine = MemoryEngine(heard)
    await engine.offer(call, 1, OFFER.read_bytes().decode())
    await engine.die()
    assert heard.events == [WorkerDied()]
    with pytest.raises(UnknownCall):
        await engine.connect(call)
