"""What may one peer read of the other's description, and what stands in it instead?

Codecs, header extensions, streams and directions pass end to end, line by line from an
allow-list; everything about the path (addresses, ICE, DTLS) is replaced by the server's, so
that peers never learn each other's address. RFC 8866 (SDP), RFC 8829 (JSEP), RFC 8839 (ICE in
SDP), RFC 8842 (DTLS), RFC 9143 (BUNDLE).
"""

import re
from enum import StrEnum

from msgspec import Struct

from rtc.engine import BadDescription

MAX_SIZE = 64 * 1024
MAX_CANDIDATES = 50
MAX_MEDIA = 16


class Kind(StrEnum):
    OFFER = "offer"
    ANSWER = "answer"


class Fingerprint(Struct, frozen=True):
    """The hash of a peer's DTLS certificate; `value` is upper-case hex with colons."""

    algorithm: str
    value: str


class Media(Struct, frozen=True, kw_only=True):
    kind: str
    port: int
    """0 (rejected or bundle-only) or 9 (discard): the real one is never kept."""
    formats: str
    rejected: bool
    lines: tuple[str, ...]


class Description(Struct, frozen=True, kw_only=True):
    """What is kept of a peer's description."""

    kind: Kind
    ufrag: str
    fingerprints: tuple[Fingerprint, ...]
    origin: str
    """The two numbers of o= that tell one description from the next."""
    lines: tuple[str, ...]
    media: tuple[Media, ...]


class Transport(Struct, frozen=True, kw_only=True):
    """The server's end of the leg that will receive a description."""

    ufrag: str
    pwd: str
    fingerprint: Fingerprint
    addresses: tuple[str, ...]
    port: int


_SESSION_ATTRIBUTES = frozenset({"group", "msid-semantic", "extmap", "extmap-allow-mixed"})
_MEDIA_ATTRIBUTES = frozenset({
    "mid", "msid", "sendrecv", "sendonly", "recvonly", "inactive", "bundle-only",
    "rtcp-mux", "rtcp-rsize", "rtcp-fb", "rtcp-xr", "rtpmap", "fmtp", "ptime", "maxptime",
    "extmap", "extmap-allow-mixed", "ssrc", "ssrc-group", "rid", "simulcast",
})  # fmt: skip
# A SHA-1 fingerprint would let whoever can forge one pose as the peer (RFC 8122 section 5).
_DIGEST_OCTETS = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
# What the server can answer: it is always the DTLS server, so the peer must be able to call.
_SETUP = {Kind.OFFER: ("actpass", "active"), Kind.ANSWER: ("active",)}

_LINE = re.compile(r"[a-z]=[\x20-\x7e]*")
_ORIGIN = re.compile(r"o=\S+ (\d{1,20} \d{1,20}) IN IP[46] \S+")
_MEDIA = re.compile(r"m=(audio|video) (\d{1,5}) UDP/TLS/RTP/SAVPF((?: \d{1,3})+)")
_BANDWIDTH = re.compile(r"b=(?:AS|TIAS):\d{1,10}")
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_FINGERPRINT = re.compile(r"([a-z0-9-]+) ([0-9A-F]{2}(?::[0-9A-F]{2})+)", re.IGNORECASE)


class _Section:
    """The lines under one m= line, or those before the first."""

    def __init__(self, number: int, head: str) -> None:
        self.number = number
        self.head = head
        self.lines: list[tuple[int, str]] = []

    def attribute(self, name: str) -> list[tuple[int, str]]:
        start = f"a={name}:"
        return [(n, text[len(start) :]) for n, text in self.lines if text.startswith(start)]

    def has(self, flag: str) -> bool:
        return any(text == f"a={flag}" for _, text in self.lines)


def parse(text: str, kind: Kind) -> Description:
    """Check a peer's description and keep what the other peer may read.

    Raises BadDescription with the line, counted from 1.
    """
    if len(text) > MAX_SIZE:
        raise BadDescription(0, f"longer than {MAX_SIZE} characters")
    session, *sections = _sections(_lines(text))
    origin = _ORIGIN.fullmatch(session.head)
    if origin is None:
        raise BadDescription(session.number, "expected o= with an address")
    media = tuple(_media(section) for section in sections)
    active = [s for s, m in zip(sections, media, strict=True) if not m.rejected]
    if not active:
        raise BadDescription(0, "no audio or video that is not rejected")
    _check_candidates(sections)
    _check_bundle(session, active)
    ufrag = _ufrag(session, active[0])
    _check_setup(session, active[0], kind)
    return Description(
        kind=kind,
        ufrag=ufrag,
        fingerprints=_fingerprints(session, active[0]),
        origin=origin[1],
        lines=_allowed(session, _SESSION_ATTRIBUTES),
        media=media,
    )


def render(description: Description, transport: Transport) -> str:
    """The description as the other peer gets it, with the server's end of that peer's leg."""
    out = ["v=0", f"o=- {description.origin} IN IP4 0.0.0.0", "s=-", "t=0 0", "a=ice-lite"]
    out += description.lines
    path = _path(transport, description.kind)
    for media in description.media:
        out += [
            f"m={media.kind} {media.port} UDP/TLS/RTP/SAVPF{media.formats}",
            "c=IN IP4 0.0.0.0",
            *media.lines,
        ]
        if not media.rejected:
            out += path
    return "\r\n".join(out) + "\r\n"


