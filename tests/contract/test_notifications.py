"""Notifications: one delivery per device, carried by one worker at a time."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from app.conversation.errors import NotFound
from app.conversation.people import Customer
from app.ids import new_id
from app.store.outbox import StoreDevices, StoreOutbox
from app.store.work import Store
from push.delivery import Dead, DeliveryState, Expired, Result, Retry
from push.device import Device, DeviceKind
from push.notification import Notification, NotificationClass
from push.outcome import Accepted, Failure
from push.ports import Claimed
from tests.contract.people import NOON, customer, customers

SECOND = timedelta(seconds=1)
LEASE = 30 * SECOND


async def _phone(
    store: Store, who: Customer, address: str, kind: DeviceKind = DeviceKind.FCM_TOKEN
) -> Device:
    return await StoreDevices(store).register(
        Device(
            id=new_id(),
            customer_id=who.id,
            kind=kind,
            address=address,
            app="bank-phone",
            registered_at=NOON,
        )
    )


def _news(
    who: Customer,
    class_: NotificationClass = NotificationClass.REPLY,
    created_at: datetime = NOON,
) -> Notification:
    return Notification(
        id=new_id(),
        customer_id=who.id,
        class_=class_,
        title="Ana answered",
        body="Your card is active ☑",
        link="/conversation",
        created_at=created_at,
    )


async def _notify(store: Store, notification: Notification) -> int:
    async with store.write() as work:
        return await work.notifications.add(notification)


async def _one_claimed(store: Store) -> tuple[StoreOutbox, Claimed]:
    maya = await customer(store)
    await _phone(store, maya, "a")
    await _notify(store, _news(maya))
    outbox = StoreOutbox(store)
    (claimed,) = await outbox.claim(10, LEASE, NOON)
    return outbox, claimed


async def test_a_notification_comes_back_newest_first(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    first, second = _news(maya), _news(maya, created_at=NOON + SECOND)
    for one in (second, first, _news(jonas)):
        await _notify(store, one)
    async with store.read() as work:
        assert await work.notifications.get(first.id) == first
        assert await work.notifications.of_customer(maya.id, 10) == [second, first]
        assert await work.notifications.of_customer(maya.id, 1) == [second]
        with pytest.raises(NotFound, match="no such notification"):
            await work.notifications.get(new_id())


async def test_it_makes_one_delivery_for_each_device_that_may_show_it(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    phone, tablet = await _phone(store, maya, "a"), await _phone(store, maya, "b")
    await _phone(store, maya, "c", DeviceKind.APNS_VOIP)
    await _phone(store, jonas, "d")
    news = _news(maya)
    assert await _notify(store, news) == 2
    claimed = await StoreOutbox(store).claim(10, LEASE, NOON)
    assert {one.device for one in claimed} == {phone, tablet}
    for one in claimed:
        assert one.notification == news
        assert one.delivery.state is DeliveryState.LEASED
        assert (one.fence, one.delivery.lease_until) == (1, NOON + LEASE)
        assert one.delivery.expires_at == news.expires_at


async def test_it_is_kept_without_any_device(store: Store) -> None:
    news = _news(await customer(store))
    assert await _notify(store, news) == 0
    async with store.read() as work:
        assert await work.notifications.get(news.id) == news


async def test_added_again_it_changes_nothing(store: Store) -> None:
    maya = await customer(store)
    await _phone(store, maya, "a")
    news = _news(maya)
    assert await _notify(store, news) == 1
    assert await _notify(store, replace(news, title="changed")) == 0
    (claimed,) = await StoreOutbox(store).claim(10, LEASE, NOON)
    assert claimed.notification == news


async def test_urgent_news_is_claimed_first(store: Store) -> None:
    maya = await customer(store)
    await _phone(store, maya, "a")
    order = [
        _news(maya, NotificationClass.CALL, NOON + SECOND),
        _news(maya, NotificationClass.REPLY, NOON),
        _news(maya, NotificationClass.REPLY, NOON + SECOND),
        _news(maya, NotificationClass.SURVEY, NOON - SECOND),
    ]
    for one in reversed(order):
        await _notify(store, one)
    outbox = StoreOutbox(store)
    first = await outbox.claim(3, LEASE, NOON + SECOND)
    assert [one.notification for one in first] == order[:3]
    assert [one.notification for one in await outbox.claim(3, LEASE, NOON + SECOND)] == order[3:]
    assert await outbox.claim(3, LEASE, NOON + SECOND) == []


async def test_news_of_the_future_waits(store: Store) -> None:
    maya = await customer(store)
    await _phone(store, maya, "a")
    await _notify(store, _news(maya, created_at=NOON + SECOND))
    outbox = StoreOutbox(store)
    assert await outbox.claim(10, LEASE, NOON) == []
    assert len(await outbox.claim(10, LEASE, NOON + SECOND)) == 1


async def test_a_forgotten_device_comes_as_none(store: Store) -> None:
    maya = await customer(store)
    phone = await _phone(store, maya, "a")
    await _notify(store, _news(maya))
    assert await StoreDevices(store).forget(phone.id, phone.address, NOON)
    (claimed,) = await StoreOutbox(store).claim(10, LEASE, NOON)
    assert claimed.device is None
    assert claimed.delivery.device_id == phone.id


async def test_a_lease_that_ran_out_is_claimed_under_a_higher_fence(store: Store) -> None:
    outbox, lost = await _one_claimed(store)
    assert await outbox.record_intent(lost.delivery.id, lost.fence)
    assert await outbox.claim(10, LEASE, NOON + LEASE - SECOND) == []
    (again,) = await outbox.claim(10, LEASE, NOON + LEASE)
    assert (again.delivery.id, again.fence) == (lost.delivery.id, 2)
    assert again.delivery.attempts == 1
    accepted = Accepted(provider_id="m1")
    assert not await outbox.settle(lost.delivery.id, lost.fence, accepted, NOON)
    assert not await outbox.record_intent(lost.delivery.id, lost.fence)
    assert await outbox.record_intent(again.delivery.id, again.fence)
    assert await outbox.settle(again.delivery.id, again.fence, accepted, NOON)


async def test_an_unknown_delivery_is_nobodys(store: Store) -> None:
    outbox = StoreOutbox(store)
    assert not await outbox.record_intent(new_id(), 1)
    assert not await outbox.settle(new_id(), 1, Expired(), NOON)


@pytest.mark.parametrize(
    "result",
    [
        Accepted(provider_id="projects/x/messages/1"),
        Dead(failure=Failure.UNREGISTERED, detail="404"),
        Expired(),
        Expired(failure=Failure.UNAVAILABLE, detail="503"),
    ],
)
async def test_a_settled_delivery_is_never_claimed_again(store: Store, result: Result) -> None:
    outbox, claimed = await _one_claimed(store)
    assert await outbox.record_intent(claimed.delivery.id, claimed.fence)
    assert await outbox.settle(claimed.delivery.id, claimed.fence, result, NOON)
    assert not await outbox.settle(claimed.delivery.id, claimed.fence, result, NOON)
    assert await outbox.claim(10, LEASE, NOON + timedelta(days=9)) == []


async def test_a_postponed_delivery_comes_at_its_time(store: Store) -> None:
    outbox, claimed = await _one_claimed(store)
    await outbox.record_intent(claimed.delivery.id, claimed.fence)
    later = Retry(at=NOON + 5 * SECOND, failure=Failure.QUOTA, detail="429")
    assert await outbox.settle(claimed.delivery.id, claimed.fence, later, NOON)
    assert await outbox.claim(10, LEASE, NOON + 4 * SECOND) == []
    (again,) = await outbox.claim(10, LEASE, NOON + 5 * SECOND)
    assert (again.fence, again.delivery.attempts) == (2, 1)
    assert (again.delivery.failure, again.delivery.detail) == (Failure.QUOTA, "429")


async def test_a_receipt_ends_what_had_left(store: Store) -> None:
    outbox, claimed = await _one_claimed(store)
    await outbox.record_intent(claimed.delivery.id, claimed.fence)
    for _ in range(2):
        async with store.write() as work:
            await work.notifications.received(claimed.notification.id, NOON + SECOND)
    assert not await outbox.settle(
        claimed.delivery.id, claimed.fence, Accepted(provider_id="m1"), NOON
    )
    assert await outbox.claim(10, LEASE, NOON + timedelta(days=9)) == []


async def test_a_receipt_leaves_what_was_never_sent(store: Store) -> None:
    maya = await customer(store)
    await _phone(store, maya, "a")
    news = _news(maya)
    await _notify(store, news)
    async with store.write() as work:
        await work.notifications.received(news.id, NOON)
        with pytest.raises(NotFound, match="no such notification"):
            await work.notifications.received(new_id(), NOON)
    assert len(await StoreOutbox(store).claim(10, LEASE, NOON)) == 1


async def test_claimers_at_once_never_take_the_same(store: Store) -> None:
    maya = await customer(store)
    for n in range(6):
        await _phone(store, maya, f"token {n}")
    for _ in range(5):
        await _notify(store, _news(maya))
    outbox = StoreOutbox(store)

    async def drain() -> list[UUID]:
        taken = []
        while batch := await outbox.claim(4, LEASE, NOON):
            taken += [one.delivery.id for one in batch]
        return taken

    taken = [id for part in await asyncio.gather(*(drain() for _ in range(5))) for id in part]
    assert len(taken) == len(set(taken)) == 30
