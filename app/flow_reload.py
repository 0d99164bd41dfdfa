"""How does a flow go live while its author writes it? Its folder is looked at once a second.

For development: what is published this way was not reviewed by anybody. A flow that cannot be
loaded stays live as it was, and the log says what is wrong, and in which line.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import structlog

from app.catalogue import Catalogue, flow_files
from app.flow_file import FlowFile, findings, words_beside, written_by
from app.store.work import Store
from selfservice.definition import Definition
from selfservice.errors import SelfServiceError

EVERY_S = 1.0

log = structlog.get_logger()

_Stamps = dict[Path, tuple[int, int]]


class FlowReload:
    """One folder of flows, and how it was when it was looked at last."""

    def __init__(self, catalogue: Catalogue, store: Store, flows: Path, texts: Path | None) -> None:
        self._catalogue = catalogue
        self._store = store
        self._flows = flows
        self._texts = texts
        self._seen = _stamps(flows)

    async def look(self) -> None:
        """Publish what has changed and can be loaded; say what is wrong with it."""
        now = await asyncio.to_thread(_stamps, self._flows)
        changed = {path for path, stamp in now.items() if self._seen.get(path) != stamp}
        if not changed:
            return
        loaded = await asyncio.to_thread(lambda: list(self._loaded(changed)))
        await self._publish([one for one in loaded if not self._is_live(one[0])])
        self._seen = now

    async def _publish(self, ready: list[tuple[Definition, str]]) -> None:
        if not ready:
            return
        async with self._store.write() as work:
            await self._catalogue.publish(work, ready)
        await self._catalogue.refresh(self._store)
        for definition, _ in ready:
            log.info("flows.published", flow=definition.flow, version=definition.version)

    def _is_live(self, definition: Definition) -> bool:
        live = self._catalogue.live(definition.flow)
        return live is not None and live.version == definition.version

    def _loaded(self, changed: set[Path]) -> Iterator[tuple[Definition, str]]:
        """Every flow that can be loaded: those that changed, and perhaps those that call them."""
        flows = list(_readable(flow_files(self._flows)))
        written = written_by(flows)
        for flow in flows:
            if flow.path in changed:
                self._tell(flow, written)
            if flow.read.definition is not None:
                yield flow.read.definition, flow.text

    def _tell(self, flow: FlowFile, written: set[str]) -> None:
        try:
            for one in findings(flow, words_beside(flow, self._texts), written):
                what = f"{one.code} {one.place}: {one.message}"
                log.warning("flows.finding", at=flow.where(one.place), what=what, hint=one.hint)
        except SelfServiceError as error:  # its tests, or the texts
            log.warning("flows.unreadable", error=str(error))


def _stamps(folder: Path) -> _Stamps:
    stats = {path: path.stat() for path in flow_files(folder)}
    return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in stats.items()}


def _readable(paths: list[Path]) -> Iterator[FlowFile]:
    for path in paths:
        try:
            yield FlowFile(path)
        except (OSError, UnicodeDecodeError) as error:
            log.warning("flows.unreadable", at=str(path), error=str(error))
