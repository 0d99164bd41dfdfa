"""The flows of this company: published by their hash, kept for the runs that are pinned to them."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import msgspec

from app import topics
from app.store.records import FlowVersion, LiveFlow
from app.store.work import Store, Work
from selfservice.definition import Definition, load
from selfservice.loading import load_all

_links = msgspec.json.Decoder(dict[str, str]).decode

TESTS = ".tests.yaml"
"""How the name of a flow's tests file ends."""


class Catalogue:
    """The live definition of each flow, and every version that a run may be pinned to."""

    def __init__(self) -> None:
        self._live: dict[str, Definition] = {}
        self._by_hash: dict[str, Definition] = {}

    async def publish_folder(self, store: Store, folder: Path) -> None:
        """Publish every flow of a folder; raises selfservice.errors.FlowError for a bad one."""
        loaded = await asyncio.to_thread(lambda: load_all(read_folder(folder)))
        async with store.write() as work:
            await self.publish(work, loaded)
        await self.refresh(store)

    async def publish(self, work: Work, loaded: Iterable[tuple[Definition, str]]) -> None:
        """Keep these versions and make them live; every process takes them up at once."""
        now = await work.now()
        for definition, text in loaded:
            await work.flow_versions.publish(
                FlowVersion(
                    hash=definition.version,
                    flow=definition.flow,
                    body=text,
                    published_at=now,
                    links=msgspec.json.encode(definition.links).decode(),
                )
            )
            live = LiveFlow(flow=definition.flow, hash=definition.version, since=now)
            await work.flow_versions.go_live(live)
        work.ring(topics.FLOWS)

    async def refresh(self, store: Store) -> None:
        """Take up what is live by now."""
        async with store.read() as work:
            live = await work.flow_versions.live()
            self._live = {one.flow: await self.pinned(work, one.hash) for one in live}

    def live(self, flow: str) -> Definition | None:
        return self._live.get(flow)

    def all_live(self) -> list[Definition]:
        return [self._live[flow] for flow in sorted(self._live)]

    async def pinned(self, work: Work, version: str) -> Definition:
        """The definition a run started with, also when a newer one was published since."""
        known = self._by_hash.get(version)
        if known is None:
            stored = await work.flow_versions.get(version)
            links = _links(stored.links)
            called = {flow: await self.pinned(work, hash) for flow, hash in links.items()}
            known = self._by_hash[version] = load(stored.body, stored.flow, called)
        return known


def read_folder(folder: Path) -> list[tuple[str, str]]:
    """The flow files of a folder, as (name, text)."""
    return [(path.name, path.read_text("utf-8")) for path in flow_files(folder)]


def flow_files(folder: Path) -> list[Path]:
    """The flows of a folder, without the tests beside them."""
    return [path for path in sorted(folder.glob("*.yaml")) if not path.name.endswith(TESTS)]
