"""Is an acknowledged message kept through some kills? The long run is `make soak`."""

import pytest

from tests.chaos.checker import Verdict
from tests.chaos.messages import Plan, torment_on

KILLS = 5
MESSAGES = 1500


@pytest.mark.timeout(180)  # each start of the server takes 2 s of a core
@pytest.mark.parametrize(("database", "stops"), [("sqlite", 0), ("postgres", 2)])
def test_every_message_is_kept_once_and_in_order(database: str, stops: int) -> None:
    plan = Plan(
        kills=KILLS,
        messages=MESSAGES,
        postgres_stops=stops,
        conversations=10,
        phones=2,
        seed=7,
    )
    figures = torment_on(database, plan)
    wrong = {name: figures[name] for name in Verdict.__struct_fields__ if figures[name]}
    assert wrong == {}
    assert figures["messages"] == MESSAGES
    assert figures["kills"] >= KILLS  # some starts are killed, too
    assert figures["server_exits"] == 0
    assert figures["refused"] == 0
    assert figures["phone_kills"] >= KILLS
    assert figures["kill_to_welcome_ms_p50"] > 0


@pytest.mark.timeout(120)
def test_errors_after_the_commit_have_no_second_effect() -> None:
    plan = Plan(kills=0, messages=600, postgres_stops=0, conversations=5, seed=7, commits_fail=True)
    figures = torment_on("sqlite", plan)
    wrong = {name: figures[name] for name in Verdict.__struct_fields__ if figures[name]}
    assert wrong == {}
    assert figures["messages"] == 600
    assert figures["server_exits"] == 0
