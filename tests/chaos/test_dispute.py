"""Is there one case, wherever around its write the server dies? All events are `make soak`."""

import pytest

from tests.chaos.dispute import BOUNDARIES, EVENTS, QUICK, disputed


@pytest.mark.timeout(120)  # each start of a server takes 2 s of a core
@pytest.mark.parametrize(("at", "when"), QUICK)
async def test_one_case_is_opened(at: int, when: str) -> None:
    outcome = await disputed(at, when)
    assert (outcome.cases, outcome.solved, outcome.killed) == (1, True, True)


def test_every_event_is_a_boundary_twice() -> None:
    assert len(BOUNDARIES) == 2 * EVENTS
    assert set(QUICK) <= set(BOUNDARIES)
