"""Descriptions of real peers, and bad ones."""

import time
from pathlib import Path

import pytest
from aiortc.sdp import SessionDescription
from hypothesis import given, settings
from hypothesis import strategies as st

from rtc.engine import BadDescription
from rtc.sdp import MAX_SIZE, Fingerprint, Kind, Transport, parse, render

RECORDED = Path(__file__).parents[2] / "contract" / "rtc" / "descriptions"
SERVER = Transport(
    ufrag="srvr",
    pwd="p" * 24,
    fingerprint=Fingerprint("sha-256", ":".join(["AB"] * 32)),
    addresses=("198.51.100.7", "2001:db8::7"),
    port=8443,
)
ALL = [(name, kind) for name in ("chromium", "aiortc") for kind in Kind]


def recorded(name: str, kind: Kind) -> str:
    return (RECORDED / f"{name}_{kind}.sdp").read_bytes().decode()


def bad(text: str, kind: Kind = Kind.OFFER) -> BadDescription:
    with pytest.raises(BadDescription) as refused:
        parse(text, kind)
    return refused.value


def line_of(text: str, start: str) -> int:
    return next(n for n, line in enumerate(text.split("\r\n"), 1) if line.startswith(start))


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_nothing_of_the_peers_path_is_left(name: str, kind: Kind) -> None:
    text = recorded(name, kind)
    out = render(parse(text, kind), SERVER)
    for secret in ("192.0.2.2", "127.0.0.1", "fd00::2", "::1 ", "ice-options", "a=rtcp:"):
        assert secret not in out
    for line in text.split("\r\n"):
        if line.startswith(("a=ice-", "a=fingerprint", "a=candidate")):
            assert line not in out
    assert out.count("a=ice-ufrag:srvr\r\n") == 2
    assert "a=ice-lite\r\n" in out


@pytest.mark.parametrize(("name", "kind"), ALL)
def test_media_pass_end_to_end(name: str, kind: Kind) -> None:
    text = recorded(name, kind)
    before, after = (SessionDescription.parse(t) for t in (text, render(parse(text, kind), SERVER)))
    for mine, theirs in zip(before.media, after.media, strict=True):
        assert theirs.rtp.codecs == mine.rtp.codecs
        assert theirs.rtp.headerExtensions == mine.rtp.headerExtensions
        assert theirs.rtp.muxId == mine.rtp.muxId
        assert theirs.ssrc == mine.ssrc
        assert theirs.ssrc_group == mine.ssrc_group
        assert theirs.direction == mine.direction
        assert theirs.msid == mine.msid
        assert theirs.rtcp_mux
        assert theirs.ice is not None
        assert (theirs.ice.usernameFragment, theirs.ice.password) == (SERVER.ufrag, SERVER.pwd)
    assert [g.items for g in after.group] == [g.items for g in before.group]


def test_the_server_is_always_the_dtls_server() -> None:
    offer = render(parse(recorded("chromium", Kind.OFFER), Kind.OFFER), SERVER)
    answer = render(parse(recorded("chromium", Kind.ANSWER), Kind.ANSWER), SERVER)
    assert offer.count("a=setup:actpass") == 2
    assert answer.count("a=setup:passive") == 2


def test_the_candidates_are_the_servers_own() -> None:
    out = render(parse(recorded("chromium", Kind.OFFER), Kind.OFFER), SERVER)
    assert [line for line in out.split("\r\n") if line.startswith("a=candidate")] == [
        "a=candidate:1 1 udp 2130706431 198.51.100.7 8443 typ host",
        "a=candidate:2 1 udp 2130706175 2001:db8::7 8443 typ host",
    ] * 2


def test_only_strong_fingerprints_are_kept() -> None:
    text = recorded("aiortc", Kind.OFFER)
    assert [f.algorithm for f in parse(text, Kind.OFFER).fingerprints] == [
        "sha-256", "sha-384", "sha-512",
    ]  # fmt: skip
    weak = "\r\n".join(
        "a=fingerprint:sha-1 " + ":".join(["AA"] * 20) if "fingerprint" in line else line
        for line in text.split("\r\n")
    )
    assert bad(weak).reason == "no fingerprint of SHA-256 or stronger"


def test_a_firefox_like_fingerprint_of_the_whole_description() -> None:
    lines = recorded("chromium", Kind.OFFER).split("\r\n")
    fingerprint = next(x for x in lines if x.startswith("a=fingerprint"))
    rest = [x for x in lines if x != fingerprint]
    rest.insert(4, fingerprint)
    assert len(parse("\r\n".join(rest), Kind.OFFER).fingerprints) == 1


def test_unknown_lines_are_dropped() -> None:
    text = recorded("chromium", Kind.OFFER)
    text += "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\ni=10.0.0.9\r\na=x-leak:10.0.0.9\r\n"
    out = render(parse(text, Kind.OFFER), SERVER)
    assert "10.0.0.9" not in out
    assert "crypto" not in out


