"""Two Chromium pages see and hear each other through the relay."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, Page, Route, async_playwright

from rtc.engine import Engine, LegUp, Side
from rtc.peer import Peer
from rtc.relay.engine import RelayEngine
from rtc.relay.keeper import RelayConfig
from tests.contract.rtc.calling import Heard, until

SYSTEM_CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM = SYSTEM_CHROMIUM if SYSTEM_CHROMIUM.exists() else None  # else playwright's own
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-gpu",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream=fps=30",
    "--use-fake-ui-for-media-stream",
]
LOOPBACK_FLAG = "--allow-loopback-in-peer-connection"

pytestmark = pytest.mark.timeout(90)

PAGE = """<!doctype html><video id="remote" autoplay playsinline></video><script>
let connection, sent = new Set();
const remote = new MediaStream();
async function open() {
  connection = new RTCPeerConnection({iceServers: [], bundlePolicy: 'max-bundle'});
  connection.ontrack = ({track}) => {
    remote.addTrack(track); document.getElementById('remote').srcObject = remote; };
  sent = new Set();
}
async function send(kind) {
  if (sent.has(kind)) return;
  sent.add(kind);
  const constraint = kind == 'video' ? {width: 320, height: 240, frameRate: 30} : true;
  const stream = await navigator.mediaDevices.getUserMedia({[kind]: constraint});
  connection.addTrack(stream.getTracks()[0], stream);
}
async function offer({video, restart}) {
  await send('audio');
  if (video) await send('video');
  if (restart) connection.restartIce();
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}
async function answer(sdp) {
  await connection.setRemoteDescription({type: 'offer', sdp});
  for (const {receiver} of connection.getTransceivers()) await send(receiver.track.kind);
  await connection.setLocalDescription();
  return connection.localDescription.sdp;
}
const accept = (sdp) => connection.setRemoteDescription({type: 'answer', sdp});
async function stats() {
  const got = {frames: 0, energy: 0, state: connection.connectionState};
  for (const report of (await connection.getStats()).values()) {
    if (report.type != 'inbound-rtp') continue;
    if (report.kind == 'video') got.frames += report.framesDecoded ?? 0;
    if (report.kind == 'audio') got.energy += report.totalAudioEnergy ?? 0;
  }
  return got;
}
</script>"""


@pytest.fixture
async def heard() -> Heard:
    return Heard()


class Nat:
    """Stands between the customer's page and the relay; `rebind` gives it another port."""

    def __init__(self, port: int) -> None:
        self._relay = ("127.0.0.1", port)
        self._page: tuple[str, int] | None = None
        self._loop = asyncio.get_running_loop()
        self._inside = self._open(self._from_page)
        self._outside = self._open(self._from_relay)

    def instead(self, sdp: str) -> str:
        """The description with this address for the relay's."""
        return sdp.replace(f" {self._relay[1]} typ", f" {self._inside.getsockname()[1]} typ")

    def rebind(self) -> None:
        self._shut(self._outside)
        self._outside = self._open(self._from_relay)

    def close(self) -> None:
        self._shut(self._inside)
        self._shut(self._outside)

    def _open(self, ready: Callable[[], None]) -> socket.socket:
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.setblocking(False)
        opened.bind(("127.0.0.1", 0))
        self._loop.add_reader(opened, ready)
        return opened

    def _shut(self, opened: socket.socket) -> None:
        self._loop.remove_reader(opened)
        opened.close()

    def _from_page(self) -> None:
        data, self._page = self._inside.recvfrom(2048)
        self._outside.sendto(data, self._relay)

    def _from_relay(self) -> None:
        data = self._outside.recv(2048)
        if self._page is not None:
            self._inside.sendto(data, self._page)


class Pages:
    """The customer's and the agent's page of one call."""

    def __init__(self, engine: Engine, customer: Page, agent: Page) -> None:
        self.engine, self.customer, self.agent = engine, customer, agent
        self.call, self.gen = uuid4(), 0

    async def replace(self) -> None:
        """New peer connections on both pages."""
        self.gen += 1
        await asyncio.gather(*(page.evaluate("open()") for page in self.both))

    @property
    def both(self) -> tuple[Page, Page]:
        return self.customer, self.agent

    async def negotiate(
        self, *, video: bool, restart: bool = False, via: "Nat | None" = None
    ) -> None:
        offer = await self.customer.evaluate("offer", {"video": video, "restart": restart})
        to_agent = await self.engine.offer(self.call, self.gen, offer)
        answer = await self.agent.evaluate("answer", to_agent)
        to_customer = await self.engine.answer(self.call, self.gen, answer)
        await self.customer.evaluate("accept", via.instead(to_customer) if via else to_customer)

    async def reach(self, *, frames: int = 0, energy: float = 0.0, seconds: float = 20) -> None:
        """Until both pages decoded this much more than by now."""
        deadline = asyncio.get_running_loop().time() + seconds
        before = [await page.evaluate("stats()") for page in self.both]
        while True:
            now = [await page.evaluate("stats()") for page in self.both]
            if all(
                n["frames"] - b["frames"] >= frames and n["energy"] - b["energy"] >= energy
                for n, b in zip(now, before, strict=True)
            ):
                return
            assert asyncio.get_running_loop().time() < deadline, f"{before} then {now}"
            await asyncio.sleep(0.1)


