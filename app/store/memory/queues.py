"""Queues that somebody described, without a database."""

from app.conversation.queues import Queue
from app.store.memory.tables import Tables


class MemoryQueues:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def put(self, queue: Queue) -> None:
        self._tables.queues[queue.name] = queue

    async def all(self) -> dict[str, Queue]:
        return dict(sorted(self._tables.queues.items()))

    async def remove(self, name: str) -> None:
        self._tables.queues.pop(name, None)
