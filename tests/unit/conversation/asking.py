"""People for the tests of the queue: somebody who asks, somebody who could answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.conversation.interaction import Channel, Interaction, State
from app.conversation.people import Agent, Intent, Workload
from app.ids import new_id

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


def asking(**fields: Any) -> Interaction:
    known: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": new_id(),
        "customer_id": new_id(),
        "state": State.QUEUED,
        "channel": Channel.TEXT,
        "queue": "cards",
        "reason": "",
        "priority": 5,
        "why_now": "",
        "enqueued_at": NOON,
    }
    return Interaction(**{**known, **fields})


def free(*, calls: int = 0, texts: int = 0, reachable: bool = True, **fields: Any) -> Workload:
    known: dict[str, Any] = {
        "id": new_id(),
        "email": "ana@bank.example",
        "name": "Ana",
        "password_hash": "",
        "queues": ("cards",),
        "intent": Intent.AVAILABLE,
    }
    agent = Agent(**{**known, **fields})
    return Workload(agent=agent, reachable=reachable, calls=calls, texts=texts)