def _lines(text: str) -> list[tuple[int, str]]:
    lines = [(n, line) for n, line in enumerate(re.split(r"\r?\n", text), 1) if line]
    for number, line in lines:
        if not _LINE.fullmatch(line):
            raise BadDescription(number, "not a line of SDP")
    if not lines or lines[0][1] != "v=0":
        raise BadDescription(1, "expected v=0")
    return lines[1:]


def _sections(lines: list[tuple[int, str]]) -> list[_Section]:
    if not lines or not lines[0][1].startswith("o="):
        raise BadDescription(2, "expected o=")
    sections: list[_Section] = [_Section(*lines[0])]
    for number, line in lines[1:]:
        if line.startswith("m="):
            sections.append(_Section(number, line))
        else:
            sections[-1].lines.append((number, line))
    if len(sections) > 1 + MAX_MEDIA:
        raise BadDescription(sections[-1].number, f"more than {MAX_MEDIA} media")
    return sections


def _media(section: _Section) -> Media:
    head = _MEDIA.fullmatch(section.head)
    if head is None:
        raise BadDescription(
            section.number,
            "expected audio or video over UDP/TLS/RTP/SAVPF; nothing else is carried",
        )
    rejected = head[2] == "0" and not section.has("bundle-only")
    if not rejected and not section.has("rtcp-mux"):
        raise BadDescription(section.number, "media without rtcp-mux")
    return Media(
        kind=head[1],
        port=0 if head[2] == "0" else 9,
        formats=head[3],
        rejected=rejected,
        lines=_allowed(section, _MEDIA_ATTRIBUTES),
    )


def _allowed(section: _Section, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(text for _, text in section.lines if _is_allowed(text, names))


def _is_allowed(line: str, names: frozenset[str]) -> bool:
    if line.startswith("a="):
        return line[2:].partition(":")[0] in names
    return _BANDWIDTH.fullmatch(line) is not None


def _check_candidates(sections: list[_Section]) -> None:
    candidates = [n for section in sections for n, _ in section.attribute("candidate")]
    if len(candidates) > MAX_CANDIDATES:
        raise BadDescription(candidates[MAX_CANDIDATES], f"more than {MAX_CANDIDATES} candidates")


def _check_bundle(session: _Section, active: list[_Section]) -> None:
    """A leg has one path, so all media must be willing to share it."""
    if len(active) == 1:
        return
    bundled = {
        mid
        for _, group in session.attribute("group")
        if group.startswith("BUNDLE ")
        for mid in group.split()[1:]
    }
    for section in active:
        mids = [mid for _, mid in section.attribute("mid")]
        if len(mids) != 1 or mids[0] not in bundled:
            raise BadDescription(section.number, "media outside the BUNDLE group")


def _either(session: _Section, media: _Section, name: str) -> list[tuple[int, str]]:
    """An attribute of this media, or else of the whole description."""
    return media.attribute(name) or session.attribute(name)


def _ufrag(session: _Section, media: _Section) -> str:
    for number, value in _either(session, media, "ice-ufrag"):
        if _UFRAG.fullmatch(value):
            return value
        raise BadDescription(number, "not an ICE user fragment")
    raise BadDescription(media.number, "no ice-ufrag")


def _check_setup(session: _Section, media: _Section, kind: Kind) -> None:
    for number, value in _either(session, media, "setup"):
        if value in _SETUP[kind]:
            return
        raise BadDescription(number, f"setup of an {kind} must be {' or '.join(_SETUP[kind])}")
    raise BadDescription(media.number, "no setup")


def _fingerprints(session: _Section, media: _Section) -> tuple[Fingerprint, ...]:
    found = []
    for number, value in _either(session, media, "fingerprint"):
        match = _FINGERPRINT.fullmatch(value)
        if match is None:
            raise BadDescription(number, "not a fingerprint")
        algorithm, digest = match[1].lower(), match[2].upper()
        if algorithm not in _DIGEST_OCTETS:
            continue
        if len(digest) != 3 * _DIGEST_OCTETS[algorithm] - 1:
            raise BadDescription(number, f"not the length of {algorithm}")
        found.append(Fingerprint(algorithm, digest))
    if not found:
        raise BadDescription(media.number, "no fingerprint of SHA-256 or stronger")
    return tuple(found)


def _path(transport: Transport, kind: Kind) -> list[str]:
    """The lines of every media, though they share one path: aiortc reads the last one's.

    Host candidates, the first address preferred (RFC 8445 section 5.1.2.1).
    """
    candidates = [
        f"a=candidate:{i + 1} 1 udp {126 << 24 | 65535 - i << 8 | 255}"
        f" {address} {transport.port} typ host"
        for i, address in enumerate(transport.addresses)
    ]
    return [
        f"a=ice-ufrag:{transport.ufrag}",
        f"a=ice-pwd:{transport.pwd}",
        f"a=fingerprint:{transport.fingerprint.algorithm} {transport.fingerprint.value}",
        "a=setup:actpass" if kind is Kind.OFFER else "a=setup:passive",
        *candidates,
        "a=end-of-candidates",
    ]
