"""Applying a company file: shown first, all or nothing, and the second time nothing at all."""

from uuid import UUID

import pytest
from msgspec.structs import replace

from app.auth.password import hash_password, verify_password
from app.company.apply import ChangedMeanwhile, apply, look
from app.company.file import Sections, load, sections
from app.company.invitation import InvitationOver, Invited, accept
from app.company.stored import By
from app.conversation.errors import NotAllowed, NotFound
from app.conversation.interaction import State
from app.conversation.people import NO_PASSWORD, Agent, Capacity, Intent
from app.conversation.queues import Queue, Span, Weekday
from app.conversation.setup import CannedReply, Disposition
from app.conversation.timeline import Viewer
from app.demo.agents import PASSWORD, seed
from app.ids import new_id
from app.store.records import AuditEntry, Owner, SignIn, What
from app.store.work import Store
from app.yaml_file import BadFile
from tests.contract.people import NOON, accepted, agent, asked, customer, offered

FILE = """
skills: [fraud]
calendars:
  - {name: office, week: {mon: ["09:00-17:00"]}}
queues:
  - {name: cards, priority: 2, skills: {fraud: 3}, hours: office}
  - {name: general}
agents:
  - {email: Ana@bank.example, name: Ana B., queues: [cards, general], skills: {fraud: 4}}
  - {email: ben@bank.example, name: Ben, queues: [general], capacity: {calls: 0, texts: 6}}
dispositions:
  - {code: solved, label: Solved}
canned_replies:
  - {shortcut: hello, title: Greeting, text: "Hello {customer}"}
"""
COMPANY = sections(load(FILE))
LEAD = By(name="a lead")


async def _set_up(store: Store, given: Sections, *, prune: bool = False) -> list[Invited]:
    return await apply(store, given, await look(store, given, prune=prune), LEAD, prune=prune)


async def _changed(store: Store, old: str, new: str) -> list[Invited]:
    text = FILE.replace(old, new)
    assert text != FILE
    return await _set_up(store, sections(load(text)))


async def _by_email(store: Store, email: str) -> Agent:
    async with store.read() as work:
        found = await work.agents.by_email(email)
    assert found is not None
    return found


async def _audit(store: Store) -> list[AuditEntry]:
    async with store.read() as work:
        return list(await work.audit.after(0, 100))


async def test_what_would_change_is_told_line_by_line(store: Store) -> None:
    await agent(store, "Ana")
    await agent(store, "Zoe")
    shown = await look(store, COMPANY)
    assert shown.lines == [
        "+ skill fraud",
        "+ calendar office",
        "    zone: UTC",
        "    week: {mon: 09:00-17:00}",
        "+ queue cards",
        "    skills: {fraud: 3}",
        "    priority: 2",
        "    hours: office",
        "+ queue general",
        "~ agent ana@bank.example",
        "    name: Ana -> Ana B.",
        "    queues: cards -> cards, general",
        "    skills: none -> {fraud: 4}",
        "+ agent ben@bank.example",
        "    name: Ben",
        "    queues: general",
        "    capacity: {calls: 0, texts: 6}",
        "+ disposition solved",
        "    label: Solved",
        "    order: 1",
        "+ canned reply hello",
        "    title: Greeting",
        "    text: Hello {customer}",
    ]
    assert shown.left_alone == ["agent zoe@bank.example"]
    async with store.read() as work:
        assert await work.queues.all() == {}


async def test_applied_it_is_as_the_file_says_and_the_rest_stays(store: Store) -> None:
    ana = await agent(store, "Ana")
    async with store.write() as work:
        await work.agents.set_intent(ana.id, Intent.BREAK, NOON)
    (invited,) = await _set_up(store, COMPANY)
    assert await _by_email(store, "ana@bank.example") == replace(
        ana,
        name="Ana B.",
        queues=("cards", "general"),
        skills={"fraud": 4},
        intent=Intent.BREAK,
        intent_since=NOON,
    )
    ben = await _by_email(store, "ben@bank.example")
    assert (invited.email, ben.capacity) == (ben.email, Capacity(calls=0, texts=6))
    async with store.read() as work:
        cards = (await work.queues.all())["cards"]
        assert await work.setup.all(Disposition) == (
            Disposition(code="solved", label="Solved", order=1),
        )
        assert await work.setup.all(CannedReply) == (
            CannedReply(shortcut="hello", title="Greeting", text="Hello {customer}"),
        )
    assert (cards.priority, cards.skills) == (2, {"fraud": 3})
    assert cards.hours is not None
    assert cards.hours.week == {Weekday.MON: (Span(540, 1020),)}


