"""`warmline demo --play`: does the journey come true, also when the server is killed?"""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.demo import journey
from app.demo.play import play

KILLS = (journey.tom_declines, journey.they_see_each_other, journey.ines_hands_back)
"""At the offer, in the call, after the hand-back."""

WITHIN_S = 150.0
"""About 15 s, with kills 35 s, on a machine with nothing else to do."""

pytestmark = pytest.mark.timeout(200)


def test_everything_happens(capsys: pytest.CaptureFixture[str]) -> None:
    happens("", (), capsys)


def test_everything_happens_though_the_server_is_killed(
    postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On SQLite, tests/journeys/test_activation.py is killed with two browsers."""
    happens(postgres_url, KILLS, capsys)


def happens(
    database_url: str, kill_after: tuple[journey.Scene, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    before = children()
    code = play(database_url=database_url, kill_after=kill_after, within_s=WITHIN_S)
    told = capsys.readouterr().out
    assert code == 0, told
    assert told.count("is killed") == told.count("on new legs (2)") * 3 == len(kill_after)
    assert told.count("stored once") == len(kill_after)
    assert "Your card is active; the bank says active" in told
    assert "\x1b" not in told, "colours are for terminals"
    assert children() == before


def test_a_scene_that_does_not_come_true_is_named() -> None:
    before = children()
    told: list[str] = []
    assert play(within_s=0, write=told.append) == 1
    assert "Failed at “maya signs in”: took too long" in "\n".join(told)
    assert children() == before


def test_ctrl_c_ends_everything() -> None:
    command = [sys.executable, "-m", "app.cli", "demo", "--play"]
    playing = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that starts these tests in the background lets them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert playing.stdout
    port = int(playing.stdout.readline().split()[-1])
    assert "Maya" in playing.stdout.readline()
    assert answers(port)
    playing.send_signal(signal.SIGINT)
    told, complaint = playing.communicate(timeout=WITHIN_S)
    assert playing.returncode == 1
    assert "Everything happened" not in told
    assert complaint.strip() == "Aborted!"
    assert not answers(port)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def children() -> set[str]:
    """The processes that this one started and that have not ended."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
