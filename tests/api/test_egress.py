"""What leaves for a back end, on real sockets, against the example bank and worse."""

import asyncio
import gzip
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from app.addresses import LOOPBACK
from app.egress import (
    ATTEMPTS,
    LARGEST_ANSWER,
    ActionError,
    ActionOk,
    ActionResult,
    ActionUnknown,
    BadBackend,
    Egress,
)
from examples.bank.cards import CardState
from tests.api.real_bank import SECRET, RunningBank, real_bank

RUN = UUID("01932f4a-0000-7000-8000-000000000001")
DIGITS = {"card": "maya-debit", "last4": "4417", "expiry": "2030-11"}
WRONG = {**DIGITS, "last4": "4471"}


@pytest.fixture
async def bank() -> AsyncIterator[RunningBank]:
    async with real_bank() as running:
        yield running


@pytest.fixture
async def egress(bank: RunningBank) -> AsyncIterator[Egress]:
    async with Egress(bank.url, SECRET, allowed=LOOPBACK) as egress:
        yield egress


def card_state(bank: RunningBank, id: str = "maya-debit") -> CardState:
    return next(card.state for card in bank.bank.books.cards_of("maya") if card.id == id)


async def read(egress: Egress, card: str = "maya-debit", timeout_s: float = 5) -> ActionResult:
    return await egress.call_action(
        "cards.get", {"card": card}, customer="maya", run_id=RUN, key=None, timeout_s=timeout_s
    )


async def write(
    egress: Egress, input: dict[str, Any] = DIGITS, key: str = "k1", timeout_s: float = 5
) -> ActionResult:
    return await egress.call_action(
        "cards.activate", input, customer="maya", run_id=RUN, key=key, timeout_s=timeout_s
    )


async def test_read_and_write(bank: RunningBank, egress: Egress) -> None:
    card = await read(egress)
    assert isinstance(card, ActionOk)
    assert card.result["status"] == "sent"
    assert await write(egress, WRONG, "k1") == ActionOk(result={"code": "DIGITS_MISMATCH"})
    assert await write(egress, DIGITS, "k2") == ActionOk(result={"code": "OK"})
    assert card_state(bank) is CardState.ACTIVE


async def test_repeated_write_gets_the_first_answer(bank: RunningBank, egress: Egress) -> None:
    assert await write(egress) == await write(egress) == ActionOk(result={"code": "OK"})
    assert await write(egress, key="k2") == ActionOk(result={"code": "ALREADY_ACTIVE"})


async def test_key_of_another_write_is_unknown(bank: RunningBank, egress: Egress) -> None:
    await write(egress, WRONG)
    assert await write(egress, DIGITS) == ActionUnknown(reason="http_409")
    assert card_state(bank) is CardState.SENT


async def test_problem_of_the_bank_is_an_error_with_its_code(egress: Egress) -> None:
    expected = ActionError(code="unknown-card", detail="There is no such card")
    assert await read(egress, "jonas-debit") == expected
    assert await write(egress, {**DIGITS, "card": "jonas-debit"}) == expected
    assert await write(egress, {"card": "maya-debit"}, "k2") == ActionError(
        code="bad-request", detail="The body is not what was expected"
    )


async def test_other_secret_is_refused(bank: RunningBank) -> None:
    async with Egress(bank.url, SECRET.replace("d", "e"), allowed=LOOPBACK) as egress:
        assert await write(egress) == ActionError(
            code="bad-signature", detail="The signature is not valid"
        )
    assert card_state(bank) is CardState.SENT


@pytest.mark.parametrize(
    ("fault", "reason", "happened"),
    [
        ("hang", "timeout", False),
        ("late", "timeout", True),
        ("reset", "connection_lost", True),
        ("html", "not_json", False),
        ("500", "http_500", False),
    ],
)
async def test_write_without_a_clear_answer_is_unknown_and_not_repeated(
    bank: RunningBank, egress: Egress, fault: str, reason: str, happened: bool
) -> None:
    await bank.plan("cards.activate", fault, times=1, delay_s=0.5)
    assert await write(egress, timeout_s=0.3) == ActionUnknown(reason=reason)
    assert (card_state(bank) is CardState.ACTIVE) == happened
    card = await read(egress)
    assert isinstance(card, ActionOk)
    assert card.result["status"] == ("active" if happened else "sent")