def test_a_rejected_media_stays_rejected_and_has_no_path() -> None:
    text = recorded("chromium", Kind.ANSWER)
    text = text.replace("m=video 9 ", "m=video 0 ").replace("BUNDLE 0 1", "BUNDLE 0")
    out = render(parse(text, Kind.ANSWER), SERVER)
    assert "m=video 0 " in out
    assert out.count("a=ice-ufrag") == 1


def test_bundle_only_media_share_the_first_path() -> None:
    text = recorded("chromium", Kind.OFFER)
    port = text.split("m=video ")[1].split(" ")[0]
    text = text.replace(f"m=video {port}", "m=video 0").replace(
        "a=mid:1", "a=mid:1\r\na=bundle-only"
    )
    out = render(parse(text, Kind.OFFER), SERVER)
    assert "a=bundle-only" in out
    assert out.count("a=ice-ufrag") == 2


OFFER = recorded("chromium", Kind.OFFER)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "expected v=0"),
        ("hello", 1, "not a line of SDP"),
        ("v=0\r\n", 2, "expected o="),
        ("v=0\r\ns=-\r\n", 2, "expected o="),
        ("v=0\r\no=- 1 IN IP4 1.1.1.1\r\n", 2, "expected o= with an address"),
        ("v=0\r\no=- 1 2 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n", 0, "no audio or video"),
        (OFFER.replace("t=0 0", "t=0 \x000"), 4, "not a line of SDP"),
        (OFFER.replace("t=0 0", "t=0 é"), 4, "not a line of SDP"),
        (OFFER + "a=ptime:20" * MAX_SIZE, 0, "longer than"),
        (
            OFFER.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
            line_of(OFFER, "m=audio"),
            "expected audio",
        ),
        (
            OFFER + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
            OFFER.count("\r\n") + 1,
            "expected audio or video",
        ),
        (OFFER.replace("a=rtcp-mux\r\n", ""), line_of(OFFER, "m=audio"), "media without rtcp-mux"),
        (OFFER.replace("BUNDLE 0 1", "BUNDLE 0"), line_of(OFFER, "m=video"), "media outside"),
        (
            OFFER.replace("a=ice-ufrag:", "a=ice-ufrag:<>"),
            line_of(OFFER, "a=ice-ufrag"),
            "not an ICE",
        ),
        (OFFER.replace("a=ice-ufrag:", "a=x:"), line_of(OFFER, "m=audio"), "no ice-ufrag"),
        (OFFER.replace("a=setup:", "a=x:"), line_of(OFFER, "m=audio"), "no setup"),
        (OFFER.replace("actpass", "passive"), line_of(OFFER, "a=setup"), "setup of an offer"),
        (OFFER.replace("sha-256 ", "sha-256 x"), line_of(OFFER, "a=fingerprint"), "not a finger"),
        (OFFER.replace("sha-256 ", "sha-512 "), line_of(OFFER, "a=fingerprint"), "not the length"),
        (OFFER.replace("sha-256 ", "md5 "), line_of(OFFER, "m=audio"), "no fingerprint"),
    ],
)
def test_bad_descriptions_name_the_line(text: str, line: int, reason: str) -> None:
    refused = bad(text)
    assert refused.reason.startswith(reason)
    assert refused.line == line


def test_an_answer_must_call_us() -> None:
    text = recorded("chromium", Kind.ANSWER).replace("a=setup:active", "a=setup:actpass")
    assert bad(text, Kind.ANSWER).reason == "setup of an answer must be active"


def test_fifty_candidates_are_enough() -> None:
    more = "a=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n"
    here = OFFER.count("a=candidate")
    parse(OFFER + more * (50 - here), Kind.OFFER)
    assert bad(OFFER + more * (51 - here)).reason == "more than 50 candidates"


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_descriptions_are_refused_or_clean(data: st.DataObject) -> None:
    text = recorded(data.draw(st.sampled_from(["chromium", "aiortc"])), Kind.OFFER)
    at = data.draw(st.integers(0, len(text)))
    until = data.draw(st.integers(at, min(len(text), at + 40)))
    mutated = text[:at] + data.draw(st.text(max_size=20)) + text[until:]
    try:
        kept = parse(mutated, Kind.OFFER)
    except BadDescription:
        return
    out = render(kept, SERVER)
    assert "typ host generation" not in out
    assert out.count("a=candidate") == out.count("198.51.100.7") + out.count("2001:db8::7")


def test_the_largest_description_takes_less_than_50_ms() -> None:
    text = OFFER + "a=ssrc:1 cname:x\r\n" * ((MAX_SIZE - len(OFFER)) // 18)
    started = time.process_time()
    parse(text, Kind.OFFER)
    assert time.process_time() - started < 0.05
