"""A company file that makes no sense is refused, with the place of what is wrong."""

from pathlib import Path

import pytest

from app.company.file import load, unserved
from app.conversation.queues import WEEK, Holiday, Queue, Span
from app.queue_file import QueueSpec
from app.yaml_file import BadFile

BANK = Path(__file__).parents[3] / "examples" / "bank" / "company.yaml"

SHOP = """
zone: Europe/Berlin
queues:
  - name: orders
    hours:
      week: {mon-fri: ["09:00-12:00", "13:00-24:00"], sat: []}
      holidays: [{day: 2026-12-24, name: Christmas Eve, open: ["09:00-12:00"]}]
  - name: returns
    overflow: {queue: orders, after_s: 60}
agents:
  - {email: Ana@shop.example, name: Ana, queues: [orders]}
"""


def test_hours_are_read_with_the_zone_of_the_file() -> None:
    hours = load(SHOP).queues["orders"].hours
    assert hours is not None
    assert hours.zone == "Europe/Berlin"
    assert hours.week == {
        **dict.fromkeys(WEEK[:5], (Span(540, 720), Span(780, 1440))),
        WEEK[5]: (),
    }
    (eve,) = hours.holidays
    assert eve == Holiday(day=eve.day, name="Christmas Eve", spans=(Span(540, 720),))
    assert eve.day.isoformat() == "2026-12-24"


def test_the_file_says_of_a_queue_what_a_queue_has() -> None:
    assert QueueSpec.__struct_fields__ == Queue.__struct_fields__
    spec, queue = QueueSpec(name="x"), Queue(name="x")
    for name in Queue.__struct_fields__:
        assert getattr(spec, name) == getattr(queue, name), name


def test_queues_that_nobody_serves_are_told() -> None:
    assert unserved(load(SHOP)) == []
    assert unserved(load(SHOP.replace("queues: [orders]", "queues: []"))) == ["orders", "returns"]


def test_the_banks_file_is_fine() -> None:
    bank = load(BANK.read_text())
    assert [agent.email for agent in bank.agents] == ["ines@bank.example", "tom@bank.example"]
    assert unserved(bank) == []


@pytest.mark.parametrize(
    ("old", "new", "place", "problem"),
    [
        ("queues: [orders]", "queues: [loans]", "agents[0].queues", "there is no queue loans"),
        ("Ana@shop.example", "Ana", "agents[0].email", "is no e-mail address"),
        ("name: Ana,", "name: Ana, password: x,", "agents[0]", "unknown field `password`"),
        ("Europe/Berlin", "Berlin", "zone", "there is no time zone 'Berlin'"),
        ("2026-12-24", "24.12.", "queues[0].hours.holidays[0].day", "date"),
        ("name: returns", "name: orders", "queues[1].name", "the queue orders stands twice"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    old: str, new: str, place: str, problem: str
) -> None:
    with pytest.raises(BadFile) as refused:
        load(SHOP.replace(old, new))
    assert refused.value.place == place
    assert problem in refused.value.problem


def test_an_agent_may_not_stand_twice() -> None:
    twice = SHOP + "  - {email: ana@SHOP.example, name: Ana, queues: []}\n"
    with pytest.raises(BadFile, match=r"agents\[1\].email: ana@SHOP.example stands twice"):
        load(twice)
