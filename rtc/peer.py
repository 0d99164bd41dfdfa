"""Who calls when there is no browser?

A synthetic peer that sends a moving picture and a tone, really encoded, and decodes what it
receives: for the demonstration in a terminal and for tests.
"""

import asyncio
import math
import time
from array import array
from fractions import Fraction
from operator import mul

import aioice.ice
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
    VideoStreamTrack,
)
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame
from msgspec import Struct

from rtc import addresses
from rtc.engine import Side

WIDTH, HEIGHT, FPS = 320, 240, 30
SAMPLE_RATE, SAMPLES = 48_000, 960
TONE_HZ = {Side.CUSTOMER: 440, Side.AGENT: 660}
FULL_SCALE = 32768

# aioice skips 127.0.0.1 and so finds no way at all on a machine without a network.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: list(addresses.own())


class PeerStats(Struct, frozen=True, kw_only=True):
    frames: int
    """Video frames received and decoded."""
    audio_energy: float
    """Sum of the squares of all decoded samples, full scale = 1."""


class Picture(VideoStreamTrack):
    """A bright bar that wanders over a grey ramp; pictures are drawn once and sent in turn."""

    PERIOD = 60

    def __init__(self) -> None:
        super().__init__()
        self._frames = [_picture(step / self.PERIOD) for step in range(self.PERIOD)]
        self._sent = 0

    async def recv(self) -> VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = self._frames[self._sent % self.PERIOD]
        self._sent += 1
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(MediaStreamTrack):
    """A sine at a quarter of full scale, in frames of 20 ms."""

    kind = "audio"

    def __init__(self, hertz: int) -> None:
        super().__init__()
        wave = (math.sin(2 * math.pi * hertz * i / SAMPLE_RATE) for i in range(SAMPLE_RATE))
        self._second = array("h", (int(FULL_SCALE / 4 * value) for value in wave))
        self._sent = 0
        self._started: float | None = None

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        now = time.monotonic()
        self._started = now if self._started is None else self._started
        await asyncio.sleep(self._started + self._sent / SAMPLE_RATE - now)
        at = self._sent % SAMPLE_RATE
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.planes[0].update(self._second[at : at + SAMPLES].tobytes())
        frame.sample_rate, frame.time_base = SAMPLE_RATE, Fraction(1, SAMPLE_RATE)
        frame.pts = self._sent
        self._sent += SAMPLES
        return frame


class Peer:
    """One side of a call; a new gen needs a new Peer, as it needs a new browser connection."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._connection = RTCPeerConnection(
            RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
        )
        self._connection.on("track", self._received)
        self._consuming: list[asyncio.Task[None]] = []
        self._sends: set[str] = set()
        self._frames = 0
        self._energy = 0.0

    async def offer(self, *, video: bool) -> str:
        """A description with audio, and with video from now on if asked for."""
        self._send("audio")
        if video:
            self._send("video")
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return self._connection.localDescription.sdp

    async def accept(self, sdp: str) -> None:
        """Take the answer to the last offer."""
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def answer(self, sdp: str) -> str:
        """Take an offer, the first or a later one; send whatever kinds it has."""
        await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        for transceiver in self._connection.getTransceivers():
            self._send(transceiver.kind)
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        return self._connection.localDescription.sdp

    def stats(self) -> PeerStats:
        return PeerStats(frames=self._frames, audio_energy=self._energy)

    async def close(self) -> None:
        for task in self._consuming:
            task.cancel()
        await asyncio.gather(*self._consuming, return_exceptions=True)
        await self._connection.close()

    def _send(self, kind: str) -> None:
        if kind in self._sends:
            return
        self._sends.add(kind)
        self._connection.addTrack(Picture() if kind == "video" else Tone(TONE_HZ[self.side]))

    def _received(self, track: MediaStreamTrack) -> None:
        self._consuming.append(asyncio.create_task(self._consume(track)))

    async def _consume(self, track: MediaStreamTrack) -> None:
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            if isinstance(frame, VideoFrame):
                self._frames += 1
            elif isinstance(frame, AudioFrame):
                self._energy += _energy(frame)


def _picture(phase: float) -> VideoFrame:
    frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
    bar = int(phase * (WIDTH - 40))
    row = bytearray(64 + x // 4 for x in range(WIDTH))
    row[bar : bar + 40] = bytes([235]) * 40
    luma, *chroma = frame.planes
    luma.update((bytes(row).ljust(luma.line_size, b"\0")) * luma.height)
    for plane in chroma:
        plane.update(bytes([128]) * plane.buffer_size)
    return frame


def _energy(frame: AudioFrame) -> float:
    """Of a packed 16-bit frame."""
    samples = array("h")
    samples.frombytes(bytes(frame.planes[0])[: frame.samples * len(frame.layout.channels) * 2])
    return float(sum(map(mul, samples, samples))) / FULL_SCALE**2
