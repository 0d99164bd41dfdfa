"""How many customers stand at each step of a flow now?"""

from collections import Counter
from uuid import UUID

import msgspec

from app.store.engine import open_database
from app.store.sql import SqlStore
from app.store.work import Store

PAGE = 1000


class _Where(msgspec.Struct):
    step: str


async def counted(url: str, flow: str) -> Counter[str]:
    """Open runs of a flow by the step they stand at, whatever their version, in a database."""
    store = SqlStore(open_database(url), lambda topics: None)
    try:
        return await count(store, flow)
    finally:
        await store.close()


async def count(store: Store, flow: str, page: int = PAGE) -> Counter[str]:
    """Open runs of a flow by the step they stand at, read page by page."""
    found: Counter[str] = Counter()
    after: UUID | None = None
    while True:
        async with store.read() as work:
            rows = await work.runs.open_of_flow(flow, after, page)
        found.update(msgspec.json.decode(row.state, type=_Where).step for row in rows)
        if len(rows) < page:
            return found
        after = rows[-1].id
