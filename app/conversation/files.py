"""Files beside the text of messages: what is known of one, and what may become of it.

uploading -> ready -> said -> removed
    '----------'----------------^   (left lying for a day, or its message was deleted)
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from app.conversation.errors import Stale
from app.conversation.secret_text import blank

EXTENSIONS: Mapping[str, str] = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "text/plain": "txt",
}
"""What may be sent -> how the name of such a file ends."""

LONGEST_NAME = 80  # characters before the ending


class FileState(StrEnum):
    UPLOADING = "uploading"
    READY = "ready"
    SAID = "said"
    REMOVED = "removed"


class FileEvent(StrEnum):
    UPLOADED = "uploaded"
    SAY = "say"  # by a message, or as an answer of a run
    REMOVE = "remove"


TRANSITIONS: dict[FileState, dict[FileEvent, FileState]] = {
    FileState.UPLOADING: {
        FileEvent.UPLOADED: FileState.READY,
        FileEvent.REMOVE: FileState.REMOVED,
    },
    FileState.READY: {FileEvent.SAY: FileState.SAID, FileEvent.REMOVE: FileState.REMOVED},
    FileState.SAID: {FileEvent.REMOVE: FileState.REMOVED},
    FileState.REMOVED: {},
}

LEFT_LYING = frozenset({FileState.UPLOADING, FileState.READY})
"""States in which nobody but the sender knows of it: after a day it goes."""


class File(Struct, frozen=True, kw_only=True):
    """One file. Its content lies elsewhere, under the same id."""

    id: UUID
    conversation_id: UUID
    owner_id: UUID  # the customer or agent who sends it
    name: str
    created_at: datetime
    state: FileState = FileState.UPLOADING
    type: str = ""
    size: int = 0  # bytes
    width: int | None = None  # pixels, of pictures
    height: int | None = None
    seq: int | None = None  # of the message that carries it

    def after(self, event: FileEvent) -> "File":
        """The same file once `event` happened; raises Stale where it cannot."""
        try:
            return replace(self, state=TRANSITIONS[self.state][event])
        except KeyError:
            raise Stale("file") from None

    def view(self) -> dict[str, Any]:
        """As it stands in the body of its message."""
        return {
            "id": str(self.id),
            "name": self.name,
            "type": self.type,
            "size": self.size,
            "width": self.width,
            "height": self.height,
        }


def safe_name(name: str, type: str) -> str:
    """A name to show and to save under: one line, no path, no secret, the ending of its content.

    "../../4242 4242 4242 4242.exe" of a picture is "•••• 4242.exe.jpg": what a system would start
    is decided by the last ending alone.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Categories C*: control characters, and those that turn the direction of what follows.
    shown = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in last)
    stem = blank(" ".join(shown.split())).strip(". ")
    ending = f".{EXTENSIONS[type]}"
    if stem.lower().endswith((ending, ".jpeg" if ending == ".jpg" else ending)):
        stem = stem.rpartition(".")[0].strip(". ")
    return f"{stem[:LONGEST_NAME].strip() or 'file'}{ending}"
