"""The example bank as a process: what it keeps, and what it says when it cannot start."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest

from app.addresses import LOOPBACK
from app.auth.customer_token import HostTokens
from app.egress import ActionOk, Egress
from examples.acting import utc_now
from examples.bank.cards import Activation
from tests.api.real_bank import SECRET

RUN = UUID("01932f4a-0000-7000-8000-000000000001")
DIGITS = {"card": "maya-debit", "last4": "4417", "expiry": "2030-11"}

pytestmark = pytest.mark.timeout(60)  # starts real processes


async def bank(*arguments: str, secret: str = SECRET) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-m", "examples.bank", *arguments),
        env={**os.environ, "BANK_SECRET": secret},
        stdout=PIPE,
        stderr=PIPE,
    )


@asynccontextmanager
async def running(*arguments: str) -> AsyncIterator[tuple[Process, str]]:
    process = await bank("--port", "0", *arguments)
    assert process.stdout
    line = (await process.stdout.readline()).decode()
    try:
        assert line.startswith("Bank on http://localhost:")
        yield process, line.split()[-1]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def activate(url: str, key: str) -> object:
    async with Egress(url, SECRET, allowed=LOOPBACK) as egress:
        result = await egress.call_action(
            "cards.activate", DIGITS, customer="maya", run_id=RUN, key=key, timeout_s=10
        )
    assert isinstance(result, ActionOk)
    return result.result["code"]


async def test_everything_outlives_a_kill(tmp_path: Path) -> None:
    data = str(tmp_path / "bank")
    async with running("--data", data) as (process, url):
        keys = (tmp_path / "bank" / "jwks.json").read_bytes()
        assert await activate(url, "k1") == Activation.OK
        async with Egress(url, SECRET, allowed=LOOPBACK) as egress:
            await egress.send_code("maya", "482913", "Pay")
        process.kill()
        await process.wait()
    async with running("--data", data) as (_, url):
        assert await activate(url, "k1") == Activation.OK
        assert await activate(url, "k2") == Activation.ALREADY_ACTIVE
        assert "482913" in await _get(url, "/messages.json?customer=maya")
    assert (tmp_path / "bank" / "jwks.json").read_bytes() == keys


async def test_keys_can_be_made_ahead(tmp_path: Path) -> None:
    data = str(tmp_path / "bank")
    printed = [
        (await (await bank("keys", "--data", data, secret="")).communicate())[0].decode().strip()
        for _ in range(2)
    ]
    assert printed == [f"{data}/jwks.json"] * 2
    assert (tmp_path / "bank" / "host_key.pem").stat().st_mode & 0o777 == 0o600
    tokens = HostTokens(
        (tmp_path / "bank" / "jwks.json").read_bytes(), issuer="bank", audience="warmline"
    )
    async with running("--data", data) as (_, url):
        token = (await _get(url, "/token?customer=jonas")).split('"')[3]
    assert tokens.verify(token, utc_now()).name == "Jonas Keller"


async def test_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    data = tmp_path / "bank"
    async with running("--memory", "--data", str(data)) as (process, url):
        assert await activate(url, "k1") == Activation.OK
        process.terminate()
        async with asyncio.timeout(10):
            await process.wait()
    assert not data.exists()


async def test_port_in_use_is_one_clear_line() -> None:
    async with running("--memory") as (_, url):
        port = url.rpartition(":")[2]
        second = await bank("--memory", "--port", port)
        out, error = await second.communicate()
    assert second.returncode == 1
    assert out == b""
    assert error.decode() == (
        f"Error: the bank cannot listen on 127.0.0.1:{port}: Address already in use\n"
    )


@pytest.mark.parametrize(
    "secret", ["", "whsec_c2hvcnQ=", "whsec_???", "bm8gcHJlZml4IGJ1dCBsb25nIGVub3VnaA=="]
)
async def test_missing_secret_is_one_clear_line(secret: str) -> None:
    process = await bank("--memory", "--port", "0", secret=secret)
    _, error = await process.communicate()
    assert process.returncode == 1
    assert error.decode().startswith("Error: set BANK_SECRET")
    assert error.count(b"\n") == 1


async def _get(url: str, path: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: bank\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    return text.partition("\r\n\r\n")[2]