@pytest.mark.parametrize("fault", ["reset", "html", "500"])
async def test_read_is_repeated(bank: RunningBank, egress: Egress, fault: str) -> None:
    await bank.plan("cards.get", fault, times=ATTEMPTS - 1)
    assert isinstance(await read(egress), ActionOk)


@pytest.mark.parametrize(
    ("fault", "code"), [("reset", "connection_lost"), ("html", "not_json"), ("500", "http_500")]
)
async def test_read_gives_up_and_is_never_unknown(
    bank: RunningBank, egress: Egress, fault: str, code: str
) -> None:
    await bank.plan("cards.get", fault, times=ATTEMPTS)
    assert await read(egress) == ActionError(code=code)
    assert isinstance(await read(egress), ActionOk)  # so it was asked ATTEMPTS times, not more


async def test_read_has_one_deadline_over_all_attempts(bank: RunningBank, egress: Egress) -> None:
    await bank.plan("cards.get", "hang", times=9)
    async with asyncio.timeout(2):
        assert await read(egress, timeout_s=0.2) == ActionError(code="timeout")


async def test_code_reaches_the_customer_and_only_once(bank: RunningBank, egress: Egress) -> None:
    assert await egress.send_code("maya", "482913", "Activate your card") == ActionOk(
        result={"channel": "sms"}
    )
    (message,) = bank.bank.books.messages_of("maya")
    assert message.code == "482913"
    assert "Activate your card" in message.text
    assert bank.bank.books.messages_of("jonas") == []


async def test_code_without_an_answer_is_unknown(bank: RunningBank, egress: Egress) -> None:
    await bank.plan("codes", "reset")
    assert await egress.send_code("maya", "482913", "Pay") == ActionUnknown(
        reason="connection_lost"
    )
    assert await egress.send_code("nobody", "482913", "Pay") == ActionError(
        code="unknown-customer", detail="There is no such customer"
    )


