"""The lines of all who wait, made in one pass, are those that each would find alone."""

from random import Random

import pytest

from app.conversation.interaction import Channel
from app.conversation.line import line_of, lines_of
from app.conversation.people import Capacity
from app.conversation.queues import Overflow, Queue
from tests.unit.conversation.asking import MINUTE, NOON, asking, free

QUEUES = {
    "cards": Queue(name="cards", ageing=0.3, overflow=Overflow(queue="loans", after_s=300)),
    "loans": Queue(name="loans", priority=2, languages=("en", "de"), reserved=1),
    "fraud": Queue(name="fraud", skills={"fraud": 2}),
}


@pytest.mark.parametrize("seed", range(8))
def test_all_at_once_is_as_one_by_one(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - to be the same again
    names = [*QUEUES, "other"]
    agents = [
        free(
            queues=tuple(random.sample(names, 2)),
            skills={"fraud": random.randint(1, 3)},
            languages=random.choice([(), ("de",), ("en", "de")]),
            capacity=Capacity(calls=1, texts=random.randint(0, 4)),
            texts=random.randint(0, 4),
            reachable=random.random() < 0.8,
        )
        for _ in range(12)
    ]
    queued = [
        asking(
            queue=random.choice(names),
            channel=random.choice(list(Channel)),
            priority=random.randint(0, 9),
            crisis=random.random() < 0.1,
            language=random.choice(["en", "de", "fr"]),
            enqueued_at=NOON + random.randint(0, 9) * MINUTE,
        )
        for _ in range(60)
    ]
    now = NOON + 10 * MINUTE
    lines = lines_of(queued, agents, QUEUES, now)
    assert lines == {one.id: line_of(one, queued, agents, QUEUES, now) for one in queued}
