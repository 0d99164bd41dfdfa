"""Published flows, without a database."""

from collections.abc import Sequence

from app.conversation.errors import NotFound
from app.store.memory.tables import Tables
from app.store.records import FlowVersion, LiveFlow


class MemoryFlowVersions:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def publish(self, version: FlowVersion) -> None:
        self._tables.flow_versions.setdefault(version.hash, version)

    async def go_live(self, version: LiveFlow) -> None:
        before = self._tables.live_flows.get(version.flow)
        if before is None or before.hash != version.hash:
            self._tables.live_flows[version.flow] = version

    async def live(self) -> Sequence[LiveFlow]:
        return [one for _, one in sorted(self._tables.live_flows.items())]

    async def get(self, hash: str) -> FlowVersion:
        try:
            return self._tables.flow_versions[hash]
        except KeyError:
            raise NotFound("flow version") from None
