"""Does a delivery move only as the table says?"""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest
from msgspec.structs import replace

from push import delivery as rules
from push.delivery import (
    HELD,
    TRANSITIONS,
    WAITING,
    Dead,
    Delivery,
    DeliveryEvent,
    DeliveryState,
    Expired,
    NotAllowed,
    Retry,
)
from push.device import DeviceKind
from push.notification import NotificationClass
from push.outcome import Accepted, Failure
from tests.unit.push.samples import NOON, a_delivery, a_device, a_notification

LEASE = timedelta(seconds=30)

PERFORM: dict[DeliveryEvent, Callable[[Delivery], Delivery]] = {
    DeliveryEvent.CLAIM: lambda d: rules.claim(d, LEASE, NOON),
    DeliveryEvent.INTEND: rules.intend,
    DeliveryEvent.ACCEPT: lambda d: rules.settle(d, Accepted(provider_id="m/1"), NOON),
    DeliveryEvent.POSTPONE: lambda d: rules.settle(
        d, Retry(at=NOON, failure=Failure.QUOTA, detail="429"), NOON
    ),
    DeliveryEvent.BURY: lambda d: rules.settle(
        d, Dead(failure=Failure.UNREGISTERED, detail="404"), NOON
    ),
    DeliveryEvent.EXPIRE: lambda d: rules.settle(d, Expired(), NOON),
    DeliveryEvent.RECEIVE: lambda d: rules.receive(d, NOON),
}


@pytest.mark.parametrize(("state", "event"), list(product(DeliveryState, DeliveryEvent)))
def test_every_pair_follows_the_table(state: DeliveryState, event: DeliveryEvent) -> None:
    delivery = replace(a_delivery(), state=state)
    target = TRANSITIONS.get((state, event))
    if target is None:
        with pytest.raises(NotAllowed) as refused:
            PERFORM[event](delivery)
        assert (refused.value.state, refused.value.event) == (state, event)
    else:
        assert PERFORM[event](delivery).state is target


def test_every_state_can_be_reached_and_all_but_delivered_can_be_left() -> None:
    reached = set(TRANSITIONS.values()) | {DeliveryState.QUEUED}
    left = {state for (state, _), target in TRANSITIONS.items() if target is not state}
    assert reached == set(DeliveryState)
    assert left == set(DeliveryState) - {DeliveryState.DELIVERED}


def test_nothing_is_accepted_that_was_not_intended() -> None:
    claimed = rules.claim(a_delivery(), LEASE, NOON)
    with pytest.raises(NotAllowed):
        rules.settle(claimed, Accepted(provider_id="m/1"), NOON)


def test_each_claim_raises_the_fence_and_ends_the_older_one() -> None:
    first = rules.claim(a_delivery(), LEASE, NOON)
    second = rules.claim(first, LEASE, NOON + LEASE)
    assert second.fence == first.fence + 1
    assert rules.is_held(second, second.fence)
    assert not rules.is_held(second, first.fence)


@pytest.mark.parametrize("state", sorted(HELD))
def test_a_held_delivery_is_claimable_once_its_lease_ran_out(state: DeliveryState) -> None:
    held = replace(rules.claim(a_delivery(), LEASE, NOON), state=state)
    assert not rules.is_claimable(held, NOON + LEASE - timedelta(milliseconds=1))
    assert rules.is_claimable(held, NOON + LEASE)


@pytest.mark.parametrize("state", sorted(WAITING))
def test_a_waiting_delivery_is_claimable_once_due(state: DeliveryState) -> None:
    waiting = replace(a_delivery(), state=state)
    assert not rules.is_claimable(waiting, NOON - timedelta(milliseconds=1))
    assert rules.is_claimable(waiting, NOON)


@pytest.mark.parametrize("state", sorted(set(DeliveryState) - WAITING - HELD))
def test_an_ended_delivery_is_never_claimable(state: DeliveryState) -> None:
    ended = replace(a_delivery(), state=state)
    assert not rules.is_claimable(ended, NOON + timedelta(days=9))


def test_settling_frees_the_delivery_and_keeps_the_reason() -> None:
    sending = rules.intend(rules.claim(a_delivery(), LEASE, NOON))
    result = Retry(at=NOON + LEASE, failure=Failure.QUOTA, detail="429 QUOTA_EXCEEDED")
    settled = rules.settle(sending, result, NOON)
    assert (settled.due_at, settled.lease_until) == (NOON + LEASE, None)
    assert (settled.failure, settled.detail) == (Failure.QUOTA, "429 QUOTA_EXCEEDED")
    assert settled.attempts == 1


def test_a_delivery_too_old_to_be_sent_keeps_what_held_it_up() -> None:
    tried = replace(a_delivery(), failure=Failure.UNAVAILABLE, detail="503")
    expired = rules.settle(rules.claim(tried, LEASE, NOON), Expired(), NOON)
    assert (expired.failure, expired.detail) == (Failure.UNAVAILABLE, "503")


def test_a_receipt_takes_the_delivery_from_the_worker_that_still_holds_it() -> None:
    sending = rules.intend(rules.claim(a_delivery(), LEASE, NOON))
    received = rules.receive(sending, NOON)
    assert not rules.is_held(received, sending.fence)
    assert not rules.is_claimable(received, NOON + LEASE)


def test_the_first_receipt_tells_the_time() -> None:
    accepted = replace(a_delivery(), state=DeliveryState.ACCEPTED)
    again = rules.receive(rules.receive(accepted, NOON), NOON + LEASE)
    assert again.received_at == NOON


def test_one_delivery_per_device_with_the_deadline_of_its_class() -> None:
    devices = [a_device(address="a"), a_device(address="b")]
    call = a_notification(class_=NotificationClass.CALL)
    deliveries = rules.plan(call, devices, uuid4)
    assert [d.device_id for d in deliveries] == [device.id for device in devices]
    assert {d.expires_at for d in deliveries} == {NOON + timedelta(seconds=45)}
    assert {d.priority for d in deliveries} == {0}


@pytest.mark.parametrize("class_", NotificationClass)
def test_a_voip_address_gets_calls_only(class_: NotificationClass) -> None:
    voip = a_device(kind=DeviceKind.APNS_VOIP)
    deliveries = rules.plan(a_notification(class_=class_), [voip], uuid4)
    assert bool(deliveries) == (class_ is NotificationClass.CALL)
