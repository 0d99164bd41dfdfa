"""Which files does a run keep? Those that its customer sent up and answered with.

They are kept as files of a message are: agents who see the conversation may read them, and nobody
sweeps them away. A file that no answer names any more goes.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from app.conversation.files import File as Stored
from app.conversation.files import FileEvent, FileState
from app.runs.file_links import FileLinks
from app.store.records import RunRow
from app.store.work import Work
from selfservice.reading_files import FILE_KEYS
from selfservice.state import State
from selfservice.uploaded import File, held


async def own(work: Work, row: RunRow, state: State, ids: Collection[str]) -> dict[str, File]:
    """Those of the ids that the customer may answer with: sent up and not given away yet, or with
    this run already.
    """
    kept = held(state)
    found = await _here(work, row, ids)
    return {
        str(one.id): File(id=str(one.id), name=one.name, type=one.type, size=one.size)
        for one in found
        if one.state is FileState.READY or (one.state is FileState.SAID and str(one.id) in kept)
    }


async def keep(work: Work, row: RunRow, before: State, after: State) -> None:
    """Keep what the run names now, and let go what it names no more. Raises Stale."""
    had, has = held(before), held(after)
    for file in await _here(work, row, has - had):
        if file.state is FileState.READY:
            await work.files.save(file.after(FileEvent.SAY), file.state)
    for file in await _here(work, row, had - has):
        if file.state is FileState.SAID:
            await work.files.save(file.after(FileEvent.REMOVE), file.state)


def with_links(value: Any, kept: Collection[str], links: FileLinks, now: datetime) -> Any:
    """The same value; each file of the run has the `url` that it can be fetched by."""
    match value:
        case {"id": str(id)} if id in kept and value.keys() >= FILE_KEYS:
            return {**value, "url": links.to(UUID(id), now)}
        case list():
            return [with_links(one, kept, links, now) for one in value]
        case dict():
            return {name: with_links(one, kept, links, now) for name, one in value.items()}
        case _:
            return value


async def readable(work: Work, row: RunRow, state: State) -> set[str]:
    """The files of the run that are its customer's and there, for the back end to fetch."""
    found = await _here(work, row, held(state))
    return {str(one.id) for one in found if one.state is FileState.SAID}


async def _here(work: Work, row: RunRow, ids: Collection[str]) -> list[Stored]:
    """Files of the run's own customer: an id of another's, or of none, is nothing here."""
    wanted = [id for one in sorted(ids) if (id := _uuid(one)) is not None]
    if not wanted:
        return []
    found = await work.files.of(wanted)
    return [one for one in found if one.owner_id == row.customer_id]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