async def test_nothing_of_the_input_is_logged(
    bank: RunningBank, egress: Egress, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await bank.plan("cards.activate", "html")
    with capture_logs() as entries:
        await write(egress, DIGITS, "k1")
        await write(egress, {**DIGITS, "card": "4417-none"}, "k2")
        await egress.send_code("maya", "482913", "Pay")
    assert [(entry["path"], entry["outcome"]) for entry in entries] == [
        ("actions/cards.activate", "ActionUnknown"),
        ("actions/cards.activate", "ActionError"),
        ("codes", "ActionOk"),
    ]
    logged = str(entries) + caplog.text
    for secret in ("4417", "2030-11", "482913", "maya", SECRET):
        assert secret not in logged


# Back ends that no bank of ours can be: raw sockets.


class RawBackend:
    """Counts what arrives and answers with fixed bytes."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.connections = 0
        self.requests: list[bytes] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(self._answer)
        writer.close()


@asynccontextmanager
async def raw_backend(answer: bytes) -> AsyncIterator[RawBackend]:
    backend = RawBackend(answer)
    listening = await asyncio.start_server(backend.serve, "127.0.0.1", 0)
    async with listening:
        backend.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield backend


def http(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (http("200 OK", b"[]"), "not_json"),
        (http("200 OK", b"{}"), "not_json"),
        (http("200 OK", b'{"result": 1}'), "not_json"),
        (http("200 OK", b"\xff\xfe"), "not_json"),
        (http("200 OK", b'{"result": ' + b"[" * 100_000), "not_json"),
        (http("200 OK", b"x" * (LARGEST_ANSWER + 1)), "too_large"),
        (
            http("200 OK", gzip.compress(b'{"result": {}}'), "Content-Encoding: gzip"),
            "not_json",
        ),
        (http("302 Found", b"", "Location: /elsewhere"), "http_302"),
        (http("307 Temporary Redirect", b"", "Location: /elsewhere"), "http_307"),
        (http("503 Service Unavailable", b""), "http_503"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", "connection_lost"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "connection_lost"),
        (b"", "connection_lost"),
    ],
)
async def test_odd_answer_to_a_write_is_unknown(answer: bytes, reason: str) -> None:
    async with (
        raw_backend(answer) as backend,
        Egress(backend.url, SECRET, allowed=LOOPBACK) as egress,
    ):
        assert await write(egress) == ActionUnknown(reason=reason)
        assert len(backend.requests) == 1


async def test_redirect_is_not_followed_by_a_read() -> None:
    redirect = http("302 Found", b"", "Location: /elsewhere")
    async with (
        raw_backend(redirect) as backend,
        Egress(backend.url, SECRET, allowed=LOOPBACK) as egress,
    ):
        assert await read(egress) == ActionError(code="http_302")
        assert {request.split()[1] for request in backend.requests} == {b"/actions/cards.get"}


async def test_refusal_without_a_problem_keeps_its_status() -> None:
    async with (
        raw_backend(http("403 Forbidden", b"<h1>no</h1>")) as backend,
        Egress(backend.url, SECRET, allowed=LOOPBACK) as egress,
    ):
        assert await write(egress) == ActionError(code="http_403")


async def test_request_is_signed_and_carries_its_key() -> None:
    async with (
        raw_backend(http("200 OK", b'{"result": {}}')) as backend,
        Egress(backend.url + "/warmline", SECRET, allowed=LOOPBACK) as egress,
    ):
        await write(egress, key="k9")
        await read(egress)
    wrote, asked = (request.decode() for request in backend.requests)
    assert wrote.startswith("POST /warmline/actions/cards.activate HTTP/1.1\r\n")
    assert "webhook-id: k9\r\n" in wrote
    assert "Idempotency-Key: k9\r\n" in wrote
    assert "Idempotency-Key" not in asked


async def test_write_that_nobody_received_is_an_error(bank: RunningBank) -> None:
    free = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = free.sockets[0].getsockname()[1]
    free.close()
    await free.wait_closed()
    async with Egress(f"http://127.0.0.1:{port}", SECRET, allowed=LOOPBACK) as egress:
        with capture_logs() as entries:
            assert await write(egress) == ActionError(code="unreachable")
    assert entries[0]["attempts"] == ATTEMPTS


@pytest.mark.parametrize(
    "name", ["", "../admin", "cards/get", "cards.get?x=1", "Cards.get", "cards.", "a\r\nb", "é"]
)
async def test_name_of_an_action_cannot_leave_its_path(egress: Egress, name: str) -> None:
    result = await egress.call_action(name, {}, customer="maya", run_id=RUN, key="k1", timeout_s=1)
    assert isinstance(result, ActionError)
    assert result.code == "unknown_action"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::ffff:127.0.0.1]",
    ],
)
async def test_own_machine_is_out_of_reach_unless_allowed(host: str) -> None:
    async with raw_backend(http("200 OK", b'{"result": {}}')) as backend:
        url = backend.url.replace("127.0.0.1", host)
        for scheme in ("http", "https"):
            async with Egress(url.replace("http", scheme), SECRET) as egress:
                result = await write(egress)
            assert isinstance(result, ActionError)
            assert result.code in {"forbidden_address", "unreachable"}
    assert backend.connections == 0


@pytest.mark.parametrize(
    ("base_url", "secret", "allowed", "place"),
    [
        ("ftp://bank.example", SECRET, [], "base_url"),
        ("file:///etc/passwd", SECRET, [], "base_url"),
        ("bank.example", SECRET, [], "base_url"),
        ("https://", SECRET, [], "base_url"),
        ("https://user:word@bank.example", SECRET, [], "base_url"),
        ("https://bank.example/?to=", SECRET, [], "base_url"),
        ("https://bank.example:port/", SECRET, [], "base_url"),
        ("https://bank.example", "whsec_c2hvcnQ=", [], "secret"),
        ("https://bank.example", "no base64", [], "secret"),
        ("https://bank.example", SECRET, ["10.0.0.0/33"], "allowed"),
    ],
)
def test_bad_configuration_names_its_place(
    base_url: str, secret: str, allowed: list[str], place: str
) -> None:
    with pytest.raises(BadBackend) as bad:
        Egress(base_url, secret, allowed)
    assert bad.value.place == place
