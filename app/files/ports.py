"""Where the content of files is kept, by the id that the database knows it under."""

from collections.abc import AsyncIterator
from typing import BinaryIO, Protocol, runtime_checkable
from uuid import UUID


@runtime_checkable  # Litestar checks what it injects
class Contents(Protocol):
    """Nothing here is part of a transaction: what a crash leaves behind has a row that tells of it.

    So the row comes first and goes last.
    """

    async def put(self, id: UUID, content: BinaryIO) -> None:
        """Keep it from its present position on, whole or not at all, durable when this returns."""
        ...

    def parts(self, id: UUID) -> AsyncIterator[bytes]:
        """The content, piece by piece. Raises NotFound before the first where there is none."""
        ...

    async def delete(self, id: UUID) -> None:
        """Also what a broken `put` left; nothing happens where nothing is there."""
        ...
