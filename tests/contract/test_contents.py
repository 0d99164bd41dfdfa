"""The content of files: whole or not at all, whatever keeps it."""

import asyncio
import io
from pathlib import Path
from uuid import UUID

import pytest

from app.conversation.errors import NotFound
from app.files.folder import FolderContents
from app.files.memory import MemoryContents
from app.files.ports import Contents
from app.ids import new_id

WHOLE = bytes(range(256)) * 1000


@pytest.fixture(params=["memory", "folder"])
def contents(request: pytest.FixtureRequest, tmp_path: Path) -> Contents:
    return MemoryContents() if request.param == "memory" else FolderContents(tmp_path / "files")


async def read(contents: Contents, id: UUID) -> bytes:
    return b"".join([part async for part in contents.parts(id)])


async def test_what_was_put_comes_back_from_where_it_stood(contents: Contents) -> None:
    first, second = new_id(), new_id()
    content = io.BytesIO(WHOLE)
    content.seek(3)
    await contents.put(first, content)
    await contents.put(second, io.BytesIO(b""))
    assert await read(contents, first) == WHOLE[3:]
    assert await read(contents, second) == b""
    parts = [len(part) async for part in contents.parts(first)]
    assert len(parts) > 1


async def test_what_is_not_there_is_not_found_before_a_byte_of_it(contents: Contents) -> None:
    with pytest.raises(NotFound):
        await read(contents, new_id())


async def test_what_was_deleted_is_gone_and_may_be_deleted_again(contents: Contents) -> None:
    kept, gone = new_id(), new_id()
    for id in (kept, gone):
        await contents.put(id, io.BytesIO(WHOLE))
    for _ in range(2):
        await contents.delete(gone)
    with pytest.raises(NotFound):
        await read(contents, gone)
    assert await read(contents, kept) == WHOLE


async def test_a_delete_does_not_take_the_folder_from_under_a_put(tmp_path: Path) -> None:
    contents = FolderContents(tmp_path / "files")
    arriving, leaving = (UUID(int=(id << 8) + 7) for id in (1, 2))  # both in the same folder
    for _ in range(100):
        await asyncio.gather(contents.put(arriving, io.BytesIO(b"x")), contents.delete(leaving))
        await contents.delete(arriving)
    assert files_below(tmp_path) == []


class Broken(io.BytesIO):
    """A disk that fails in the middle."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 0:
            raise OSError("input/output error")
        return super().read(10)


async def test_a_put_that_breaks_leaves_nothing_to_read_and_can_be_cleared(tmp_path: Path) -> None:
    contents, id = FolderContents(tmp_path / "files"), new_id()
    with pytest.raises(OSError, match="input/output"):
        await contents.put(id, Broken(WHOLE))
    with pytest.raises(NotFound):
        await read(contents, id)
    await contents.delete(id)
    assert files_below(tmp_path) == []


def files_below(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]
