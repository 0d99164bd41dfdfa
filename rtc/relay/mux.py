"""How do the datagrams of many calls share one UDP port?

One socket per announced address, all on the same port number: a reply then always leaves from
the address that the peer sent to. The first octet tells STUN, DTLS and SRTP apart (RFC 7983).
The loop re-encrypts in place and keeps no queue of media: under overload the kernel drops and
the endpoints' congestion control reacts.
"""

import asyncio
import errno
import ipaddress
import logging
import socket
import struct

from aioice import stun

from rtc.relay.leg import Address, Leg
from rtc.relay.srtp import TRAILER, Keys, translator

logger = logging.getLogger(__name__)

MAX_DATAGRAM = 2048
MIN_SRTP = 12
BATCH = 128
"""Datagrams per wake-up, so that the Unix socket and timers get their turn."""
KERNEL_BUFFER = 4 << 20
"""About 70 ms of 180 video calls; the kernel grants what net.core.rmem_max allows."""
BIND_TRIES = 8
MAX_SOURCES = 256
"""SSRCs per leg: libsrtp remembers each for ever, so a peer could fill the worker's memory."""
_SSRC = struct.Struct("!I")


class Mux:
    """One UDP socket and the legs that are reached through it."""

    def __init__(self, sock: socket.socket, by_ufrag: dict[str, Leg]) -> None:
        self.routes: dict[Address, Leg] = {}
        self.send = sock.sendto
        self._sock = sock
        self._by_ufrag = by_ufrag
        self._buffer = bytearray(MAX_DATAGRAM + TRAILER)
        self._view = memoryview(self._buffer)
        self._translate = translator(self._buffer)
        asyncio.get_running_loop().add_reader(sock.fileno(), self._drain)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._sock.fileno())
        self._sock.close()

    def _drain(self) -> None:
        """The hot path: about 15 us per packet, two thirds of it in the kernel and in libsrtp."""
        receive, buffer, route = self._sock.recvfrom_into, self._buffer, self.routes.get
        for _ in range(BATCH):
            try:
                size, source = receive(buffer, MAX_DATAGRAM)
            except OSError:
                return
            if size < MIN_SRTP or not 128 <= buffer[0] < 192:
                self._other(bytes(buffer[:size]), source)
                continue
            leg = route(source)
            if leg is not None and leg.keys is not None:
                self._forward(leg, leg.keys, size)

    def _forward(self, leg: Leg, keys: Keys, size: int) -> None:
        """Pass the packet in the buffer on to the other leg, under its keys."""
        peer = leg.peer
        rtcp = 192 <= self._buffer[1] < 224  # RFC 5761 section 4
        source = _SSRC.unpack_from(self._buffer, 4 if rtcp else 8)
        is_new = source not in leg.sources
        if peer.keys is None or peer.send is None or (is_new and len(leg.sources) >= MAX_SOURCES):
            leg.refused += 1
            return
        size = self._translate(keys, peer.keys, size, rtcp)
        if not size:
            leg.refused += 1
            return
        if is_new:
            leg.sources.add(source)
        try:
            peer.send(self._view[:size], peer.address)
        except OSError:
            leg.refused += 1
            return
        leg.packets += 1
        leg.octets += size

    def _other(self, data: bytes, source: Address) -> None:
        if not data:
            return
        if data[0] < 4:
            self._check(data, source)
        elif 20 <= data[0] < 64:
            leg = self.routes.get(source)
            if leg is not None:
                leg.dtls(data)

    def _check(self, data: bytes, source: Address) -> None:
        """Answer a connectivity check that knows this leg's password; ignore any other."""
        try:
            request = stun.parse_message(data)
        except (ValueError, struct.error):
            return
        if (request.message_method, request.message_class) != (
            stun.Method.BINDING,
            stun.Class.REQUEST,
        ):
            return
        ufrag = request.attributes.get("USERNAME", "").partition(":")[0]
        leg = self._by_ufrag.get(ufrag)
        pwd = leg.pwd(ufrag) if leg is not None and not leg.ended else None
        if leg is None or pwd is None or not request.check_message_integrity(pwd.encode()):
            return
        leg.checked(self, source, ufrag, "USE-CANDIDATE" in request.attributes)
        self._succeed(request, source, pwd)

    def _succeed(self, request: stun.Message, source: Address, pwd: str) -> None:
        response = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        response.attributes["XOR-MAPPED-ADDRESS"] = source[:2]
        response.add_message_integrity(pwd.encode())
        try:
            self.send(bytes(response), source)
        except OSError:
            logger.debug("check not answered")


def bind(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    """Sockets on these addresses with one port number; port 0 takes any that is free on all.

    An address that the machine no longer has (another network since) is left out. Raises OSError
    when the port is taken or no address is left.
    """
    for attempt in range(1, BIND_TRIES + 1):
        try:
            return _bind_all(addresses, port)
        except OSError as failed:
            if port or failed.errno != errno.EADDRINUSE or attempt == BIND_TRIES:
                raise
    raise AssertionError("unreachable")


def _bind_all(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    sockets: list[socket.socket] = []
    for address in addresses:
        try:
            sockets.append(_socket(address, port))
        except OSError as failed:
            if failed.errno == errno.EADDRNOTAVAIL:
                logger.warning("not an address of this machine: %s", address)
                continue
            for sock in sockets:
                sock.close()
            raise
        port = sockets[0].getsockname()[1]
    if not sockets:
        raise OSError(errno.EADDRNOTAVAIL, "no address of this machine to listen on")
    return sockets


def _socket(address: str, port: int) -> socket.socket:
    family = socket.AF_INET if ipaddress.ip_address(address).version == 4 else socket.AF_INET6
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BUFFER)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    return sock
