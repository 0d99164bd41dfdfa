"""Does every store of deliveries keep the same promises?

A store joins by an entry in STORES: a name and a function that opens it, empty, as a context.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID, uuid4

import msgspec
import pytest

from push.delivery import Dead, Delivery, DeliveryState, Expired, Result, Retry, plan
from push.device import Device
from push.memory import MemoryDevices, MemoryOutbox
from push.notification import Notification, NotificationClass
from push.outcome import Accepted, Failure
from push.ports import Claimed, Deliveries, Devices, Outbox
from tests.unit.push.samples import NOON, a_device, a_notification

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


class BothSides(Outbox, Deliveries, Protocol):
    """The outbox as the company fills it and as the worker empties it."""


class Store(msgspec.Struct, frozen=True):
    """One store under test."""

    outbox: BothSides
    devices: Devices


@asynccontextmanager
async def in_memory() -> AsyncIterator[Store]:
    devices = MemoryDevices()
    yield Store(MemoryOutbox(devices), devices)


STORES: list[Callable[[], AbstractAsyncContextManager[Store]]] = [in_memory]


@pytest.fixture(params=STORES, ids=lambda opener: opener.__name__)
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    async with request.param() as opened:
        yield opened


async def post(
    store: Store,
    class_: NotificationClass = NotificationClass.REPLY,
    devices: int = 1,
    at: datetime = NOON,
) -> tuple[Notification, list[Device]]:
    """A notification for a customer with so many devices, in the outbox."""
    customer = uuid4()
    registered = [
        await store.devices.register(a_device(customer_id=customer, address=str(uuid4())))
        for _ in range(devices)
    ]
    notification = a_notification(customer_id=customer, class_=class_, at=at)
    await store.outbox.add(notification, plan(notification, registered, uuid4))
    return notification, registered


async def the_delivery(store: Store, notification: Notification) -> Delivery:
    (delivery,) = await store.outbox.of(notification.id)
    return delivery


async def claim_one(store: Store) -> Claimed:
    (claimed,) = await store.outbox.claim(1, LEASE, NOON)
    return claimed


async def send_one(store: Store) -> Claimed:
    """Claim one and touch the wire."""
    claimed = await claim_one(store)
    assert await store.outbox.record_intent(claimed.delivery.id, claimed.fence)
    return claimed


class TestAdd:
    async def test_each_device_gets_a_delivery(self, store: Store) -> None:
        notification, devices = await post(store, devices=3)
        deliveries = await store.outbox.of(notification.id)
        assert {d.device_id for d in deliveries} == {device.id for device in devices}
        assert {d.state for d in deliveries} == {DeliveryState.QUEUED}

    async def test_a_delivery_comes_back_as_it_went_in(self, store: Store) -> None:
        device = await store.devices.register(a_device())
        notification = a_notification(customer_id=device.customer_id)
        planned = plan(notification, [device], uuid4)
        await store.outbox.add(notification, planned)
        assert await store.outbox.of(notification.id) == planned

    async def test_the_same_notification_again_changes_nothing(self, store: Store) -> None:
        notification, devices = await post(store)
        before = await store.outbox.of(notification.id)
        await store.outbox.add(notification, plan(notification, devices, uuid4))
        assert await store.outbox.of(notification.id) == before

    async def test_an_unknown_notification_has_none(self, store: Store) -> None:
        assert await store.outbox.of(uuid4()) == []


class TestClaim:
    async def test_an_empty_outbox_gives_nothing(self, store: Store) -> None:
        assert await store.outbox.claim(10, LEASE, NOON) == []

    async def test_a_claim_has_all_that_sending_needs(self, store: Store) -> None:
        notification, (device,) = await post(store)
        claimed = await claim_one(store)
        assert (claimed.notification, claimed.device) == (notification, device)
        assert claimed.delivery.state is DeliveryState.LEASED
        assert claimed.delivery.lease_until == NOON + LEASE
        assert claimed.delivery == await the_delivery(store, notification)

    async def test_nobody_else_gets_it_until_the_lease_ends(self, store: Store) -> None:
        await post(store)
        first = await claim_one(store)
        assert await store.outbox.claim(1, LEASE, NOON + LEASE - SECOND) == []
        (second,) = await store.outbox.claim(1, LEASE, NOON + LEASE)
        assert second.delivery.id == first.delivery.id
        assert second.fence > first.fence

    async def test_claims_at_the_same_time_share_nothing(self, store: Store) -> None:
        for _ in range(20):
            await post(store)
        batches = await asyncio.gather(*(store.outbox.claim(7, LEASE, NOON) for _ in range(5)))
        ids = [claimed.delivery.id for batch in batches for claimed in batch]
        assert len(ids) == 20
        assert len(set(ids)) == 20

    async def test_no_more_than_asked_for(self, store: Store) -> None:
        await post(store, devices=5)
        assert len(await store.outbox.claim(3, LEASE, NOON)) == 3

    async def test_urgent_first_then_who_waits_longest(self, store: Store) -> None:
        survey, _ = await post(store, NotificationClass.SURVEY)
        reply, _ = await post(store, NotificationClass.REPLY)
        older, _ = await post(store, NotificationClass.REPLY, at=NOON - SECOND)
        call, _ = await post(store, NotificationClass.CALL)
        claimed = await store.outbox.claim(10, LEASE, NOON)
        assert [c.notification.id for c in claimed] == [call.id, older.id, reply.id, survey.id]

    async def test_nothing_before_it_is_due(self, store: Store) -> None:
        await post(store)
        assert await store.outbox.claim(1, LEASE, NOON - SECOND) == []

    async def test_what_expired_is_handed_out_to_be_settled(self, store: Store) -> None:
        notification, _ = await post(store, NotificationClass.CALL)
        (claimed,) = await store.outbox.claim(1, LEASE, NOON + timedelta(hours=1))
        at = NOON + timedelta(hours=1)
        assert await store.outbox.settle(claimed.delivery.id, claimed.fence, Expired(), at)
        assert (await the_delivery(store, notification)).state is DeliveryState.EXPIRED

    async def test_the_address_is_todays(self, store: Store) -> None:
        _, (device,) = await post(store)
        moved = msgspec.structs.replace(device, locale="es", registered_at=NOON + SECOND)
        await store.devices.register(moved)
        assert (await claim_one(store)).device == moved

    async def test_a_forgotten_device_is_none(self, store: Store) -> None:
        _, (device,) = await post(store)
        assert await store.devices.forget(device.id, device.address, NOON)
        assert (await claim_one(store)).device is None


class TestIntent:
    async def test_an_intent_counts_as_an_attempt(self, store: Store) -> None:
        notification, _ = await post(store)
        await send_one(store)
        delivery = await the_delivery(store, notification)
        assert (delivery.state, delivery.attempts) == (DeliveryState.SENDING, 1)

    async def test_a_lost_claim_may_not_send(self, store: Store) -> None:
        notification, _ = await post(store)
        lost = await claim_one(store)
        await store.outbox.claim(1, LEASE, NOON + LEASE)
        assert not await store.outbox.record_intent(lost.delivery.id, lost.fence)
        assert (await the_delivery(store, notification)).attempts == 0

    async def test_an_unknown_delivery_may_not_be_sent(self, store: Store) -> None:
        assert not await store.outbox.record_intent(uuid4(), 1)


RESULTS: list[tuple[Result, DeliveryState]] = [
    (Accepted(provider_id="m/1"), DeliveryState.ACCEPTED),
    (Retry(at=NOON + SECOND, failure=Failure.QUOTA, detail="429"), DeliveryState.RETRY),
    (Dead(failure=Failure.UNREGISTERED, detail="404"), DeliveryState.DEAD),
    (Expired(failure=Failure.UNAVAILABLE, detail="503"), DeliveryState.EXPIRED),
]


class TestSettle:
    @pytest.mark.parametrize(("result", "state"), RESULTS)
    async def test_the_end_is_written_down(
        self, store: Store, result: Result, state: DeliveryState
    ) -> None:
        notification, _ = await post(store)
        claimed = await send_one(store)
        assert await store.outbox.settle(claimed.delivery.id, claimed.fence, result, NOON)
        delivery = await the_delivery(store, notification)
        assert (delivery.state, delivery.lease_until) == (state, None)
        match result:
            case Accepted(provider_id=name):
                assert (delivery.provider_id, delivery.accepted_at) == (name, NOON)
            case Retry() | Dead() | Expired():
                assert (delivery.failure, delivery.detail) == (result.failure, result.detail)

    async def test_a_retry_waits_for_its_time(self, store: Store) -> None:
        await post(store)
        claimed = await send_one(store)
        later = Retry(at=NOON + SECOND * 7, failure=Failure.QUOTA, detail="429")
        assert await store.outbox.settle(claimed.delivery.id, claimed.fence, later, NOON)
        assert await store.outbox.claim(1, LEASE, NOON + SECOND * 6) == []
        assert len(await store.outbox.claim(1, LEASE, NOON + SECOND * 7)) == 1

    @pytest.mark.parametrize("result", [result for result, _ in RESULTS])
    async def test_an_older_claim_writes_nothing(self, store: Store, result: Result) -> None:
        notification, _ = await post(store)
        older = await send_one(store)
        (newer,) = await store.outbox.claim(1, LEASE, NOON + LEASE)
        before = await the_delivery(store, notification)
        assert not await store.outbox.settle(older.delivery.id, older.fence, result, NOON)
        assert await the_delivery(store, notification) == before
        assert before.fence == newer.fence

    async def test_what_is_settled_is_settled(self, store: Store) -> None:
        notification, _ = await post(store)
        claimed = await send_one(store)
        accepted = Accepted(provider_id="m/1")
        dead = Dead(failure=Failure.QUOTA, detail="")
        key = (claimed.delivery.id, claimed.fence)
        assert await store.outbox.settle(*key, accepted, NOON)
        assert not await store.outbox.settle(*key, dead, NOON)
        assert (await the_delivery(store, notification)).state is DeliveryState.ACCEPTED


class TestReceived:
    async def test_the_phone_confirms_what_was_accepted(self, store: Store) -> None:
        notification, _ = await post(store)
        claimed = await send_one(store)
        accepted = Accepted(provider_id="m/1")
        assert await store.outbox.settle(claimed.delivery.id, claimed.fence, accepted, NOON)
        assert await store.outbox.received(claimed.delivery.id, NOON + SECOND)
        assert await store.outbox.received(claimed.delivery.id, NOON + SECOND * 2)
        delivery = await the_delivery(store, notification)
        assert (delivery.state, delivery.received_at) == (DeliveryState.DELIVERED, NOON + SECOND)

    async def test_a_receipt_beats_the_worker_that_waits_for_an_answer(self, store: Store) -> None:
        notification, _ = await post(store)
        claimed = await send_one(store)
        again = Retry(at=NOON, failure=Failure.UNCERTAIN, detail="")
        assert await store.outbox.received(claimed.delivery.id, NOON)
        assert not await store.outbox.settle(claimed.delivery.id, claimed.fence, again, NOON)
        assert await store.outbox.claim(1, LEASE, NOON + LEASE) == []
        assert (await the_delivery(store, notification)).state is DeliveryState.DELIVERED

    async def test_nobody_receives_what_was_never_sent(self, store: Store) -> None:
        notification, _ = await post(store)
        unsent: UUID = (await the_delivery(store, notification)).id
        assert not await store.outbox.received(unsent, NOON)
        assert not await store.outbox.received(uuid4(), NOON)
        assert (await the_delivery(store, notification)).state is DeliveryState.QUEUED
