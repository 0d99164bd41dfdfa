"""Is the double a provider and a phone to be trusted?"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from push.double.server import Running, running

PROJECT = "warmline-demo"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


async def register(http: aiohttp.ClientSession, double: Running) -> str:
    async with http.post(f"{double.url}/double/devices") as answer:
        assert answer.status == 201
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        return str((await answer.json())["token"])


async def send(
    http: aiohttp.ClientSession,
    double: Running,
    token: str,
    notification_id: str,
    android: dict[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    bearer = double.provider.new_access_token()
    data = {"notification_id": notification_id}
    message = {"token": token, "data": data, "android": android or {}}
    async with http.post(
        f"{double.url}/v1/projects/{PROJECT}/messages:send",
        json={"message": message},
        headers={"Authorization": f"Bearer {bearer}"},
    ) as answer:
        return answer.status, await answer.json()


@asynccontextmanager
async def stream(
    http: aiohttp.ClientSession, double: Running, token: str, last: int | None = None
) -> AsyncIterator[AsyncIterator[tuple[int, str]]]:
    """The (event id, notification id) pairs that the phone's page hears of."""
    headers = {} if last is None else {"Last-Event-ID": str(last)}
    url = f"{double.url}/double/devices/{token}/messages"
    async with http.get(url, headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        yield _events(answer)


async def _events(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[int, str]]:
    number = 0
    async for line in answer.content:
        if line.startswith(b"id: "):
            number = int(line[4:])
        if line.startswith(b"data: "):
            yield number, json.loads(line[6:])["data"]["notification_id"]


async def hear(
    http: aiohttp.ClientSession, double: Running, token: str, count: int, last: int | None = None
) -> list[tuple[int, str]]:
    """The first events of a new stream."""
    async with asyncio.timeout(3), stream(http, double, token, last) as events:
        return [await anext(events) for _ in range(count)]


async def test_a_page_hears_of_a_message_as_it_comes(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    async with asyncio.timeout(3), stream(http, double, token) as events:
        assert (await send(http, double, token, "n-1"))[0] == 200
        assert await anext(events) == (1, "n-1")
        assert (await send(http, double, token, "n-2"))[0] == 200
        assert await anext(events) == (2, "n-2")


async def test_a_phone_that_was_off_gets_what_came_meanwhile_and_only_once(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    await send(http, double, token, "n-1")
    await send(http, double, token, "n-2")
    assert await hear(http, double, token, 2) == [(1, "n-1"), (2, "n-2")]
    await send(http, double, token, "n-3")
    assert await hear(http, double, token, 1) == [(3, "n-3")]


async def test_a_broken_stream_is_replayed_from_the_last_event(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    for number in range(1, 4):
        await send(http, double, token, f"n-{number}")
    await hear(http, double, token, 3)
    assert await hear(http, double, token, 2, last=1) == [(2, "n-2"), (3, "n-3")]


async def test_a_double_of_a_notification_is_received_and_not_shown(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    for notification in ("n-1", "n-1", "n-2"):
        await send(http, double, token, notification)
    assert await hear(http, double, token, 2) == [(1, "n-1"), (3, "n-2")]
    async with http.get(f"{double.url}/double/devices/{token}") as answer:
        device = await answer.json()
    assert device["received"] == 3
    assert [v["data"]["notification_id"] for v in device["visible"]] == ["n-1", "n-2"]


async def test_a_phone_that_was_off_gets_the_last_of_a_collapse_key(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    sync = {"collapse_key": "sync"}
    await send(http, double, token, "n-1", sync)
    await send(http, double, token, "n-2")
    await send(http, double, token, "n-3", sync)
    assert await hear(http, double, token, 2) == [(2, "n-2"), (3, "n-3")]
    await send(http, double, token, "n-4", sync)
    assert await hear(http, double, token, 1) == [(4, "n-4")]
    assert await hear(http, double, token, 3, last=0) == [(2, "n-2"), (3, "n-3"), (4, "n-4")]


async def test_a_phone_that_was_off_too_long_misses_the_call(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    await send(http, double, token, "n-1", {"ttl": "0s"})
    await send(http, double, token, "n-2", {"ttl": "60s"})
    assert await hear(http, double, token, 1) == [(2, "n-2")]


async def test_a_removed_app_ends_its_stream_and_its_token(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    async with asyncio.timeout(3), stream(http, double, token) as events:
        async with http.delete(f"{double.url}/double/devices/{token}") as answer:
            assert answer.status == 204
        assert [event async for event in events] == []
    status, body = await send(http, double, token, "n-1")
    assert status == 404
    assert body["error"]["details"][0]["errorCode"] == "UNREGISTERED"


async def test_an_unknown_device_has_no_stream(
    http: aiohttp.ClientSession, double: Running
) -> None:
    async with http.get(f"{double.url}/double/devices/nobody/messages") as answer:
        assert answer.status == 404


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b'{"message": {"token": "t", "data": {"id": 1}}}',
        b'{"message": {"token": "t", "fid": "f"}}',
        b'{"message": {"data": {}}}',
        b'{"message": {"token": "t", "invented": true}}',
    ],
)
async def test_what_fcm_would_not_understand_is_refused_with_the_field(
    http: aiohttp.ClientSession, double: Running, body: bytes
) -> None:
    headers = {"Authorization": f"Bearer {double.provider.new_access_token()}"}
    url = f"{double.url}/v1/projects/{PROJECT}/messages:send"
    async with http.post(url, data=body, headers=headers) as answer:
        assert answer.status == 400
        (detail,) = (await answer.json())["error"]["details"]
    assert detail["@type"] == "type.googleapis.com/google.rpc.BadRequest"


async def test_nobody_sends_without_an_access_token(
    http: aiohttp.ClientSession, double: Running
) -> None:
    url = f"{double.url}/v1/projects/{PROJECT}/messages:send"
    for headers in ({}, {"Authorization": "Bearer invented"}):
        async with http.post(url, json={}, headers=headers) as answer:
            assert answer.status == 401


async def test_an_unsigned_assertion_gets_no_token(
    http: aiohttp.ClientSession, double: Running
) -> None:
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"}
    async with http.post(f"{double.url}/token", data=form) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"] == "invalid_grant"


async def test_faults_are_switched_on_over_http_and_count_down(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    fault = {"kind": "quota", "times": 1, "token": token, "retry_after": "7"}
    async with http.post(f"{double.url}/double/faults", json=fault) as answer:
        assert answer.status == 204
    assert [(await send(http, double, token, "n"))[0] for _ in range(2)] == [429, 200]
    async with http.post(f"{double.url}/double/faults", json={"kind": "rain"}) as answer:
        assert answer.status == 400
        assert "kind" in await answer.text()


async def test_the_ledger_tells_what_came_in(http: aiohttp.ClientSession, double: Running) -> None:
    token = await register(http, double)
    await send(http, double, token, "n-1")
    await send(http, double, "nobody", "n-2")
    async with http.get(f"{double.url}/double/ledger") as answer:
        sends = (await answer.json())["sends"]
    assert [(s["token"], s["status"]) for s in sends] == [(token, 200), ("nobody", 400)]
    assert [s["name"] is not None for s in sends] == [True, False]


async def test_a_page_of_another_origin_may_delete(
    http: aiohttp.ClientSession, double: Running
) -> None:
    token = await register(http, double)
    async with http.options(f"{double.url}/double/devices/{token}") as answer:
        assert answer.status == 204
        assert "DELETE" in answer.headers["Access-Control-Allow-Methods"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_key_devices_and_ledger_survive_a_restart(
    http: aiohttp.ClientSession, data: Path
) -> None:
    async with running(data=data) as before:
        kept, gone = await register(http, before), await register(http, before)
        await send(http, before, kept, "n-1")
        await hear(http, before, kept, 1)
        await send(http, before, kept, "n-2")
        async with http.delete(f"{before.url}/double/devices/{gone}"):
            pass
        key = before.provider.account.info["private_key"]
    with (data / "journal.jsonl").open("ab") as journal:
        journal.write(b'{"type":"sent","at":"2026')  # killed in the middle of a line

    async with running(data=data) as after:
        assert after.provider.account.info["private_key"] == key
        assert after.provider.account.info["token_uri"] == f"{after.url}/token"
        assert await hear(http, after, kept, 1) == [(2, "n-2")]
        assert (await send(http, after, kept, "n-1"))[0] == 200
        assert (await send(http, after, gone, "n-1"))[0] == 404
        assert len(after.provider.sends) == 4


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "push.double",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


async def test_the_command_serves_until_it_is_told_to_stop(
    http: aiohttp.ClientSession, data: Path
) -> None:
    process = await start("--port", "0", "--data", str(data))
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    port = int(line.rsplit(":", 1)[1])
    async with http.post(f"http://127.0.0.1:{port}/double/devices") as answer:
        token = (await answer.json())["token"]
    async with http.get(f"http://127.0.0.1:{port}/double/devices/{token}/messages") as open_stream:
        assert open_stream.status == 200
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def test_a_port_in_use_is_one_clear_line(double: Running) -> None:
    port = double.url.rsplit(":", 1)[1]
    process = await start("--port", port)
    out, err = await process.communicate()
    assert process.returncode == 1
    assert err.decode() == f"Error: port {port} is in use; choose another with --port\n"
    assert out == b""


async def test_the_credentials_command_writes_an_account_for_the_double(data: Path) -> None:
    process = await start("credentials", "--data", str(data), "--url", "http://localhost:9/")
    out, _ = await process.communicate()
    assert Path(out.decode().strip()) == data / "service-account.json"
    account = written(data)
    assert account["token_uri"] == "http://localhost:9/token"
    again = await start("credentials", "--data", str(data), "--url", "http://localhost:9")
    await again.communicate()
    assert written(data) == account


def written(data: Path) -> dict[str, str]:
    """The account in the directory, which nobody else may read."""
    path = data / "service-account.json"
    assert path.stat().st_mode & 0o077 == 0
    account: dict[str, str] = json.loads(path.read_text())
    return account
