"""Files beside messages: sent up in one piece, fetched by their id."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream
from msgspec import Struct

from app.api.guards import WhoeverCalls, unread
from app.conversation.errors import NotFound
from app.conversation.files import File, FileState
from app.conversation.messages import must_read
from app.files.errors import FileRefused
from app.files.ports import Contents
from app.files.uploads import Uploads
from app.runs.file_links import FileLinks
from app.store.work import Store

FileName = Annotated[str, QueryParameter(max_length=1000)]

ALONE = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}
"""Nothing in it runs, and no address shows it: pages fetch it and draw what they got."""


class FileView(Struct, frozen=True, kw_only=True):
    """A file as the body of its message names it."""

    id: UUID
    name: str
    type: str
    size: int
    width: int | None
    height: int | None


@post(
    "/v1/conversations/{id:uuid}/files",
    operation_id="uploadFile",
    tags=["conversation"],
    before_request=unread,
    request_max_body_size=None,
)
async def upload(
    id: FromPath[UUID],
    request: Request[Any, Any, Any],
    caller: WhoeverCalls,
    uploads: NamedDependency[Uploads],
    name: FileName = "",
) -> FileView:
    """Send a file up, as the body of the request; the next message then names it by its id.

    What it is shows in its content: JPEG, PNG, WebP, PDF or plain text. Pictures are drawn anew,
    without anything but their pixels. What no message names within a day is removed.
    """
    return _view(await uploads.take(caller, id, name, _parts(request)))


@get("/v1/files/{id:uuid}", operation_id="getFile", tags=["conversation"])
async def download(
    id: FromPath[UUID],
    caller: WhoeverCalls,
    store: NamedDependency[Store],
    contents: NamedDependency[Contents],
) -> Stream:
    """A file of a conversation that the caller sees; to be saved, or to be drawn by a page."""
    async with store.read() as work:
        file = await must_read(work, caller, id)
    return Stream(contents.parts(id), media_type=file.type, headers={**ALONE, **_headers(file)})


@get("/v1/handed-files/{token:str}", operation_id="fetchFile", tags=["conversation"])
async def handed(
    token: FromPath[str],
    links: NamedDependency[FileLinks],
    store: NamedDependency[Store],
    contents: NamedDependency[Contents],
) -> Stream:
    """A file that a run passed to the company's back end, by the link that came with it."""
    async with store.read() as work:
        id = links.file(token, await work.now())
        found = await work.files.of([id])
    if not found or found[0].state is not FileState.SAID:
        raise NotFound("file")
    file = found[0]
    return Stream(contents.parts(id), media_type=file.type, headers={**ALONE, **_headers(file)})


async def _parts(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    try:
        async for part in request.stream():
            yield part
    except HTTPException:  # how Litestar says that the client is gone
        raise FileRefused("the upload broke off") from None


def _view(file: File) -> FileView:
    return FileView(
        id=file.id,
        name=file.name,
        type=file.type,
        size=file.size,
        width=file.width,
        height=file.height,
    )


def _headers(file: File) -> dict[str, str]:
    # RFC 6266: the name in full, and for old programs without what is not ASCII.
    plain = file.name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    named = f"filename=\"{plain}\"; filename*=UTF-8''{quote(file.name, safe='')}"
    return {"Content-Length": str(file.size), "Content-Disposition": f"attachment; {named}"}


ROUTES = [upload, download, handed]
