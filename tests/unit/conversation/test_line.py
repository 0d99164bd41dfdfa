"""What stands before somebody: those offered first, and the agents they share."""

from app.conversation.interaction import Channel
from app.conversation.line import Line, line_of
from app.conversation.people import Capacity, Intent
from app.conversation.queues import Overflow, Queue
from tests.unit.conversation.asking import MINUTE, NOON, SECOND, asking, free

QUEUES = {"cards": Queue(name="cards", overflow=Overflow(queue="loans", after_s=60))}


def test_room_is_counted_in_conversations() -> None:
    agents = [free(texts=1), free(texts=4), free(queues=("loans",)), free(reachable=False)]
    assert line_of(asking(), [], agents, {}, NOON) == Line(ahead=0, free=3, room=8)
    call = asking(channel=Channel.VIDEO)
    assert line_of(call, [], agents, {}, NOON) == Line(ahead=0, free=2, room=2)


def test_nobody_there_is_no_room() -> None:
    away = free(intent=Intent.BREAK)
    assert line_of(asking(), [], [away], {}, NOON) == Line(ahead=0, free=0, room=0)


def test_only_those_offered_first_are_ahead() -> None:
    one = asking(enqueued_at=NOON + SECOND)
    earlier, later = asking(), asking(enqueued_at=NOON + MINUTE)
    urgent = asking(priority=9, enqueued_at=NOON + MINUTE)
    voice = asking(channel=Channel.VOICE)
    queued = [one, earlier, later, urgent, voice]
    assert line_of(one, queued, [free()], {}, NOON).ahead == 2
    crisis = asking(crisis=True, enqueued_at=NOON + MINUTE)
    assert line_of(crisis, queued, [free()], {}, NOON).ahead == 0


def test_another_queue_counts_as_far_as_it_shares_the_agents() -> None:
    both, mine, theirs = free(queues=("cards", "loans")), free(), free(queues=("loans",))
    other = asking(queue="loans", priority=9)
    line = line_of(asking(), [other], [both, mine, theirs], {}, NOON)
    assert line.ahead == 0.5
    apart = line_of(asking(), [other], [mine, theirs], {}, NOON)
    assert apart.ahead == 0


def test_who_overflowed_has_more_agents() -> None:
    agents = [free(), free(queues=("loans",))]
    assert line_of(asking(), [], agents, QUEUES, NOON).room == 4
    assert line_of(asking(), [], agents, QUEUES, NOON + MINUTE).room == 8


def test_kept_room_is_for_a_crisis_alone() -> None:
    queues = {"cards": Queue(name="cards", reserved=1)}
    agents = [free(capacity=Capacity(texts=1)), free(capacity=Capacity(texts=1))]
    assert line_of(asking(), [], agents, queues, NOON) == Line(ahead=0, free=1, room=1)
    crisis = asking(crisis=True)
    assert line_of(crisis, [], agents, queues, NOON) == Line(ahead=0, free=2, room=2)
