"""Does a test get a real browser, with a camera and a microphone that move?"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

pytestmark = pytest.mark.timeout(60)  # the first one starts the browser

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED: set[asyncio.AbstractEventLoop] = set()
OWN: set[asyncio.AbstractEventLoop] = set()

MEDIA = """async () => {
  const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: true});
  const video = document.createElement("video");
  video.srcObject = stream;
  video.muted = true;
  await video.play();
  window.video = video;
  return stream.getTracks().map((track) => track.kind).sort();
}"""


async def page_on_localhost(browser: Browser) -> Page:
    """A secure origin without a server: only there does a page get a camera."""
    page = await (await browser.new_context()).new_page()
    await page.route("http://localhost/", lambda route: route.fulfill(body="<p>Hello</p>"))
    await page.goto("http://localhost/")
    return page


async def test_the_camera_and_the_microphone_are_given_without_a_question(browser: Browser) -> None:
    page = await page_on_localhost(browser)
    assert await page.evaluate(MEDIA) == ["audio", "video"]
    frames = 0
    while frames < 5:  # the test's own time-out ends it
        quality = "() => window.video.getVideoPlaybackQuality().totalVideoFrames"
        frames = await page.evaluate(quality)
        await asyncio.sleep(0.05)
    await page.context.close()


@pytest.mark.parametrize("turn", [1, 2])
async def test_contexts_share_nothing(browser: Browser, turn: int) -> None:
    page = await page_on_localhost(browser)
    assert await page.evaluate("() => localStorage.getItem('turn')") is None
    await page.evaluate("turn => localStorage.setItem('turn', turn)", turn)
    await page.context.close()


@pytest.mark.parametrize("turn", [1, 2])
async def test_tests_with_the_browser_share_its_loop(browser: Browser, turn: int) -> None:
    SHARED.add(asyncio.get_running_loop())
    assert len(SHARED) == 1


@pytest.mark.parametrize("turn", [1, 2])
async def test_tests_without_it_have_a_loop_of_their_own(turn: int) -> None:
    OWN.add(asyncio.get_running_loop())
    assert len(OWN) == turn
    assert not OWN & SHARED


def test_a_machine_without_a_browser_fails_the_test_by_name(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("async def test_it(browser): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.fixtures.browser", "-q", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ERROR at setup of test_it" in done.stdout
    assert "Chromium is not here, and this test needs it" in done.stdout
