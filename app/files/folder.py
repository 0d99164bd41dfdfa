"""The content of files in a folder, one file each; several servers may share it."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from app.conversation.errors import NotFound

PART = 64 * 1024


class FolderContents:
    """The folder is made when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, id: UUID, content: BinaryIO) -> None:
        await asyncio.to_thread(self._put, id, content)

    async def parts(self, id: UUID) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(id).open, "rb")
        except FileNotFoundError:
            raise NotFound("file") from None
        try:
            while part := await asyncio.to_thread(file.read, PART):
                yield part
        finally:
            file.close()

    async def delete(self, id: UUID) -> None:
        await asyncio.to_thread(self._delete, id)

    def _put(self, id: UUID, content: BinaryIO) -> None:
        path = self._path(id)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partly = path.with_suffix(".part")
        with partly.open("wb") as file:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        partly.replace(path)
        for folder in path.parents[:3]:  # each may be new, and stands in the next
            _make_durable(folder)

    def _delete(self, id: UUID) -> None:
        """Its folder stays, also when it is empty: somebody may be about to write there."""
        path = self._path(id)
        path.unlink(missing_ok=True)
        path.with_suffix(".part").unlink(missing_ok=True)

    def _path(self, id: UUID) -> Path:
        # Ids begin with the time, so that their last digits spread evenly.
        return self._folder / id.hex[-2:] / id.hex


def _make_durable(folder: Path) -> None:
    """A new name survives a power cut only once its folder is written, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
