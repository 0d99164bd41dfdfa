"""What is this file, by what is in it? Names and headers are what somebody says of it."""

import codecs
import os
import shutil
from typing import BinaryIO

from msgspec import Struct

from app.conversation.secret_text import blank
from app.files.errors import FileRefused

PICTURES = {"image/jpeg", "image/png", "image/webp"}
LONGEST_TEXT = 256 * 1024  # bytes; a text is read as a whole, to blank what nobody may read

_HEAD = 16  # bytes that tell the kinds apart
_PDF_TAIL = 1024  # within so many bytes of its end readers look for the end mark (ISO 32000, H.3)
_MARKUP = b"<"
_ALLOWED_CONTROLS = frozenset("\t\n\r\f")


class Looked(Struct, frozen=True):
    """What it turned out to be; what is to be kept of it was written to another file."""

    type: str
    width: int | None = None
    height: int | None = None


def type_of(file: BinaryIO) -> str:
    """The media type; raises FileRefused where it is none that may be sent."""
    file.seek(0)
    head = file.read(_HEAD)
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if not head:
        raise FileRefused("the file is empty")
    return "text/plain"  # unless reading it tells otherwise


def checked_pdf(file: BinaryIO, kept: BinaryIO) -> Looked:
    """Keep a PDF as it is, unless something hangs behind its end to be taken for another kind.

    Its inside is not looked at: it is never shown by our pages, only saved.
    """
    size = file.seek(0, os.SEEK_END)
    start = max(size - _PDF_TAIL, 0)
    file.seek(start)
    if b"%%EOF" not in file.read():
        raise FileRefused("a PDF ends with %%EOF, this one goes on or breaks off", f"byte {start}")
    file.seek(0)
    shutil.copyfileobj(file, kept)
    return Looked("application/pdf")


def cleaned_text(file: BinaryIO, kept: BinaryIO) -> Looked:
    """Keep a text without card numbers and the like, as in messages. Raises FileRefused.

    Whatever looks like a page or a drawing is refused: some program would take it for one.
    """
    file.seek(0)
    content = file.read(LONGEST_TEXT + 1)
    _refuse_other_than_text(content)
    kept.write(blank(content.decode("utf-8-sig")).encode())
    return Looked("text/plain")


def _refuse_other_than_text(content: bytes) -> None:
    kinds = "only pictures (JPEG, PNG, WebP), PDF and plain text can be sent"
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        cut = len(content) > LONGEST_TEXT and error.start > LONGEST_TEXT - 4
        if not cut:
            raise FileRefused(kinds, f"byte {error.start}") from None
        text = ""
    for at, one in enumerate(text):
        if one < " " and one not in _ALLOWED_CONTROLS:
            raise FileRefused(kinds, f"byte {len(text[:at].encode())}")
    if content.removeprefix(codecs.BOM_UTF8).lstrip().startswith(_MARKUP):
        raise FileRefused(f"{kinds}; this is markup", "byte 0")
    if len(content) > LONGEST_TEXT:
        raise FileRefused(f"a text has at most {LONGEST_TEXT // 1024} KiB", f"byte {LONGEST_TEXT}")
