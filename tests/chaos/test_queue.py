"""Does a queue drain while a process of it is killed? The long run is `make soak`."""

import pytest

from tests.chaos.queue import NOTHING_WRONG, Plan, torment_on

CUSTOMERS = 40


@pytest.mark.timeout(120)  # each start of a server takes 2 s of a core
def test_everybody_is_answered_once_and_in_their_turn() -> None:
    plan = Plan(customers=CUSTOMERS, agents=6, processes=2, kills=1, asked_within_s=3, seed=7)
    figures = torment_on(plan)
    wrong = {goal.figure: figures[goal.figure] for goal in NOTHING_WRONG if figures[goal.figure]}
    assert wrong == {}
    assert figures["customers"] == CUSTOMERS
    assert figures["offers"] >= CUSTOMERS * 0.9
    assert figures["given_back"] > 0
    assert figures["refused"] == 0
    assert figures["server_exits"] == 0
    assert figures["server_errors"] == 0
