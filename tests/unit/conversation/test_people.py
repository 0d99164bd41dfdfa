"""Whether an agent can take one more."""

import pytest

from app.conversation.interaction import Channel
from app.conversation.people import Agent, Capacity, Intent, Workload
from app.ids import new_id


def _load(
    *,
    intent: Intent = Intent.AVAILABLE,
    reachable: bool = True,
    calls: int = 0,
    texts: int = 0,
    capacity: Capacity = Capacity(calls=1, texts=2),  # noqa: B008  frozen
) -> Workload:
    agent = Agent(
        id=new_id(),
        email="ana@bank.example",
        name="Ana",
        password_hash="",
        queues=("cards",),
        intent=intent,
        capacity=capacity,
    )
    return Workload(agent=agent, reachable=reachable, calls=calls, texts=texts)


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("reachable", [True, False])
@pytest.mark.parametrize("intent", Intent)
def test_only_who_wants_to_and_can_be_reached_takes_anything(
    intent: Intent, reachable: bool, channel: Channel
) -> None:
    willing = intent is Intent.AVAILABLE and reachable
    assert _load(intent=intent, reachable=reachable).can_take(channel) is willing


@pytest.mark.parametrize("channel", [Channel.VOICE, Channel.VIDEO])
def test_calls_fill_up_on_their_own(channel: Channel) -> None:
    assert _load(calls=0, texts=2).can_take(channel)
    assert not _load(calls=1).can_take(channel)
    assert not _load(calls=3).can_take(channel)
    assert _load(calls=1, capacity=Capacity(calls=2)).can_take(channel)


def test_texts_fill_up_on_their_own() -> None:
    assert _load(texts=1, calls=1).can_take(Channel.TEXT)
    assert not _load(texts=2).can_take(Channel.TEXT)
    assert not _load(capacity=Capacity(texts=0)).can_take(Channel.TEXT)