async def test_the_second_time_there_is_nothing_to_do(store: Store) -> None:
    await _set_up(store, COMPANY)
    again = await look(store, COMPANY)
    assert (again.lines, again.left_alone) == ([], [])
    told = len(await _audit(store))
    assert await _set_up(store, COMPANY) == []
    assert len(await _audit(store)) == told


async def test_what_was_not_shown_is_not_written(store: Store) -> None:
    shown = await look(store, COMPANY)
    async with store.write() as work:
        await work.queues.put(Queue(name="cards", priority=9))
    with pytest.raises(ChangedMeanwhile):
        await apply(store, COMPANY, shown, LEAD)
    async with store.read() as work:
        assert await work.queues.all() == {"cards": Queue(name="cards", priority=9)}
        assert await work.agents.by_email("ben@bank.example") is None
    assert await _audit(store) == []


async def test_every_change_is_told_with_what_was_before_and_after(store: Store) -> None:
    await _set_up(store, COMPANY)
    before = await _audit(store)
    assert [one.seq for one in before] == list(range(1, len(before) + 1))
    assert {one.by for one in before} == {"a lead"}
    assert {(one.what, one.kind) for one in before} >= {
        (What.ADDED, "agent"),
        (What.ADDED, "queue"),
    }
    await _changed(store, "priority: 2", "priority: 7")
    (change,) = (await _audit(store))[len(before) :]
    assert (change.what, change.kind, change.name) == (What.CHANGED, "queue", "cards")
    assert change.before is not None
    assert change.after is not None
    assert (change.before["priority"], change.after["priority"]) == (2, 7)
    assert "password" not in str(await _audit(store))


async def test_a_calendar_that_changes_changes_its_queues(store: Store) -> None:
    await _set_up(store, COMPANY)
    await _changed(store, "09:00-17:00", "10:00-17:00")
    async with store.read() as work:
        hours = (await work.queues.all())["cards"].hours
    assert hours is not None
    assert hours.week == {Weekday.MON: (Span(600, 1020),)}


async def test_only_pruning_removes_and_only_of_sections_that_are_there(store: Store) -> None:
    await _set_up(store, COMPANY)
    smaller = sections(load("queues: [{name: general}]\ndispositions: []"))
    assert (await look(store, smaller)).lines == []
    with pytest.raises(BadFile, match=r"agent ana@bank.example, queues\[0\]: there is no queue ca"):
        await look(store, smaller, prune=True)
    agents = sections(load("agents: [{email: ana@bank.example, name: Ana, queues: [general]}]"))
    given = smaller | agents
    shown = await look(store, given, prune=True)
    assert [line for line in shown.lines if line.startswith("-")] == [
        "- queue cards",
        "- agent ben@bank.example",
        "- disposition solved",
    ]
    await _set_up(store, given, prune=True)
    async with store.read() as work:
        assert list(await work.queues.all()) == ["general"]
        assert await work.setup.all(Disposition) == ()
        assert len(await work.setup.all(CannedReply)) == 1
    assert (await look(store, given, prune=True)).lines == []


async def test_a_queue_in_which_somebody_waits_is_not_removed(store: Store) -> None:
    await _set_up(store, COMPANY)
    await asked(store, await customer(store))
    given = sections(load("queues: [{name: general}]\nagents: []"))
    with pytest.raises(NotAllowed, match="cannot remove the queue cards while somebody waits"):
        await _set_up(store, given, prune=True)
    async with store.read() as work:
        assert "cards" in await work.queues.all()


