"""Has pictures drawn anew, by processes that hold nothing of ours and can be ended."""

import asyncio
import os
import sys
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec
import structlog

from app.files.content import Looked
from app.files.errors import FileRefused

AT_ONCE = 2  # each may take a core and a gigabyte
WITHIN_S = 30.0

log = structlog.get_logger()


class Drawing:
    """What draws the pictures of one server."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)

    async def anew(self, file: BinaryIO, drawn: BinaryIO, type: str) -> Looked:
        """Write the picture to `drawn`, nothing but its pixels. Raises FileRefused."""
        async with self._room:
            file.flush()
            os.lseek(file.fileno(), 0, os.SEEK_SET)  # `seek` may stay inside what was read ahead
            told = await _told(file, drawn, type)
        if "width" not in told:
            raise FileRefused(str(told.get("refused", "it cannot be read as a picture")))
        return Looked(type, int(told["width"]), int(told["height"]))


def _environment() -> dict[str, str]:
    """What Python needs to start; no setting of ours, and so no secret."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


async def _told(file: BinaryIO, drawn: BinaryIO, type: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-P", "-m", "app.files.picture", type),
        stdin=file,
        stdout=drawn,
        stderr=asyncio.subprocess.PIPE,
        env=_environment(),
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            _, said = await process.communicate()
    except TimeoutError:
        return {"refused": "drawing this picture takes too long"}
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode != 0:
        log.warning("picture.not_drawn", status=process.returncode, said=said[-500:].decode())
    with suppress(msgspec.DecodeError, IndexError):
        return dict(msgspec.json.decode(said.splitlines()[-1]))
    return {}
