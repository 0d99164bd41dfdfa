"""Does every notification reach its phone once, whatever breaks on the way?"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from push.delivery import HELD, DeliveryState, Result
from push.double.faults import Fault, FaultKind
from push.double.phones import Phone
from push.memory import MemoryOutbox
from push.notification import Notification, NotificationClass
from push.outcome import Failure
from push.ports import Claimed
from tests.contract.push.world import LEASE, World, at_work, eventually
from tests.unit.push.samples import NOON

SECOND = timedelta(seconds=1)


def shown(phone: Phone) -> list[str]:
    return [arrived.data["notification_id"] for arrived in phone.inbox]


async def test_a_notification_is_accepted_and_then_delivered(world: World) -> None:
    device, phone = await world.phone()
    notification = await world.notify(device)
    async with at_work(world.worker()):
        delivery = await world.until_state(notification, DeliveryState.ACCEPTED)
    assert shown(phone) == [str(notification.id)]
    assert delivery.provider_id == phone.inbox[0].name
    delivery_id = UUID(phone.inbox[0].data["delivery_id"])
    assert await world.outbox.received(delivery_id, world.clock.now())
    assert (await world.delivery(notification)).state is DeliveryState.DELIVERED


async def test_wake_sends_without_waiting_for_the_poll(world: World) -> None:
    device, phone = await world.phone()
    async with at_work(world.worker()) as worker:
        await asyncio.sleep(0.02)
        notification = await world.notify(device)
        await asyncio.sleep(0.02)
        assert shown(phone) == []
        worker.wake()
        await world.until_state(notification, DeliveryState.ACCEPTED)


async def test_the_poll_finds_what_nobody_woke_for(world: World) -> None:
    device, _ = await world.phone()
    async with at_work(world.worker()):
        await asyncio.sleep(0.02)
        notification = await world.notify(device)
        await world.clock.advance(SECOND)
        await world.until_state(notification, DeliveryState.ACCEPTED)


async def test_an_uninstalled_app_is_dead_with_its_reason_and_forgotten(world: World) -> None:
    device, phone = await world.phone()
    world.double.provider.remove(phone)
    notification = await world.notify(device)
    async with at_work(world.worker()):
        delivery = await world.until_state(notification, DeliveryState.DEAD)
        assert (delivery.failure, delivery.detail) == (Failure.UNREGISTERED, "404 UNREGISTERED")
        assert await world.devices.of(device.customer_id) == []


async def test_what_waits_for_a_forgotten_device_never_touches_the_wire(world: World) -> None:
    device, phone = await world.phone()
    notification = await world.notify(device)
    assert await world.devices.forget(device.id, device.address, world.clock.now())
    async with at_work(world.worker()):
        delivery = await world.until_state(notification, DeliveryState.DEAD)
    assert delivery.failure is Failure.DEVICE_GONE
    assert world.wire(phone) == []


async def test_retry_after_is_obeyed(world: World) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=FaultKind.QUOTA, retry_after="90"))
    notification = await world.notify(device)
    async with at_work(world.worker()):
        delivery = await world.until_state(notification, DeliveryState.RETRY)
        assert delivery.due_at == world.clock.now() + timedelta(seconds=90)
        await world.clock.advance(timedelta(seconds=89))
        await asyncio.sleep(0.05)
        assert len(world.wire(phone)) == 1
        await world.clock.advance(SECOND)
        await world.until_state(notification, DeliveryState.ACCEPTED)
    assert len(world.wire(phone)) == 2
    assert len(shown(phone)) == 1


async def test_a_cut_after_acceptance_is_sent_again_and_shown_once(world: World) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=FaultKind.CUT))
    notification = await world.notify(device)
    async with at_work(world.worker()):
        delivery = await world.until_state(notification, DeliveryState.RETRY)
        assert delivery.failure is Failure.UNCERTAIN
        await world.clock.advance(SECOND)
        await world.until_state(notification, DeliveryState.ACCEPTED)
    first, second = world.wire(phone)
    assert first["data"] == second["data"]
    assert phone.received == 2
    assert shown(phone) == [str(notification.id)]


async def test_a_message_nobody_can_send_disturbs_no_other(world: World) -> None:
    device, phone = await world.phone()
    before = [await world.notify(device) for _ in range(20)]
    poison = await world.notify(device, link="/" + "x" * 5000)
    after = [await world.notify(device) for _ in range(20)]
    async with at_work(world.worker()):
        for notification in (*before, *after):
            await world.until_state(notification, DeliveryState.ACCEPTED)
        dead = await world.until_state(poison, DeliveryState.DEAD)
    assert dead.failure is Failure.MESSAGE_INVALID
    assert sorted(shown(phone)) == sorted(str(n.id) for n in (*before, *after))
    assert len(await world.devices.of(device.customer_id)) == 1


async def test_a_worker_killed_before_it_settled_leaves_one_notification(world: World) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=FaultKind.HANG, seconds=1.0))
    notification = await world.notify(device)
    killed = asyncio.create_task(world.worker().run())
    await eventually(lambda: arrived(phone, 1))
    killed.cancel()
    with suppress(asyncio.CancelledError):
        await killed
    assert (await world.delivery(notification)).state is DeliveryState.SENDING

    async with at_work(world.worker()):
        await world.clock.advance(LEASE - SECOND)
        await asyncio.sleep(0.05)
        assert phone.received == 1
        await world.clock.advance(SECOND)
        delivery = await world.until_state(notification, DeliveryState.ACCEPTED)
    assert (phone.received, delivery.attempts, delivery.fence) == (2, 2, 2)
    assert shown(phone) == [str(notification.id)]


async def arrived(phone: Phone, count: int) -> bool:
    return phone.received >= count


async def test_a_call_that_rang_out_is_never_sent(world: World) -> None:
    device, phone = await world.phone()
    call = await world.notify(device, NotificationClass.CALL)
    await world.clock.advance(timedelta(seconds=45))
    async with at_work(world.worker()):
        await world.until_state(call, DeliveryState.EXPIRED)
    assert world.wire(phone) == []


async def test_an_outage_costs_no_notification(world: World) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=FaultKind.UNAVAILABLE, times=60))
    sent = [await world.notify(device) for _ in range(10)]
    async with at_work(world.worker()):
        while len(shown(phone)) < 10:
            # Time stands still while an attempt is on its way, or its lease would run out.
            await eventually(lambda: none_in_flight(world, sent))
            await world.clock.advance(timedelta(seconds=5))
        for notification in sent:
            await world.until_state(notification, DeliveryState.ACCEPTED)
    assert sorted(shown(phone)) == sorted(str(n.id) for n in sent)
    assert phone.received == 10


async def none_in_flight(world: World, sent: list[Notification]) -> bool:
    states = {(await world.delivery(notification)).state for notification in sent}
    return not states & (HELD | {DeliveryState.QUEUED})


async def test_a_call_overtakes_a_thousand_waiting_surveys(world: World) -> None:
    device, phone = await world.phone()
    for _ in range(1000):
        await world.notify(device, NotificationClass.SURVEY)
    async with at_work(world.worker()) as worker:
        await eventually(lambda: arrived(phone, 1))
        call = await world.notify(device, NotificationClass.CALL)
        already = phone.received
        worker.wake()
        await world.until_state(call, DeliveryState.ACCEPTED)
        ahead = [m["data"]["notification_id"] for m in world.wire(phone)].index(str(call.id))
        # The 32 that were in flight when it came, and the 16 that were claimed with it.
        assert ahead - already <= 48


class FailingOutbox(MemoryOutbox):
    """A store whose connection breaks as often as told."""

    failures: dict[str, int]

    def _perhaps_fail(self, what: str) -> None:
        if self.failures.get(what, 0) > 0:
            self.failures[what] -= 1
            raise ConnectionError(what)

    async def claim(self, limit: int, lease: timedelta, now: datetime) -> list[Claimed]:
        self._perhaps_fail("claim")
        return await super().claim(limit, lease, now)

    async def record_intent(self, delivery_id: UUID, fence: int) -> bool:
        self._perhaps_fail("record_intent")
        return await super().record_intent(delivery_id, fence)

    async def settle(self, delivery_id: UUID, fence: int, result: Result, now: datetime) -> bool:
        self._perhaps_fail("settle")
        return await super().settle(delivery_id, fence, result, now)


def failing(world: World, **failures: int) -> FailingOutbox:
    world.outbox = outbox = FailingOutbox(world.devices)
    outbox.failures = failures
    return outbox


async def test_a_store_that_is_away_stops_nothing_for_good(world: World) -> None:
    outbox = failing(world, claim=3)
    device, phone = await world.phone()
    notification = await world.notify(device)
    async with at_work(world.worker(outbox)):
        for _ in range(3):
            await asyncio.sleep(0.02)
            await world.clock.advance(SECOND)
        await world.until_state(notification, DeliveryState.ACCEPTED)
    assert phone.received == 1


async def test_nothing_is_sent_without_a_recorded_intent(world: World) -> None:
    outbox = failing(world, record_intent=1)
    device, phone = await world.phone()
    notification = await world.notify(device)
    async with at_work(world.worker(outbox)):
        await asyncio.sleep(0.05)
        assert phone.received == 0
        await world.clock.advance(LEASE)
        await world.until_state(notification, DeliveryState.ACCEPTED)
    assert phone.received == 1


class ContestedOutbox(MemoryOutbox):
    """A store where each first claim is overtaken before its holder gets to send."""

    async def record_intent(self, delivery_id: UUID, fence: int) -> bool:
        if fence == 1:
            await self.claim(1, LEASE, NOON + LEASE)
        return await super().record_intent(delivery_id, fence)


async def test_a_worker_that_lost_its_claim_does_not_send(world: World) -> None:
    world.outbox = ContestedOutbox(world.devices)
    device, phone = await world.phone()
    notification = await world.notify(device)
    async with at_work(world.worker()):
        await asyncio.sleep(0.05)
        assert world.wire(phone) == []
        await world.clock.advance(LEASE * 2)
        delivery = await world.until_state(notification, DeliveryState.ACCEPTED)
    assert (phone.received, delivery.fence, delivery.attempts) == (1, 3, 1)


async def test_an_end_is_written_down_once_the_store_is_back(world: World) -> None:
    outbox = failing(world, settle=2)
    device, phone = await world.phone()
    notification = await world.notify(device)
    async with at_work(world.worker(outbox)):
        await eventually(lambda: arrived(phone, 1))
        for _ in range(10):
            await asyncio.sleep(0.02)
            await world.clock.advance(timedelta(milliseconds=200))
        await world.until_state(notification, DeliveryState.ACCEPTED)
    assert phone.received == 1


async def test_stop_waits_for_what_is_in_flight_and_claims_no_more(world: World) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=FaultKind.SLOW, seconds=0.3))
    first = await world.notify(device)
    worker = world.worker()
    running = asyncio.create_task(worker.run())
    await eventually(lambda: arrived(phone, 1))
    second = await world.notify(device)
    worker.stop()
    await running
    assert (await world.delivery(first)).state is DeliveryState.ACCEPTED
    assert (await world.delivery(second)).state is DeliveryState.QUEUED


async def test_two_workers_send_each_delivery_once(world: World) -> None:
    device, phone = await world.phone()
    sent = [await world.notify(device) for _ in range(200)]
    async with at_work(world.worker()), at_work(world.worker()):
        for notification in sent:
            await world.until_state(notification, DeliveryState.ACCEPTED)
    assert phone.received == 200