async def _signed_in(store: Store, id: UUID, token: bytes) -> None:
    async with store.write() as work:
        until = await work.now() + (NOON - NOON.replace(hour=1))
        await work.sign_ins.add(
            SignIn(token_hash=token, owner=Owner.AGENT, owner_id=id, expires_at=until)
        )


async def test_whoever_is_removed_is_out_at_once_and_their_work_waits_again(store: Store) -> None:
    await _set_up(store, COMPANY)
    ana = await _by_email(store, "ana@bank.example")
    await _signed_in(store, ana.id, b"of ana")
    live = await asked(store, await customer(store, "maya"))
    held = await asked(store, await customer(store, "jonas"))
    async with store.write() as work:
        await work.interactions.save(offered(held, ana.id))
        saved = await work.interactions.save(offered(live, ana.id))
        await work.interactions.save(accepted(saved))
        await work.agents.reachable_until(ana.id, new_id(), await work.now())
    await _set_up(store, {"agents": ()}, prune=True)
    async with store.read() as work:
        gone = await work.agents.get(ana.id)
        again = [await work.interactions.get(one.id) for one in (live, held)]
        assert await work.sign_ins.find(b"of ana", NOON) is None
        assert await work.agents.workloads(await work.now()) == []
        events = await work.timeline.after(live.conversation_id, 0, Viewer.CUSTOMER, 10)
    assert [one.kind for one in events] == ["interaction.given_up"]
    assert (gone.active, gone.password_hash) == (False, NO_PASSWORD)
    for one, before in zip(again, (live, held), strict=True):
        assert (one.state, one.agent_id, one.offer) == (State.QUEUED, None, None)
        assert one.enqueued_at == before.enqueued_at
    (entry,) = [one for one in await _audit(store) if one.name == ana.email][1:]
    assert (entry.what, entry.after) == (What.REMOVED, None)


async def test_whoever_comes_back_is_the_same_person_with_a_new_password(store: Store) -> None:
    await _set_up(store, COMPANY)
    ana = await _by_email(store, "ana@bank.example")
    await _set_up(store, {"agents": ()}, prune=True)
    invited = await _set_up(store, COMPANY)
    assert {one.email for one in invited} == {"ana@bank.example", "ben@bank.example"}
    again = await _by_email(store, "ana@bank.example")
    assert (again.id, again.active, again.password_hash) == (ana.id, True, NO_PASSWORD)


async def test_an_invitation_works_once(store: Store) -> None:
    await _set_up(store, COMPANY)
    invited = {one.email: one for one in await _changed(store, "ben@", "zoe@")}
    zoe = invited["zoe@bank.example"]
    await _signed_in(store, (await _by_email(store, zoe.email)).id, b"by another password")
    async with store.write() as work:
        await accept(work, zoe.token, "$hash")
    async with store.write() as work:
        found = await work.agents.by_email(zoe.email)
        assert found is not None
        assert found.password_hash == "$hash"
        assert await work.sign_ins.find(b"by another password", NOON) is None
        with pytest.raises(InvitationOver):
            await accept(work, zoe.token, "$other")


async def test_nothing_fits_an_agent_without_a_password() -> None:
    for password in ("", "nobody has this password", NO_PASSWORD):
        assert not await verify_password(password, NO_PASSWORD)
        assert not await verify_password(password, None)
    assert await verify_password("a long one", await hash_password("a long one"))


async def test_the_demo_has_its_people_from_the_banks_file(store: Store) -> None:
    await seed(store)
    ines = await _by_email(store, "ines@bank.example")
    assert (ines.name, ines.queues) == (
        "Ines Duarte",
        ("cards", "fraud", "disputes", "general"),
    )
    assert await verify_password(PASSWORD, ines.password_hash)
    await seed(store)
    assert await _by_email(store, "ines@bank.example") == ines


async def test_an_agent_who_is_unknown_cannot_be_changed(store: Store) -> None:
    async with store.write() as work:
        with pytest.raises(NotFound):
            await work.agents.deactivate(new_id())
        with pytest.raises(NotFound):
            await work.agents.set_password(new_id(), "$hash")
