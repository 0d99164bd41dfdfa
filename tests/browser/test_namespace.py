"""An ordinary browser needs no flags: a call inside a network namespace, on its own address."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ADDRESS = "10.77.0.1/24"
PATH = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def ip(*arguments: str) -> None:
    done = subprocess.run(
        [shutil.which("ip", path=PATH) or "ip", *arguments], capture_output=True, text=True
    )
    assert done.returncode == 0, f"ip {' '.join(arguments)}: {done.stderr} (needs root, iproute2)"


@pytest.fixture
def namespace() -> Iterator[str]:
    """A host of its own: loopback, and one interface with one address."""
    name = f"warmline-{os.getpid()}"
    ip("netns", "add", name)
    try:
        ip("-n", name, "link", "set", "lo", "up")
        ip("-n", name, "link", "add", "wl0", "type", "veth", "peer", "name", "wl1")
        ip("-n", name, "address", "add", ADDRESS, "dev", "wl0")
        for interface in ("wl0", "wl1"):
            ip("-n", name, "link", "set", interface, "up")
        yield name
    finally:
        ip("netns", "delete", name)


@pytest.mark.timeout(120)
def test_an_ordinary_browser_needs_no_flags(namespace: str) -> None:
    inside = [shutil.which("ip", path=PATH) or "ip", "netns", "exec", namespace]
    call = [sys.executable, "-m", "tests.browser.ordinary"]
    done = subprocess.run([*inside, *call], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr[-3000:]