async def launched(*flags: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            headless=True,
            args=[*FLAGS, *flags],
            ignore_default_args=["--mute-audio"],  # a page that plays nothing decodes no sound
        )
        try:
            yield browser
        finally:
            await browser.close()


async def opened(browser: Browser, engine: Engine) -> Pages:
    """Two pages on localhost (a secure context), served by the test itself."""

    async def serve(route: Route) -> None:
        await route.fulfill(content_type="text/html", body=PAGE)

    pages = []
    for _ in range(2):
        context = await browser.new_context()
        page = await context.new_page()
        await page.route("**/*", serve)
        await page.goto("http://localhost/")
        pages.append(page)
    return Pages(engine, *pages)


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    async for browser in launched(LOOPBACK_FLAG):
        yield browser


@pytest.fixture
async def engine(heard: Heard) -> AsyncIterator[RelayEngine]:
    async with RelayEngine(RelayConfig(addresses=("127.0.0.1",), port=0), heard) as engine:
        yield engine


async def test_video_and_voice_both_ways(chromium: Browser, engine: RelayEngine) -> None:
    pages = await opened(chromium, engine)
    await pages.replace()
    await pages.negotiate(video=True)
    await pages.reach(frames=30, energy=0.001)


async def test_one_call_from_voice_to_video_through_restart_and_replacement(
    chromium: Browser, engine: RelayEngine, heard: Heard
) -> None:
    pages = await opened(chromium, engine)
    await pages.replace()
    await pages.negotiate(video=False)
    await pages.reach(energy=0.001)
    await pages.negotiate(video=True)
    await pages.reach(frames=30)
    await pages.negotiate(video=True, restart=True)
    await pages.reach(frames=30)
    assert len(heard.of(LegUp)) == 2, "an ICE restart keeps DTLS"
    await pages.replace()
    await pages.negotiate(video=True)
    await pages.reach(frames=30)
    assert [up.gen for up in heard.of(LegUp)] == [1, 1, 2, 2]


async def test_a_new_port_at_the_customers_router_is_followed(
    chromium: Browser, engine: RelayEngine, heard: Heard
) -> None:
    pages, nat = await opened(chromium, engine), Nat(engine.port)
    try:
        await pages.replace()
        await pages.negotiate(video=True, via=nat)
        await pages.reach(frames=30)
        nat.rebind()
        started = asyncio.get_running_loop().time()
        await pages.reach(frames=5)
        assert asyncio.get_running_loop().time() - started < 5
        stats = await engine.stats(pages.call)
    finally:
        nat.close()
    assert stats.legs[0].moves == 1
    assert len(heard.of(LegUp)) == 2


async def test_a_killed_worker_costs_a_new_gen(
    chromium: Browser, engine: RelayEngine, heard: Heard
) -> None:
    pages = await opened(chromium, engine)
    await pages.replace()
    await pages.negotiate(video=True)
    await pages.reach(frames=10)
    dead = engine.worker_pid
    assert dead is not None
    await asyncio.create_subprocess_exec("kill", "-9", str(dead))
    await until(lambda: engine.worker_pid not in (None, dead), "a new worker")
    await pages.replace()
    await pages.negotiate(video=True)
    await pages.reach(frames=30)


async def test_a_synthetic_customer_calls_a_browser(chromium: Browser, engine: RelayEngine) -> None:
    pages, peer = await opened(chromium, engine), Peer(Side.CUSTOMER)
    await pages.replace()
    try:
        for video in (False, True):
            offer = await peer.offer(video=video)
            to_agent = await engine.offer(pages.call, 1, offer)
            answer = await pages.agent.evaluate("answer", to_agent)
            await peer.accept(await engine.answer(pages.call, 1, answer))
            await heard_by_both(peer, pages.agent, frames=30 if video else 0)
    finally:
        await peer.close()


async def test_a_browser_calls_a_synthetic_agent(chromium: Browser, engine: RelayEngine) -> None:
    pages, peer = await opened(chromium, engine), Peer(Side.AGENT)
    await pages.replace()
    try:
        for video in (False, True):
            offer = await pages.customer.evaluate("offer", {"video": video})
            answer = await peer.answer(await engine.offer(pages.call, 1, offer))
            to_customer = await engine.answer(pages.call, 1, answer)
            await pages.customer.evaluate("accept", to_customer)
            await heard_by_both(peer, pages.customer, frames=30 if video else 0)
    finally:
        await peer.close()


async def heard_by_both(peer: Peer, page: Page, *, frames: int, seconds: float = 20) -> None:
    """Until peer and page have sound, and this many frames of the other."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        mine, theirs = peer.stats(), await page.evaluate("stats()")
        if (
            min(mine.frames, theirs["frames"]) >= frames
            and mine.audio_energy > 1
            and theirs["energy"] > 0.001
        ):
            return
        assert asyncio.get_running_loop().time() < deadline, f"{mine}, {theirs}"
        await asyncio.sleep(0.1)
