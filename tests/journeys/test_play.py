"""`warmline demo --play`: does the journey come true, also when the server is killed?"""

import os
from pathlib import Path

import pytest

from app.demo import journey
from app.demo.play import play

KILLS = (journey.tom_declines, journey.they_see_each_other, journey.ines_hands_back)
"""At the offer, in the call, after the hand-back."""

WITHIN_S = 150.0
"""About 15 s, with kills 35 s, on a machine with nothing else to do."""

pytestmark = pytest.mark.timeout(200)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.mark.parametrize("kill_after", [(), KILLS], ids=["undisturbed", "killed"])
def test_everything_happens(
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


def children() -> set[str]:
    """The processes that this one started and that have not ended."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
