"""What is a file, whatever is said of it? And what of it is kept?"""

import io

import pytest

from app.files.content import LONGEST_TEXT, checked_pdf, cleaned_text, type_of
from app.files.errors import FileRefused
from tests.fixtures.pictures import PDF, picture


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_pictures_are_known_by_their_first_bytes(kind: str) -> None:
    assert type_of(io.BytesIO(picture(kind.upper()))) == f"image/{kind}"


def test_a_pdf_is_kept_as_it_is() -> None:
    kept = io.BytesIO()
    assert type_of(io.BytesIO(PDF)) == "application/pdf"
    checked_pdf(io.BytesIO(PDF), kept)
    assert kept.getvalue() == PDF


@pytest.mark.parametrize("more", [b"PK\x03\x04" + b"x" * 2000, b"<script>" + b" " * 1100])
def test_a_pdf_that_goes_on_as_something_else_is_refused(more: bytes) -> None:
    with pytest.raises(FileRefused, match=r"^byte \d+: a PDF ends"):
        checked_pdf(io.BytesIO(PDF + more), io.BytesIO())


def test_a_text_is_kept_without_what_nobody_may_read() -> None:
    kept = io.BytesIO()
    cleaned_text(io.BytesIO("\ufeffMy card:\r\n4242 4242 4242 4242, thanks\n".encode()), kept)
    assert kept.getvalue().decode() == "My card:\r\n•••• 4242, thanks\n"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"GIF89a\x01\x00", "byte 6"),
        (b"MZ\x90\x00", "byte 2"),
        (b"PK\x03\x04", "byte 2"),
        (b"hello \x1b[2J", "byte 6"),
        ("Grüße ".encode() + b"\xff", "byte 8"),
        (b"  <!doctype html><script>alert(1)</script>", "byte 0"),
        (b"\xef\xbb\xbf<svg onload='alert(1)'/>", "byte 0"),
        (b"x" * (LONGEST_TEXT + 1), f"byte {LONGEST_TEXT}"),
        (b"x" + ("é" * LONGEST_TEXT).encode(), f"byte {LONGEST_TEXT}"),
    ],
)  # fmt: skip
def test_other_things_are_refused_with_the_place(content: bytes, place: str) -> None:
    with pytest.raises(FileRefused) as refused:
        cleaned_text(io.BytesIO(content), io.BytesIO())
    assert refused.value.place == place


def test_nothing_is_no_file() -> None:
    with pytest.raises(FileRefused, match="empty"):
        type_of(io.BytesIO())
