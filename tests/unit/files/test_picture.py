"""Does a picture that was drawn anew hold its pixels, upright, and nothing else?"""

import io
import struct
import sys
import tempfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from app.files import drawing
from app.files.content import Looked
from app.files.drawing import Drawing
from app.files.errors import FileRefused
from tests.fixtures.pictures import SECRET, photo, picture

BEHIND = b"PK\x03\x04 <script>alert(1)</script>"


async def drawn(content: bytes, type: str) -> tuple[Looked, bytes]:
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as kept:
        file.write(content)
        looked = await Drawing().anew(file, kept, type)
        kept.seek(0)
        return looked, kept.read()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
async def test_nothing_but_pixels_comes_out_the_right_way_up(kind: str) -> None:
    content = photo(kind.upper()) + BEHIND
    assert SECRET.encode() in content
    looked, kept = await drawn(content, f"image/{kind}")
    assert (looked.width, looked.height) == (20, 40)
    assert SECRET.encode() not in kept
    assert BEHIND not in kept
    with Image.open(io.BytesIO(kept)) as one:
        assert (one.format, one.size, dict(one.getexif())) == (kind.upper(), (20, 40), {})
        assert {"icc_profile", "exif", "comment", "xmp"}.isdisjoint(one.info)
        top, bottom = (one.convert("RGB").getpixel((10, y)) for y in (5, 35))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 50 > top[2]  # red was on the left, the camera turned right
    assert bottom[2] > 200 > 50 > bottom[0]


async def test_what_is_transparent_stays_so() -> None:
    written = io.BytesIO()
    Image.new("RGBA", (3, 3), (0, 0, 0, 0)).quantize().save(written, "PNG", transparency=0)
    _, kept = await drawn(written.getvalue(), "image/png")
    with Image.open(io.BytesIO(kept)) as one:
        assert one.convert("RGBA").getpixel((1, 1)) == (0, 0, 0, 0)


async def test_a_large_photo_is_drawn_smaller() -> None:
    looked, _ = await drawn(picture(size=(6000, 3000)), "image/jpeg")
    assert (looked.width, looked.height) == (4096, 2048)


async def test_a_picture_that_would_not_fit_into_memory_is_refused_by_its_head() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    with pytest.raises(FileRefused):
        await drawn(bomb, "image/png")


@pytest.mark.parametrize(
    ("content", "type"),
    [
        (picture("PNG"), "image/jpeg"),
        (picture()[:300], "image/jpeg"),
        (b"\xff\xd8\xff" + BEHIND, "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
    ],
)
async def test_what_only_begins_like_a_picture_is_refused(content: bytes, type: str) -> None:
    with pytest.raises(FileRefused, match="cannot be read as such a picture"):
        await drawn(content, type)


async def test_a_decoder_that_does_not_end_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = tmp_path / "slow"
    slow.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    slow.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(slow))
    monkeypatch.setattr(drawing, "WITHIN_S", 0.2)
    with pytest.raises(FileRefused, match="too long"):
        await drawn(picture(), "image/jpeg")


async def test_a_decoder_that_dies_refuses_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(FileRefused, match="cannot be read"):
        await drawn(picture(), "image/jpeg")
