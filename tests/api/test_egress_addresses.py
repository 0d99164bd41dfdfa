"""Where does a request to a back end go, however its address is written? Nowhere it should not.

Each way of writing is tried over plain HTTP and over TLS against servers that really listen, on the
addresses that are meant. Nothing leaves this machine: what is refused is not connected to.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.addresses import LOOPBACK
from app.egress import ActionError, ActionOk, ActionResult, ActionUnknown, BadBackend, Egress
from tests.api.real_bank import SECRET
from tests.api.test_egress import http, raw_backend, read, write

LOOPED = """
    127.0.0.1 127.0.0.2 127.255.255.254 127.1 127.0.1 2130706433 0x7f000001 0x7F000001 0x7f.1
    0x7f.0x0.0x0.0x1 0177.0.0.1 0177.1 017700000001 00177.00.00.01 localhost LOCALHOST
    [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1]
    [::1%25lo] ①②⑦.⓪.⓪.① \uff11\uff12\uff17.0.0.1 127。0。0。1
""".split()  # noqa: SIM905 - reads as the table it is
"""This machine, written in 25 ways."""

UNSPECIFIED = "0.0.0.0 0 0x0 00 [::] [::ffff:0.0.0.0] 0.1.2.3".split()  # noqa: SIM905
"""Connects to this machine, too, where nobody looks."""

ELSEWHERE = """
    10.0.0.1 167772161 0xa000001 012.0.0.1 172.16.0.1 192.168.1.1 3232235777 100.64.0.1
    169.254.169.254 2852039166 0xa9fea9fe 0xA9.0xFE.0xA9.0xFE 0251.0376.0251.0376 169.254.43518
    [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [fd00:ec2::254] 169.254.170.2 100.100.100.200
    168.63.129.16 192.0.0.192 [::169.254.169.254] [::127.0.0.1] [::ffff:0:127.0.0.1]
    [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::10.0.0.1] [2002:7f00:1::]
    [2002:a9fe:a9fe::] [2001:0:7f00:1::] [fe80::1] [fe80::1%25lo] [fc00::1] [fec0::1] [2001:db8::1]
    [ff02::1] [ff0e::1] 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 0xffffffff
    192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 192.88.99.1 [3fff::1] [100::1]
""".split()  # noqa: SIM905
"""Private, shared, link-local, metadata, mapped, compatible, translated, tunnelled, of nobody."""

REFUSED = [*LOOPED, *UNSPECIFIED, *ELSEWHERE]

FINE = """
    127.0.0.1 0x7f000001 0x7f.1 localhost LOCALHOST [::1] [::ffff:127.0.0.1] [::ffff:7f00:1]
    ①②⑦.⓪.⓪.①
""".split()  # noqa: SIM905
"""The same machine, for an operator who allows it. Numbers such as 127.1 aiohttp takes for none."""

NO_URLS = [
    "https://user@127.0.0.1",
    "https://bank.example@127.0.0.1/",
    "https://bank.example:443@127.0.0.1/",
    "https://:word@bank.example",
    "https://bank.example\\@127.0.0.1/",
    "https://127.0.0.1#@bank.example/",
    "https://127.0.0.1?@bank.example/",
    "https:///actions",
    "//127.0.0.1",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "file://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1",
    "ftp://127.0.0.1",
    "data:application/json,{}",
    "https://[127.0.0.1]/",
    "https://[::1",
    "https://127.0.0.1:99999/",
]


@pytest.fixture(autouse=True)
def no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that are none on this machine are nobody's, without asking the network."""
    ask = socket.getaddrinfo

    def here(
        host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Any:
        numeric = 0 if host == "localhost" else socket.AI_NUMERICHOST
        return ask(host, port, family, type, proto, flags | numeric)

    monkeypatch.setattr(socket, "getaddrinfo", here)


class Listening:
    """Counts who connects, by IPv4 and IPv6, on one port of every address of this machine."""

    def __init__(self) -> None:
        self.connections = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.read(4096)
        writer.write(http("200 OK", b'{"result": {"here": true}}'))
        writer.close()


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    """On loopback alone: 127.0.0.1 and ::1."""
    found = Listening()
    first = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = first.sockets[0].getsockname()[1]
    second = await asyncio.start_server(found.serve, "::1", found.port)
    async with first, second:
        yield found


async def asked(url: str, allowed: tuple[str, ...] = ()) -> list[ActionResult]:
    """What a read and a write come to."""
    async with Egress(url, SECRET, allowed=allowed) as egress:
        return [await read(egress, timeout_s=5), await write(egress, timeout_s=5)]


connected: list[object] = []
"""Whom this process connected to, as the interpreter itself saw it."""


def note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        connected.append(arguments[1])


sys.addaudithook(note)  # which stays for good, so there is one


@pytest.mark.parametrize("host", REFUSED)
async def test_no_way_of_writing_leads_where_nobody_may_go(host: str) -> None:
    async with listening() as found:
        connected.clear()
        for scheme in ("https", "http"):
            for result in await asked(f"{scheme}://{host}:{found.port}"):
                assert isinstance(result, ActionError)
                assert result.code in {"forbidden_address", "unreachable"}
        assert connected == []
        assert found.connections == 0


def test_more_than_sixty_ways_are_tried() -> None:
    assert len(REFUSED) == len(set(REFUSED)) > 60


@pytest.mark.parametrize("host", FINE)
async def test_what_the_operator_allows_is_reached_however_it_is_written(host: str) -> None:
    async with listening() as found:
        connected.clear()
        for result in await asked(f"http://{host}:{found.port}", LOOPBACK):
            assert result == ActionOk(result={"here": True})
        assert found.connections == len(connected) == 2


@pytest.mark.parametrize("host", ["127.0.0.1.", "a.localhost.example", "127.0.0.1.nip.io", "%31"])
async def test_a_name_of_nobody_reaches_nobody(host: str) -> None:
    async with listening() as found:
        for result in await asked(f"https://{host}:{found.port}"):
            assert result == ActionError(code="unreachable")
        assert found.connections == 0


@pytest.mark.parametrize("url", NO_URLS)
def test_what_is_no_address_of_a_back_end_is_not_taken(url: str) -> None:
    with pytest.raises(BadBackend) as bad:
        Egress(url, SECRET)
    assert bad.value.place == "base_url"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 T", "308 P"])
@pytest.mark.parametrize(
    "to", ["http://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://[::1]:{port}/"]
)
async def test_no_redirect_leads_anywhere(status: str, to: str) -> None:
    async with listening() as found:
        answer = http(status, b"", "Location: " + to.format(port=found.port))
        async with raw_backend(answer) as backend:
            code = f"http_{status[:3]}"
            results = await asked(backend.url, ("127.0.0.1/32",))
        assert results == [ActionError(code=code), ActionUnknown(reason=code)]
        assert found.connections == 0


# A name is resolved when a connection is made: to something public first, to this machine then.


Answers = Iterator[list[str]]


def resolving(monkeypatch: pytest.MonkeyPatch, answers: Answers) -> None:
    """From now on bank.example is at these addresses, one answer each time it is asked for."""

    def addresses(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "")
        return [(*kind, (one, port)) for one in next(answers)]

    monkeypatch.setattr(socket, "getaddrinfo", addresses)


@pytest.mark.parametrize("order", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
async def test_a_name_with_two_addresses_leads_to_the_one_that_is_allowed(
    monkeypatch: pytest.MonkeyPatch, order: list[str]
) -> None:
    """127.0.0.2 stands for the public address, where nobody listens; 127.0.0.1 for the machine."""
    async with listening() as found:
        resolving(monkeypatch, iter([order] * 9))
        for result in await asked(f"http://bank.example:{found.port}", ("127.0.0.2/32",)):
            assert isinstance(result, ActionError)
        assert found.connections == 0


async def test_a_name_that_moves_after_it_was_looked_at_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with listening() as found, raw_backend(http("200 OK", b'{"result": {}}')) as away:
        port = int(away.url.rpartition(":")[2])
        allowed = ("127.0.0.3/32",)
        moved = await asyncio.start_server(away.serve, "127.0.0.3", found.port)
        async with moved:
            for there, result in (
                ("127.0.0.3", ActionOk(result={})),
                ("127.0.0.1", ActionError(code="forbidden_address")),
            ):
                resolving(monkeypatch, iter([[there]] * 9))
                async with Egress(f"http://bank.example:{found.port}", SECRET, allowed) as egress:
                    assert await read(egress) == result
        assert port != found.port
        assert found.connections == 0
