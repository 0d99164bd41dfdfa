"""The flows of this company: read from files, published by their hash, kept for pinned runs."""

import asyncio
from datetime import datetime
from pathlib import Path

from app.store.records import FlowVersion
from app.store.work import Store, Work
from selfservice.definition import Definition, load


class Catalogue:
    """The newest definition of each flow, and every version that a run may be pinned to."""

    def __init__(self) -> None:
        self._newest: dict[str, Definition] = {}
        self._by_hash: dict[str, Definition] = {}

    async def publish_folder(self, store: Store, folder: Path) -> None:
        """Publish every *.yaml of a folder; raises selfservice.errors.FlowError for a bad one."""
        texts = await asyncio.to_thread(_read, folder)
        loaded = [(load(text, name), text) for name, text in texts]
        async with store.write() as work:
            now = await work.now()
            for definition, text in loaded:
                await self._publish(work, definition, text, now)

    async def _publish(self, work: Work, definition: Definition, text: str, now: datetime) -> None:
        version = FlowVersion(
            hash=definition.version, flow=definition.flow, body=text, published_at=now
        )
        await work.flow_versions.publish(version)
        self._newest[definition.flow] = definition
        self._by_hash[definition.version] = definition

    def newest(self, flow: str) -> Definition | None:
        return self._newest.get(flow)

    def all_newest(self) -> list[Definition]:
        return [self._newest[flow] for flow in sorted(self._newest)]

    async def pinned(self, work: Work, version: str) -> Definition:
        """The definition a run started with, also when a newer one was published since."""
        known = self._by_hash.get(version)
        if known is None:
            stored = await work.flow_versions.get(version)
            known = self._by_hash[version] = load(stored.body, stored.flow)
        return known


def _read(folder: Path) -> list[tuple[str, str]]:
    return [(path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))]
