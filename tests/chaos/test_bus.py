"""A few cuts of tests/chaos/bus.py, with a Redis that is killed or says nothing."""

import pytest

from tests.chaos.bus import Plan, torment_with
from tests.chaos.checker import Verdict


@pytest.mark.timeout(120)  # two servers are started
def test_every_message_is_read_at_the_other_process_soon_after() -> None:
    figures = torment_with("redis", Plan(cuts=2, messages=200))
    wrong = {name: figures[name] for name in Verdict.__struct_fields__ if figures[name]}
    assert wrong == {}
    assert figures["messages"] == 200
    assert figures["cuts"] == 2
    assert figures["read_ms_max"] < 20_000
