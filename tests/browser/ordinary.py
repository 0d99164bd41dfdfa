"""One video call between two ordinary pages: python -m tests.browser.ordinary

Browsers as people have them do not use loopback for peer connections. So this wants a machine
with an address of its own, or a network namespace with one (test_namespace.py makes it).
"""

import asyncio

from rtc import addresses
from rtc.relay.engine import RelayEngine
from rtc.relay.keeper import RelayConfig
from tests.browser.test_relay import launched, opened


async def call() -> None:
    """Raises AssertionError unless both pages decode 30 frames and hear each other."""
    own = addresses.own()
    assert own != (addresses.LOOPBACK,), "there is no address but loopback here"
    async with RelayEngine(RelayConfig(addresses=own, port=0)) as engine:
        async for browser in launched():
            pages = await opened(browser, engine)
            await pages.replace()
            await pages.negotiate(video=True)
            await pages.reach(frames=30, energy=0.001)


if __name__ == "__main__":
    asyncio.run(call())
