"""Does the queue's benchmark measure what it says, and is a round anywhere near its ceiling?"""

from pathlib import Path

import pytest

from app.conversation.timeline import Viewer
from benchmarks.queue import ROOM, Plan, bench, figures_of

PLAN = Plan(waiting=60, agents=5, bursts=2, singles=5)


@pytest.mark.timeout(90)  # the first use of Postgres starts it
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_a_round_is_no_slower_than_claims_one_by_one(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'queue.db'}"
    if database == "postgres":
        url = request.getfixturevalue("postgres_url")
    figures = await figures_of(url, PLAN)
    assert figures["ratio_to_ceiling"] >= 0.3  # the gate of the benchmark, on a busy machine
    assert 0 < figures["claim_ms_p50"] < figures["round_ms_p50"]
    assert figures["ceiling_per_s"] > 0


async def test_both_ways_make_the_same_offers(tmp_path: Path) -> None:
    async with bench(f"sqlite:///{tmp_path / 'queue.db'}", PLAN) as one:
        await one.burst()
        async with one._store.read() as work:
            waiting = await work.interactions.waiting()
            offered = [each for each in waiting if each.offer is not None]
            assert len(offered) == PLAN.agents * ROOM
            assert offered == waiting[: len(offered)], "those who asked first"
            places = [each.conversation_id for each in offered]
            heads = await work.timeline.heads(places, Viewer.AGENT)
    assert set(heads.values()) == {2}
