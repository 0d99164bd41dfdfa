"""Takes a file in, looks into it, keeps what may be kept; takes away what nobody sent after all.

The row comes before the content and goes after it, so that a server which dies in between leaves
nothing that is not known of.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import BinaryIO
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.auth.allowance import Allowance, TooOften
from app.conversation.files import File, FileEvent, FileState, safe_name
from app.conversation.messages import must_see
from app.conversation.people import Agent, Customer
from app.conversation.redaction import TooLarge
from app.each import each
from app.files.content import PICTURES, Looked, checked_pdf, cleaned_text, type_of
from app.files.drawing import Drawing
from app.files.errors import FileRefused
from app.files.ports import Contents
from app.ids import new_id
from app.store.work import Store
from app.unbroken import unbroken

WITHIN_S = 600  # a file that is not here by then is not coming
DAY = timedelta(days=1)
SWEPT_AT_ONCE = 100

TRIES = (60, 10.0)
"""Uploads of one person at once, then one every so many seconds; those that are refused, too."""

UNDER_WAY = 10
"""Uploads of one person that may be under way here: as many as go with one message."""

AGAIN_AFTER_S = 10


class Limits(Struct, frozen=True, kw_only=True):
    size: int
    """Bytes of one file as it comes in."""

    a_day: int
    """Files that one person may send within 24 hours."""


class Uploads:
    def __init__(self, store: Store, contents: Contents, limits: Limits) -> None:
        self._store = store
        self._contents = contents
        self._limits = limits
        self._drawing = Drawing()
        self._tries = Allowance(*TRIES)
        self._under_way = Counter[UUID]()

    async def take(
        self, who: Agent | Customer, conversation: UUID, name: str, parts: AsyncIterator[bytes]
    ) -> File:
        """Keep a file for a message that `who` is about to send.

        Raises NotFound for a conversation that `who` does not see, TooOften, TooMany, TooLarge,
        FileRefused.
        """
        with self._one_more(who.id):
            reserved = await unbroken(self._reserved(who, conversation))
            return await self._taken(reserved, name, parts)

    @contextmanager
    def _one_more(self, owner: UUID) -> Iterator[None]:
        if self._under_way[owner] == UNDER_WAY:
            raise TooOften(AGAIN_AFTER_S)
        self._tries.take(str(owner))
        self._under_way[owner] += 1
        try:
            yield
        finally:
            self._under_way[owner] -= 1
            if not self._under_way[owner]:
                del self._under_way[owner]

    async def _taken(self, reserved: File, name: str, parts: AsyncIterator[bytes]) -> File:
        try:
            with tempfile.TemporaryFile() as received, tempfile.TemporaryFile() as kept:
                await self._receive(parts, received)
                looked = await self._look(received, kept)
                return await unbroken(self._kept(reserved, name, looked, kept))
        except BaseException:
            await unbroken(self._drop(reserved.id))
            raise

    async def sweep(self) -> None:
        """Remove what was deleted, and what was uploaded a day ago and never sent."""
        async with self._store.write() as work:
            found = await work.files.leftover(await work.now() - DAY, SWEPT_AT_ONCE)
            for file in found:
                if file.state is not FileState.REMOVED:
                    await work.files.save(file.after(FileEvent.REMOVE), file.state)
        await each("removal.failed", [file.id for file in found], self._drop)

    async def _reserved(self, who: Agent | Customer, conversation: UUID) -> File:
        async with self._store.write() as work:
            await must_see(work, who, conversation)
            now = await work.now()
            file = File(
                id=new_id(),
                conversation_id=conversation,
                owner_id=who.id,
                name="",
                created_at=now,
            )
            await work.files.reserve(file, self._limits.a_day, now - DAY)
            return file

    async def _receive(self, parts: AsyncIterator[bytes], received: BinaryIO) -> None:
        size = 0
        try:
            async with asyncio.timeout(WITHIN_S):
                async for part in parts:
                    size += len(part)
                    if size > self._limits.size:
                        raise TooLarge("", f"more than {self._limits.size} bytes")
                    await asyncio.to_thread(received.write, part)
        except TimeoutError:
            raise FileRefused(f"it did not come within {WITHIN_S} s", f"byte {size}") from None

    async def _look(self, received: BinaryIO, kept: BinaryIO) -> Looked:
        type = await asyncio.to_thread(type_of, received)
        if type in PICTURES:
            return await self._drawing.anew(received, kept, type)
        look = checked_pdf if type == "application/pdf" else cleaned_text
        return await asyncio.to_thread(look, received, kept)

    async def _kept(self, reserved: File, name: str, looked: Looked, kept: BinaryIO) -> File:
        size = kept.seek(0, os.SEEK_END)
        kept.seek(0)
        await self._contents.put(reserved.id, kept)
        ready = replace(
            reserved.after(FileEvent.UPLOADED),
            name=safe_name(name, looked.type),
            type=looked.type,
            size=size,
            width=looked.width,
            height=looked.height,
        )
        async with self._store.write() as work:
            await work.files.save(ready, reserved.state)
        return ready

    async def _drop(self, id: UUID) -> None:
        await self._contents.delete(id)
        async with self._store.write() as work:
            await work.files.forget([id])
