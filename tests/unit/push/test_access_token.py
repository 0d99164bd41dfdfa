"""Does one refresh serve everybody, early enough, and never the loop's time?"""

import asyncio
import threading
import time

import pytest

from push.access_token import AccessTokens, Grant, TokenUnavailable


class Google:
    """A token endpoint as a function; `refusal` makes it fail."""

    def __init__(self, delay: float = 0.0) -> None:
        self.time = 1000.0
        self.calls = 0
        self.threads: set[int] = set()
        self.refusal: TokenUnavailable | None = None
        self._delay = delay

    def now(self) -> float:
        return self.time

    def grant(self) -> Grant:
        self.calls += 1
        self.threads.add(threading.get_ident())
        time.sleep(self._delay)
        if self.refusal is not None:
            raise self.refusal
        return Grant(f"token-{self.calls}", self.time + 3600)


async def test_a_hundred_callers_cause_one_refresh_in_a_thread() -> None:
    google = Google(delay=0.05)
    tokens = AccessTokens(google.grant, now=google.now)
    got = await asyncio.gather(*(tokens.current() for _ in range(100)))
    assert {token.value for token in got} == {"token-1"}
    assert google.calls == 1
    assert threading.get_ident() not in google.threads


async def test_a_token_near_its_end_serves_while_the_next_is_fetched() -> None:
    google = Google(delay=0.05)
    tokens = AccessTokens(google.grant, now=google.now)
    await tokens.current()
    google.time += 3600 - 200
    started = time.perf_counter()
    assert (await tokens.current()).value == "token-1"
    assert time.perf_counter() - started < 0.04
    await tokens.close()
    assert (await tokens.current()).value == "token-2"
    assert google.calls == 2


async def test_a_token_about_to_end_is_not_used() -> None:
    google = Google()
    tokens = AccessTokens(google.grant, now=google.now)
    await tokens.current()
    google.time += 3600 - 20
    assert (await tokens.current()).value == "token-2"


async def test_one_refresh_per_refused_generation() -> None:
    google = Google(delay=0.02)
    tokens = AccessTokens(google.grant, now=google.now)
    refused = await tokens.current()
    renewed = await asyncio.gather(*(tokens.after_refusal(refused) for _ in range(200)))
    late = await tokens.after_refusal(refused)
    assert {token.value for token in (*renewed, late)} == {"token-2"}
    assert google.calls == 2


async def test_a_caller_that_gives_up_leaves_the_refresh_to_the_others() -> None:
    google = Google(delay=0.1)
    tokens = AccessTokens(google.grant, now=google.now)
    patient = asyncio.create_task(tokens.current())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await tokens.current()
    assert (await patient).value == "token-1"


async def test_a_failing_endpoint_is_told_to_all_and_left_alone_for_a_while() -> None:
    google = Google()
    google.refusal = TokenUnavailable("down", transient=True)
    tokens = AccessTokens(google.grant, now=google.now)
    for _ in range(50):
        with pytest.raises(TokenUnavailable):
            await tokens.current()
    assert google.calls == 1
    google.refusal = None
    google.time += 5
    assert (await tokens.current()).value == "token-2"


async def test_a_failure_in_the_background_costs_nobody_a_message() -> None:
    google = Google()
    tokens = AccessTokens(google.grant, now=google.now)
    await tokens.current()
    google.time += 3600 - 200
    google.refusal = TokenUnavailable("down", transient=True)
    assert (await tokens.current()).value == "token-1"
    await tokens.close()
    assert (await tokens.current()).value == "token-1"
    assert google.calls == 2
