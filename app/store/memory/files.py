"""What is known of files, without a database."""

from collections.abc import MutableMapping, Sequence
from datetime import datetime
from uuid import UUID

from app.conversation.errors import NotFound, Stale, TooMany
from app.conversation.files import LEFT_LYING, File, FileState


class MemoryFiles:
    def __init__(self, files: MutableMapping[UUID, File]) -> None:
        self._files = files

    async def reserve(self, file: File, limit: int, since: datetime) -> None:
        every = self._files.values()
        sent = sum(one.owner_id == file.owner_id and one.created_at >= since for one in every)
        if sent >= limit:
            raise TooMany("files", limit, "a day")
        self._files[file.id] = file

    async def of(self, ids: Sequence[UUID]) -> Sequence[File]:
        return [self._files[id] for id in ids if id in self._files]

    async def save(self, file: File, before: FileState) -> None:
        known = self._files.get(file.id)
        if known is None:
            raise NotFound("file")
        if known.state is not before:
            raise Stale("file")
        self._files[file.id] = file

    async def leftover(self, before: datetime, limit: int) -> Sequence[File]:
        found = [one for one in self._files.values() if _is_leftover(one, before)]
        return sorted(found, key=lambda one: (one.created_at, one.id))[:limit]

    async def forget(self, ids: Sequence[UUID]) -> None:
        for id in ids:
            self._files.pop(id, None)


def _is_leftover(file: File, before: datetime) -> bool:
    lay = file.state in LEFT_LYING and file.created_at < before
    return lay or file.state is FileState.REMOVED
