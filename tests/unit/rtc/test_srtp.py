"""The private names that the relay rests on are there, and mean what it takes them to mean."""

from collections.abc import Callable

import pylibsrtp
import pytest
from aiortc import RTCCertificate
from aiortc.rtcdtlstransport import SRTP_PROFILES, RTCDtlsTransport

from rtc.relay import srtp
from rtc.relay.srtp import TRAILER, Keys, Translate, in_place, public

RTP = bytes.fromhex("80600001000000010000abcd") + bytes(range(200))
RTCP = bytes.fromhex("81c90007") + bytes(28)


def policy(key: int, kind: int) -> pylibsrtp.Policy:
    profile = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_256_GCM
    made = pylibsrtp.Policy(key=bytes([key]) * 44, ssrc_type=kind, srtp_profile=profile)
    made.allow_repeat_tx = True
    return made


def keys(rx: int, tx: int) -> Keys:
    return Keys(
        pylibsrtp.Session(policy(rx, pylibsrtp.Policy.SSRC_ANY_INBOUND)),
        pylibsrtp.Session(policy(tx, pylibsrtp.Policy.SSRC_ANY_OUTBOUND)),
    )


def translated(translate: Translate, buffer: bytearray, packet: bytes, rtcp: bool) -> bytes:
    buffer[: len(packet)] = packet
    size = translate(keys(1, 2), keys(3, 4), len(packet), rtcp)
    return bytes(buffer[:size])


def test_the_installed_binding_is_the_fast_one() -> None:
    assert srtp.IN_PLACE
    assert srtp.translator is in_place


@pytest.mark.parametrize("make", [in_place, public])
@pytest.mark.parametrize("rtcp", [False, True])
def test_a_packet_comes_out_under_the_other_keys(
    make: Callable[[bytearray], Translate], rtcp: bool
) -> None:
    sender, receiver = keys(9, 1), keys(4, 9)
    plain = RTCP if rtcp else RTP
    buffer = bytearray(2048 + TRAILER)
    if rtcp:
        out = translated(make(buffer), buffer, sender.tx_session.protect_rtcp(plain), rtcp)
        assert receiver.rx_session.unprotect_rtcp(out) == plain
    else:
        out = translated(make(buffer), buffer, sender.tx_session.protect(plain), rtcp)
        assert receiver.rx_session.unprotect(out) == plain


def test_fast_and_public_agree() -> None:
    packet = keys(9, 1).tx_session.protect(RTP)
    outs = []
    for make in (in_place, public):
        buffer = bytearray(2048 + TRAILER)
        outs.append(translated(make(buffer), buffer, packet, False))
    assert outs[0] == outs[1] != b""


@pytest.mark.parametrize("make", [in_place, public])
@pytest.mark.parametrize("rtcp", [False, True])
@pytest.mark.parametrize("size", [12, 13, 40, 1200, 2048])
def test_junk_is_refused(make: Callable[[bytearray], Translate], rtcp: bool, size: int) -> None:
    buffer = bytearray(2048 + TRAILER)
    junk = (b"\x9f\xc8" if rtcp else b"\x9f\x60") + b"\xff" * (size - 2)
    assert translated(make(buffer), buffer, junk, rtcp) == b""


def test_aiortc_has_what_the_handshake_uses() -> None:
    certificate = srtp.Certificate.generateCertificate()
    assert isinstance(certificate, srtp.Certificate)
    assert RTCCertificate._create_ssl_context is not srtp.Certificate._create_ssl_context
    contexts = [certificate._create_ssl_context(SRTP_PROFILES) for _ in range(2)]
    assert contexts[0] is contexts[1]
    for name in ("_set_role", "start", "stop", "state"):
        assert hasattr(RTCDtlsTransport, name)


def test_the_fingerprint_is_that_of_the_certificate() -> None:
    certificate = srtp.Certificate.generateCertificate()
    assert certificate.fingerprint.algorithm == "sha-256"
    assert len(certificate.fingerprint.value) == 95
