"""The content of files, without a disk; nothing survives the process."""

from collections.abc import AsyncIterator
from typing import BinaryIO
from uuid import UUID

from app.conversation.errors import NotFound

PART = 64 * 1024


class MemoryContents:
    def __init__(self) -> None:
        self._contents: dict[UUID, bytes] = {}

    async def put(self, id: UUID, content: BinaryIO) -> None:
        self._contents[id] = content.read()

    async def parts(self, id: UUID) -> AsyncIterator[bytes]:
        if id not in self._contents:
            raise NotFound("file")
        whole = self._contents[id]
        for at in range(0, len(whole), PART):
            yield whole[at : at + PART]

    async def delete(self, id: UUID) -> None:
        self._contents.pop(id, None)
