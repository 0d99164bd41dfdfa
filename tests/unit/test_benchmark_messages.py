"""Do the parts of the message benchmark measure what they say?"""

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks import ceiling
from benchmarks.cores import CLIENTS, SERVERS, busy_s, cpu_s, pinned
from benchmarks.report import joined
from benchmarks.sockets import pss_kib
from tests.chaos.stored import read

SECONDS = 0.3


def test_of_two_databases_the_worse_is_told_and_each_by_name() -> None:
    fast = {"ratio_to_ceiling": 2.0, "messages_per_s": 900.0, "deliver_ms_p99": 3.0}
    slow = {"ratio_to_ceiling": 1.5, "messages_per_s": 400.0, "deliver_ms_p99": 7.0}
    figures = joined({"sqlite": fast, "postgres": slow}, "messages_per_s")
    assert figures["messages_per_s"] == 400
    assert figures["deliver_ms_p99"] == 7
    assert figures["sqlite_ratio_to_ceiling"] == 2
    assert figures["postgres_ratio_to_ceiling"] == 1.5
    assert "ratio_to_ceiling" not in figures


@pytest.mark.timeout(90)  # the first use of Postgres starts it
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_the_ceiling_stores_each_message_it_counts(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'ceiling.db'}"
    if database == "postgres":
        url = request.getfixturevalue("postgres_url")
    places = await ceiling.prepare(url)
    with ceiling.storing(SERVERS) as pool:
        began = time.monotonic()
        per_s = await ceiling.measure(pool, url, places, SECONDS)
        took = time.monotonic() - began
    stored = await read(url)
    rows = sum(map(len, stored.rows.values()))
    assert per_s * SECONDS * 0.99 <= rows <= per_s * took
    for place, head in stored.heads.items():
        assert [line.seq for line in stored.rows[place]] == list(range(1, head + 1))


def test_a_process_is_charged_with_its_work_and_its_childrens() -> None:
    before, core_before = cpu_s(os.getpid()), busy_s(SERVERS)
    with pinned(SERVERS):
        assert os.sched_getaffinity(0) == {SERVERS}
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass
    assert CLIENTS in os.sched_getaffinity(0)
    assert cpu_s(os.getpid()) - before >= 0.15
    assert busy_s(SERVERS) - core_before >= 0.15


async def test_a_child_counts_while_it_runs() -> None:
    work = "import time\nwhile True: pass"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", work)
    before = cpu_s(os.getpid())
    await asyncio.sleep(0.5)
    grown = cpu_s(os.getpid()) - before
    child.kill()
    await child.wait()
    assert grown >= 0.1


def test_the_memory_of_this_process_grows_with_what_it_holds() -> None:
    before = pss_kib(os.getpid())
    held = bytearray(os.urandom(20 * 2**20))
    assert pss_kib(os.getpid()) - before >= 15 * 2**10
    del held
