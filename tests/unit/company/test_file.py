"""A company file that makes no sense is refused, with the place of what is wrong."""

from pathlib import Path

import pytest

from app.company.change import merged
from app.company.checks import Checked, checked, unserved
from app.company.file import AgentSpec, Company, load, sections
from app.conversation.people import ROLES
from app.conversation.queues import WEEK, Holiday, Queue, Span
from app.conversation.setup import Skill
from app.queue_file import QueueSpec
from app.yaml_file import BadFile, line_of

BANK = Path(__file__).parents[3] / "examples" / "bank" / "company.yaml"

SHOP = """
zone: Europe/Berlin
skills: [fraud, {name: gifts, title: Gift wrapping}]
calendars:
  - {name: shop, week: {mon-sat: ["09:00-20:00"]}}
queues:
  - name: orders
    hours:
      week: {mon-fri: ["09:00-12:00", "13:00-24:00"], sat: []}
      holidays: [{day: 2026-12-24, name: Christmas Eve, open: ["09:00-12:00"]}]
  - name: returns
    hours: shop
    skills: {gifts: 2}
    overflow: {queue: orders, after_s: 60}
agents:
  - {email: Ana@shop.example, name: Ana, queues: [orders], skills: {fraud: 3}}
dispositions:
  - {code: found, label: Found it}
  - {code: sent_back, label: Sent back, queues: [returns]}
canned_replies:
  - {shortcut: hello, title: Greeting, text: "Hello {customer}, I am {agent}.", language: en}
"""


def of(text: str) -> Checked:
    """The company that the text alone describes."""
    return checked(merged(Company(), sections(load(text)), prune=False))


def test_hours_are_read_with_the_zone_of_the_file() -> None:
    hours = of(SHOP).queues["orders"].hours
    assert hours is not None
    assert (hours.zone, hours.calendar) == ("Europe/Berlin", "")
    assert hours.week == {
        **dict.fromkeys(WEEK[:5], (Span(540, 720), Span(780, 1440))),
        WEEK[5]: (),
    }
    (eve,) = hours.holidays
    assert eve == Holiday(day=eve.day, name="Christmas Eve", spans=(Span(540, 720),))
    assert eve.day.isoformat() == "2026-12-24"


def test_a_queue_may_have_the_hours_of_a_calendar() -> None:
    shop = of(SHOP)
    hours = shop.queues["returns"].hours
    assert hours is not None
    assert (hours.calendar, hours.zone) == ("shop", "Europe/Berlin")
    assert hours.week == dict.fromkeys(WEEK[:6], (Span(540, 1200),))
    assert [one.hours for one in shop.company.queues if one.name == "returns"] == ["shop"]


def test_what_means_the_same_is_equal() -> None:
    days = ", ".join(f'{day}: ["09:00-12:00", "13:00-24:00"]' for day in WEEK[:5])
    other = SHOP.replace('{mon-fri: ["09:00-12:00", "13:00-24:00"], sat: []}', f"{{{days}}}")
    assert other != SHOP
    assert of(other).company == of(SHOP).company


def test_short_forms_are_written_out() -> None:
    shop = of(SHOP).company
    assert shop.skills == (Skill(name="fraud"), Skill(name="gifts", title="Gift wrapping"))
    assert [(one.code, one.order) for one in shop.dispositions] == [("found", 1), ("sent_back", 2)]
    assert shop.agents[0].email == "ana@shop.example"


def test_the_file_says_of_a_queue_what_a_queue_has() -> None:
    assert QueueSpec.__struct_fields__ == Queue.__struct_fields__
    spec, queue = QueueSpec(name="x"), Queue(name="x")
    for name in Queue.__struct_fields__:
        assert getattr(spec, name) == getattr(queue, name), name


def test_the_file_knows_the_roles() -> None:
    spec = AgentSpec(email="a@b", name="A", queues=(), roles=ROLES)  # type: ignore[arg-type]
    assert load(f"agents: [{{email: a@b, name: A, queues: [], roles: [{', '.join(ROLES)}]}}]") == (
        load("agents: []").__class__(agents=(spec,))
    )


def test_queues_that_nobody_serves_are_told() -> None:
    assert unserved(of(SHOP).company) == []
    idle = of(SHOP.replace("queues: [orders]", "queues: []")).company
    assert unserved(idle) == ["orders", "returns"]


def test_the_banks_file_is_fine() -> None:
    bank = of(BANK.read_text()).company
    assert [agent.email for agent in bank.agents] == [
        "ines@bank.example",
        "sam@bank.example",
        "tom@bank.example",
    ]
    assert unserved(bank) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "place", "problem"),
    [
        ("queues: [orders],", "queues: [loans],", 16, "agents[0].queues[0]", "no queue loans"),
        ("Ana@shop.example", "Ana", 16, "agents[0].email", "is no e-mail address"),
        ("name: Ana,", "name: Ana, password: x,", 16, "agents[0]", "unknown field `password`"),
        ("{fraud: 3}", "{fruad: 3}", 16, "agents[0].skills.fruad", "there is no skill fruad"),
        ("{fraud: 3}", "{}, roles: [boss]", 16, "agents[0].roles[0]", "Invalid enum value 'boss'"),
        ("{gifts: 2}", "{gift: 2}", 13, "queues[1].skills.gift", "there is no skill gift"),
        ("hours: shop", "hours: shops", 12, "queues[1].hours", "there is no calendar shops"),
        ("mon-sat", "mon-sit", 5, "calendars[0].week.mon-sit", "neither a day such as mon"),
        ("Europe/Berlin", "Berlin", 2, "zone", "there is no time zone 'Berlin'"),
        ("2026-12-24", "24.12.", 10, "queues[0].hours.holidays[0].day", "date"),
        ("name: returns", "name: orders", 11, "queues[1].name", "the queue orders stands twice"),
        ("name: gifts", "name: fraud", 3, "skills[1].name", "the skill fraud stands twice"),
        ("sent_back,", "found,", 19, "dispositions[1].code", "found stands twice"),
        ("sent_back,", "Sent back,", 19, "dispositions[1].code", "is not of small letters"),
        ("[returns]}", "[gone]}", 19, "dispositions[1].queues[0]", "there is no queue gone"),
        ("{agent}", "{boss}", 21, "canned_replies[0].text", "nothing to put in for {boss}"),
        ("hello,", "he llo,", 21, "canned_replies[0].shortcut", "is not of small letters"),
        ("language: en", "language: e!", 21, "canned_replies[0].language", "is no language"),
        ("name: gifts", "name: a/b", 3, "skills[1].name", "has a slash"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(
    old: str, new: str, line: int, place: str, problem: str
) -> None:
    text = SHOP.replace(old, new)
    assert text != SHOP
    with pytest.raises(BadFile) as refused:
        of(text)
    assert refused.value.place == place
    assert problem in refused.value.problem
    assert line_of(text, place) == line


def test_an_agent_may_not_stand_twice() -> None:
    twice = SHOP.replace(
        "dispositions:", "  - {email: ana@SHOP.example, name: A, queues: []}\ndispositions:"
    )
    with pytest.raises(
        BadFile, match=r"agents\[1\].email: the agent ana@shop.example stands twice"
    ):
        of(twice)


def test_a_text_that_is_no_yaml_has_its_line() -> None:
    with pytest.raises(BadFile) as refused:
        load("queues:\n  - {name: cards\n")
    assert line_of("", refused.value.place) == 3
