"""Are pages charged with the one kill that they saw, and with no more?"""

import asyncio

from tests.chaos.lives import Lives

A_WHILE_S = 0.05


async def test_only_a_page_that_was_in_the_life_before_is_measured() -> None:
    lives = Lives()
    lives.ready()
    lives.welcomed("a")
    assert (lives.here, lives.kill_to_welcome_ms) == (1, [])
    lives.killed()
    assert lives.here == 0
    lives.ready()
    for page in ("a", "b", "a"):
        lives.welcomed(page)
    assert (lives.here, len(lives.kill_to_welcome_ms)) == (2, 1)


async def test_a_page_that_missed_a_life_is_not_charged_with_two_kills() -> None:
    lives = Lives()
    lives.welcomed("a")
    for _ in range(2):
        lives.killed()
        lives.ready()
    lives.welcomed("a")
    assert (lives.count, lives.kill_to_welcome_ms) == (2, [])


async def test_what_is_measured_begins_with_the_kill_and_with_the_first_connect() -> None:
    lives = Lives()
    lives.welcomed("a")
    lives.killed()
    lives.trying("a")  # nobody answers yet
    await asyncio.sleep(A_WHILE_S)
    lives.ready()
    lives.trying("a")
    lives.trying("a")  # the first one counts
    lives.welcomed("a")
    assert lives.kill_to_welcome_ms[0] >= A_WHILE_S * 900
    assert lives.connect_to_welcome_ms[0] < lives.kill_to_welcome_ms[0]
