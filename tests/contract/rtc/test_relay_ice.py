"""How legs follow their peers: checks, moves, restarts, silence; on real sockets."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aioice import stun

from rtc.engine import BadDescription, LegLost, LegUp, Side
from rtc.relay.calls import Calls
from rtc.relay.leg import ARRIVAL_S, CONSENT_S, MAX_ROUTES, Leg
from rtc.relay.mux import Mux, bind

HERE = Path(__file__).parent / "descriptions"
OFFER = (HERE / "chromium_offer.sdp").read_bytes().decode()
ANSWER = (HERE / "chromium_answer.sdp").read_bytes().decode()
RESTARTED = re.sub(r"a=ice-ufrag:\S+", "a=ice-ufrag:anew", OFFER)


class Relay:
    """A worker's inside, on these addresses."""

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self.by_ufrag: dict[str, Leg] = {}
        self.told: list[LegUp | LegLost] = []
        sockets = bind(addresses, 0)
        self.port: int = sockets[0].getsockname()[1]
        self.muxes = [Mux(sock, self.by_ufrag) for sock in sockets]
        self.calls = Calls(addresses, self.port, self.by_ufrag, self.told.append)
        self.call: UUID = uuid4()

    def routes(self) -> int:
        return sum(len(mux.routes) for mux in self.muxes)

    def moves(self, side: Side) -> int:
        return next(leg.moves for leg in self.calls.stats(self.call).legs if leg.side is side)


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    relay = Relay(("127.0.0.1", "::1"))
    yield relay
    relay.calls.end(relay.call)
    await asyncio.sleep(0.01)
    for mux in relay.muxes:
        mux.close()


class Client:
    """A peer's socket that only checks connectivity."""

    def __init__(self, relay: Relay, address: str = "127.0.0.1") -> None:
        family = socket.AF_INET if "." in address else socket.AF_INET6
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((address, 0))
        self.own = self._socket.getsockname()
        self._to = (address, relay.port)

    async def check(self, sdp: str, *, nominate: bool = True) -> stun.Message | None:
        """One check with a description's credentials; the response, or None for silence."""
        ufrag, pwd = (re.search(rf"a=ice-{name}:(\S+)", sdp) for name in ("ufrag", "pwd"))
        assert ufrag is not None
        assert pwd is not None
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{ufrag[1]}:peer"
        request.attributes["PRIORITY"] = 1
        if nominate:
            request.attributes["USE-CANDIDATE"] = None
        request.add_message_integrity(pwd[1].encode())
        self._socket.sendto(bytes(request), self._to)
        try:
            receiving = asyncio.get_running_loop().sock_recvfrom(self._socket, 2048)
            data, source = await asyncio.wait_for(receiving, 0.3)
        except TimeoutError:
            return None
        assert source[:2] == self._to, "the reply leaves from the address the check went to"
        response = stun.parse_message(data)
        assert response.check_message_integrity(pwd[1].encode())
        return response

    def close(self) -> None:
        self._socket.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
async def test_a_check_is_answered_from_the_address_it_went_to(relay: Relay, address: str) -> None:
    to_agent = relay.calls.offer(relay.call, 1, OFFER)
    assert f" {address} {relay.port} typ host" in to_agent
    client = Client(relay, address)
    response = await client.check(to_agent)
    client.close()
    assert response is not None
    assert response.message_class == stun.Class.RESPONSE
    assert response.attributes["XOR-MAPPED-ADDRESS"] == client.own[:2]


async def test_a_check_without_the_password_is_not_answered(relay: Relay) -> None:
    to_agent = relay.calls.offer(relay.call, 1, OFFER)
    client = Client(relay)
    assert await client.check(re.sub(r"a=ice-pwd:\S+", "a=ice-pwd:" + "x" * 22, to_agent)) is None
    client.close()
    assert relay.routes() == 0


