"""A second server as a process of its own, which a test can kill or stop."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

import httpx
from msgspec.structs import asdict, replace

from app.config import PREFIX
from app.demo.ports import free_ports
from tests.api.company import Company


@asynccontextmanager
async def company_at(company: Company, url: str) -> AsyncIterator[Company]:
    """The same people, at that server; each request by a connection of its own."""
    alone = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(base_url=url, timeout=20, limits=alone) as http:
        yield replace(company, url=url, http=http)


async def _answers(company: Company, url: str) -> bool:
    try:
        return (await company.http.get(f"{url}/health/ready")).status_code == 200
    except httpx.TransportError:
        return False


@asynccontextmanager
async def another_server(
    company: Company,
    *options: str,
    program: str = "app.cli",
    variables: Mapping[str, str] = MappingProxyType({}),
    **more: Any,
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """A server process of its own on the same database, with these options and settings.

    `variables` are those of the environment that are no settings.
    """
    settings = asdict(company.config) | {"port": free_ports().server, "media_port": 0} | more
    environment = {PREFIX + name.upper(): str(one) for name, one in settings.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", program, "serve", *options),
        env={**os.environ, **environment, **variables},
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
