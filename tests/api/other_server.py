"""A second server as a process of its own, which a test can kill or stop."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from msgspec.structs import asdict

from app.config import PREFIX
from app.demo.ports import free_ports
from tests.api.company import Company


async def _answers(company: Company, url: str) -> bool:
    try:
        return (await company.http.get(f"{url}/health/ready")).status_code == 200
    except httpx.TransportError:
        return False


@asynccontextmanager
async def another_server(
    company: Company,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server process of its own on the same database."""
    settings = asdict(company.config) | {"port": free_ports().server, "media_port": 0}
    environment = {PREFIX + name.upper(): str(one) for name, one in settings.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "app.cli", "serve"),
        env={**os.environ, **environment},
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{settings['port']}"
    try:
        async with asyncio.timeout(60):
            while not await _answers(company, url):
                assert process.returncode is None
                await asyncio.sleep(0.05)
        yield process, url
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