async def test_a_leg_moves_to_the_nominated_address_only(relay: Relay) -> None:
    to_agent = relay.calls.offer(relay.call, 1, OFFER)
    first, second = Client(relay), Client(relay)
    await first.check(to_agent)
    await second.check(to_agent, nominate=False)
    assert relay.moves(Side.AGENT) == 0
    await second.check(to_agent)
    assert relay.moves(Side.AGENT) == 1
    await second.check(to_agent)
    assert relay.moves(Side.AGENT) == 1
    first.close()
    second.close()


async def test_an_ice_restart_renews_the_path_and_keeps_the_legs(relay: Relay) -> None:
    relay.calls.offer(relay.call, 1, OFFER)
    before = relay.calls.answer(relay.call, 1, ANSWER)
    to_agent = relay.calls.offer(relay.call, 1, RESTARTED)
    after = relay.calls.answer(relay.call, 1, ANSWER)
    assert credentials(before) != credentials(after)
    assert credentials(to_agent) == credentials(relay.calls.offer(relay.call, 1, RESTARTED))
    client = Client(relay)
    assert await client.check(before) is not None, "the old ones hold until the new are used"
    assert await client.check(after) is not None
    assert await client.check(before) is None
    client.close()
    assert not relay.told


async def test_another_certificate_needs_a_new_gen(relay: Relay) -> None:
    relay.calls.offer(relay.call, 1, OFFER)
    with pytest.raises(BadDescription, match="new gen"):
        relay.calls.offer(relay.call, 1, re.sub("sha-256 ..", "sha-256 00", OFFER))


async def test_the_end_gives_everything_back(relay: Relay) -> None:
    to_agent = relay.calls.offer(relay.call, 1, OFFER)
    client = Client(relay)
    await client.check(to_agent)
    assert (relay.routes(), len(relay.by_ufrag)) == (1, 2)
    relay.calls.end(relay.call)
    assert await client.check(to_agent) is None
    assert (relay.routes(), len(relay.by_ufrag)) == (0, 0)
    client.close()


async def test_routes_are_bounded(relay: Relay) -> None:
    to_agent = relay.calls.offer(relay.call, 1, OFFER)
    clients = [Client(relay) for _ in range(MAX_ROUTES + 5)]
    for client in clients:
        await client.check(to_agent, nominate=client is clients[0])
    for client in clients:
        client.close()
    assert relay.routes() == MAX_ROUTES
    assert relay.moves(Side.AGENT) == 0
    assert clients[0].own in relay.muxes[0].routes, "the one in use stays"


async def test_a_silent_leg_ends(relay: Relay) -> None:
    now = asyncio.get_running_loop().time()
    to_agent = relay.calls.offer(relay.call, 1, OFFER)
    client = Client(relay)
    await client.check(to_agent)
    client.close()
    relay.calls.sweep(now + CONSENT_S - 1)
    assert not relay.told
    relay.calls.sweep(now + CONSENT_S + 1)
    assert relay.told == [
        LegLost(call=relay.call, gen=1, side=Side.AGENT, reason="no sign of the peer")
    ]
    relay.calls.sweep(now + ARRIVAL_S + 1)
    assert [lost.side for lost in relay.told] == [Side.AGENT, Side.CUSTOMER]


async def test_two_hundred_calls_leave_nothing(relay: Relay) -> None:
    tasks = len(asyncio.all_tasks())
    for _ in range(200):
        call = uuid4()
        relay.calls.offer(call, 1, OFFER)
        relay.calls.answer(call, 1, ANSWER)
        relay.calls.offer(call, 2, OFFER)
        relay.calls.end(call)
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert (len(relay.by_ufrag), relay.routes()) == (0, 0)
    assert len(asyncio.all_tasks()) == tasks


async def test_an_address_that_is_gone_is_left_out() -> None:
    sockets = bind(("198.51.100.77", "127.0.0.1"), 0)
    assert [sock.getsockname()[0] for sock in sockets] == ["127.0.0.1"]
    for sock in sockets:
        sock.close()
    with pytest.raises(OSError, match="no address"):
        bind(("198.51.100.77",), 0)


def credentials(sdp: str) -> list[str]:
    return re.findall(r"a=ice-(?:ufrag|pwd):\S+", sdp)
