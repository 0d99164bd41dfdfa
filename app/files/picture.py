"""Draws a picture anew: what comes out holds its pixels, and nothing else of what came in.

    python -m app.files.picture TYPE < picture > drawn

Position, device and time (EXIF), comments, colour profiles, and whatever else was put between or
behind the pixels stay out. How the camera was held is applied before it is forgotten. Of moving
pictures the first one is kept.

Decoders of pictures are where hostile bytes do most harm, and one that was given a picture made to
last cannot be told to stop. So this is a process of its own, with limits, for one picture. The last
thing that it writes to stderr is a line of JSON: `{"width", "height"}`, or `{"refused"}`.
"""

import json
import resource
import sys
from contextlib import suppress
from typing import BinaryIO

from PIL import Image, ImageOps

MOST_PIXELS = 64_000_000  # telephones take 50 million; four bytes each
LONGEST_SIDE = 4096  # pixels; larger ones are drawn smaller
MOST_MEMORY = 1024**3  # bytes
MOST_CPU_S = 20

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
MODES = {"JPEG": ("L", "RGB"), "PNG": ("L", "LA", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}


class Refused(Exception):
    """It is not drawn; says why."""


def draw(source: BinaryIO, target: BinaryIO, type: str) -> tuple[int, int]:
    """Width and height of what was drawn. Raises Refused."""
    kind = FORMATS[type]
    # No other decoder gets to see it, and its size is looked at before its pixels are.
    with Image.open(source, formats=[kind]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(f"it has more than {MOST_PIXELS // 1_000_000} million pixels")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        plain = upright if upright.mode in MODES[kind] else upright.convert(_mode(upright, kind))
        bare = Image.new(plain.mode, plain.size)
        bare.paste(plain)
        bare.save(target, kind, **({} if kind == "PNG" else {"quality": 85}))
        return bare.size


def _mode(picture: Image.Image, kind: str) -> str:
    return "RGBA" if kind != "JPEG" and picture.has_transparency_data else "RGB"


def main() -> None:
    _limit(resource.RLIMIT_AS, MOST_MEMORY)
    _limit(resource.RLIMIT_CPU, MOST_CPU_S)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        width, height = draw(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1])
        sys.stdout.buffer.flush()
        told: dict[str, object] = {"width": width, "height": height}
    except Refused as refused:
        told = {"refused": str(refused)}
    except Exception as error:  # decoders raise what they like
        told = {"refused": f"it cannot be read as such a picture ({type(error).__name__})"}
    sys.stderr.write(f"{json.dumps(told)}\n")


def _limit(what: int, most: int) -> None:
    with suppress(ValueError, OSError):  # some systems have no such limit
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
