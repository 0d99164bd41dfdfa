"""Which private names of aiortc and pylibsrtp does the relay rest on?

All of them stand in this module. aiortc does the DTLS handshake and derives the SRTP keys, but
wants an ICE transport of its own and keeps the keys to itself; pylibsrtp copies each packet
twice. In-place crypto through libsrtp's own functions costs 2 us per packet instead of 7
(1000 octets, AES-256-GCM). Where its binding looks different, the public API takes over.
"""

from collections.abc import Awaitable, Callable
from typing import Any, cast

import pylibsrtp
from aiortc import RTCCertificate
from aiortc.rtcdtlstransport import (
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    SRTPProtectionProfile,
)
from aiortc.rtcicetransport import RTCIceTransport
from OpenSSL import SSL

from rtc.sdp import Fingerprint

TRAILER = 4 + 16 + 128
"""The most that protecting a packet can add: SRTCP index, tag and key identifier."""

Translate = Callable[["Keys", "Keys", int, bool], int]
"""(from, to, length, is RTCP): re-encrypt the packet in the buffer, its new length or 0."""


class HandshakeFailed(Exception):
    """DTLS did not come about, or the peer is not the one that signalling announced."""


class Certificate(RTCCertificate):
    """A worker's one certificate, with one TLS context for all legs.

    Making both anew for each leg would cost 10 ms more per call.
    """

    _context: SSL.Context | None = None

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> SSL.Context:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
        return self._context

    @property
    def fingerprint(self) -> Fingerprint:
        found = next(f for f in self.getFingerprints() if f.algorithm == "sha-256")
        return Fingerprint(found.algorithm, found.value)


class Keys:
    """The SRTP contexts of one leg; `rx` and `tx` are libsrtp's own handles."""

    __slots__ = ("rx", "rx_session", "tx", "tx_session")

    def __init__(self, rx: pylibsrtp.Session, tx: pylibsrtp.Session) -> None:
        self.rx_session = rx
        self.tx_session = tx
        self.rx = _handle(rx)
        self.tx = _handle(tx)


class _Path:
    """What RTCDtlsTransport wants of an RTCIceTransport."""

    role = "controlled"
    state = "completed"

    def __init__(
        self, receive: Callable[[], Awaitable[bytes]], send: Callable[[bytes], None]
    ) -> None:
        self._receive = receive
        self._transmit = send

    async def _recv(self) -> bytes:
        return await self._receive()

    async def _send(self, data: bytes) -> None:
        self._transmit(data)


class Handshake:
    """The DTLS association of one leg; the server waits to be called (RFC 5763)."""

    def __init__(
        self,
        certificate: Certificate,
        receive: Callable[[], Awaitable[bytes]],
        send: Callable[[bytes], None],
        closed: Callable[[], None],
    ) -> None:
        path = cast(RTCIceTransport, _Path(receive, send))
        self._dtls = RTCDtlsTransport(path, [certificate])
        self._closed = closed

    async def run(self, fingerprints: tuple[Fingerprint, ...]) -> Keys:
        """Wait for the peer's handshake. Raises HandshakeFailed."""
        self._dtls._set_role("server")
        await self._dtls.start(
            RTCDtlsParameters([RTCDtlsFingerprint(f.algorithm, f.value) for f in fingerprints])
        )
        if self._dtls.state != "connected":
            raise HandshakeFailed("DTLS failed or the certificate is not the announced one")
        self._dtls.on("statechange", self._changed)
        return Keys(self._dtls._rx_srtp, self._dtls._tx_srtp)

    async def stop(self) -> None:
        """Tell the peer goodbye."""
        self._dtls.remove_all_listeners()
        await self._dtls.stop()

    def _changed(self) -> None:
        if self._dtls.state == "closed":
            self._closed()


def public(buffer: bytearray) -> Translate:
    """The translation by pylibsrtp's documented methods."""

    def translate(source: Keys, target: Keys, length: int, rtcp: bool) -> int:
        rx, tx = source.rx_session, target.tx_session
        packet = bytes(buffer[:length])
        try:
            if rtcp:
                packet = tx.protect_rtcp(rx.unprotect_rtcp(packet))
            else:
                packet = tx.protect(rx.unprotect(packet))
        except (pylibsrtp.Error, ValueError):
            return 0
        buffer[: len(packet)] = packet
        return len(packet)

    return translate


def in_place(buffer: bytearray) -> Translate:
    """The translation inside `buffer`, which has TRAILER octets to spare."""
    binding = cast(Any, pylibsrtp)
    ffi, lib = binding.ffi, binding.lib
    packet, size = ffi.from_buffer(buffer), ffi.new("int *")
    unprotect, protect = lib.srtp_unprotect, lib.srtp_protect
    unprotect_rtcp, protect_rtcp = lib.srtp_unprotect_rtcp, lib.srtp_protect_rtcp

    def translate(source: Keys, target: Keys, length: int, rtcp: bool) -> int:
        size[0] = length
        if rtcp:
            if unprotect_rtcp(source.rx, packet, size) or protect_rtcp(target.tx, packet, size):
                return 0
        elif unprotect(source.rx, packet, size) or protect(target.tx, packet, size):
            return 0
        return int(size[0])

    return translate


def _handle(session: pylibsrtp.Session) -> Any:
    return session._srtp[0] if IN_PLACE else None


def _binding_is_known() -> bool:
    """Whether this pylibsrtp has the functions and the handle that `in_place` uses."""
    functions = ("srtp_unprotect", "srtp_protect", "srtp_unprotect_rtcp", "srtp_protect_rtcp")
    lib = getattr(pylibsrtp, "lib", None)
    if not hasattr(pylibsrtp, "ffi") or not all(hasattr(lib, name) for name in functions):
        return False
    try:
        pylibsrtp.Session()._srtp[0]
    except (AttributeError, TypeError, IndexError):
        return False
    return True


IN_PLACE = _binding_is_known()
translator: Callable[[bytearray], Translate] = in_place if IN_PLACE else public
