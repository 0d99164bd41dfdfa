"""Published flows, without a database."""

from app.conversation.errors import NotFound
from app.store.memory.tables import Tables
from app.store.records import FlowVersion


class MemoryFlowVersions:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def publish(self, version: FlowVersion) -> None:
        self._tables.flow_versions.setdefault(version.hash, version)

    async def get(self, hash: str) -> FlowVersion:
        try:
            return self._tables.flow_versions[hash]
        except KeyError:
            raise NotFound("flow version") from None
