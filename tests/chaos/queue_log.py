"""What do the timelines of a Postgres tell of its queue, and in which order did it become true?

Read without the server and without its store. The cluster keeps the time of each commit
(track_commit_timestamp, tests/chaos/cluster.py).
"""

import json
from datetime import datetime
from typing import Any

import asyncpg

from tests.chaos.queue_checker import Row, Told

EVENTS = """
    SELECT pg_xact_commit_timestamp(xmin) AS committed_at, seq, at, kind, actor_kind, actor_id, body
    FROM event WHERE kind LIKE 'interaction.%' OR kind = 'help.asked'
"""
ROWS = "SELECT id, state, enqueued_at FROM interaction"
OPEN = "SELECT count(*) FROM interaction WHERE state <> 'closed'"
ALL = "SELECT count(*) FROM interaction"


async def read(url: str) -> tuple[list[Told], list[Row]]:
    postgres = await asyncpg.connect(url)
    try:
        log = [_told(row) for row in await postgres.fetch(EVENTS)]
        rows = [
            Row(id=str(id), state=state, enqueued_at=at)
            for id, state, at in await postgres.fetch(ROWS)
        ]
        return log, rows
    finally:
        await postgres.close()


def _told(row: asyncpg.Record) -> Told:
    body: dict[str, Any] = json.loads(row["body"])
    by_agent = row["actor_kind"] == "agent"
    return Told(
        committed_at=row["committed_at"],
        seq=row["seq"],
        at=row["at"],
        kind=row["kind"],
        interaction=body["interaction_id"],
        agent=body.get("agent_id") or (str(row["actor_id"]) if by_agent else ""),
        offered_at=_moment(body.get("offered_at")),
        expires_at=_moment(body.get("expires_at")),
    )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
