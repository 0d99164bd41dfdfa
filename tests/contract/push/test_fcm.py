"""Does the FCM transport tell the truth about what happened on the wire?"""

import asyncio
import json
import time
import warnings
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from firebase_admin import messaging

from push.access_token import service_account_grants
from push.delivery import plan
from push.device import Device, DeviceKind
from push.double import credentials
from push.double.faults import Fault, FaultKind
from push.double.phones import Phone
from push.double.server import Running
from push.fcm import encode, open_fcm
from push.message import Message, compose
from push.notification import NotificationClass
from push.outcome import Accepted, Failure, Refused
from tests.contract.push.world import World
from tests.unit.push.samples import NOON, a_device, a_notification


def a_message(
    device: Device,
    class_: NotificationClass = NotificationClass.REPLY,
    link: str = "/conversation",
) -> Message:
    notification = a_notification(customer_id=device.customer_id, class_=class_, link=link)
    (delivery,) = plan(notification, [device], uuid4)
    return compose(delivery, notification, device, NOON)


async def refusal(world: World, device: Device, link: str = "/") -> Refused:
    outcome = await world.transport.send(a_message(device, link=link))
    assert isinstance(outcome, Refused)
    return outcome


def shown(phone: Phone) -> list[str]:
    return [arrived.data["notification_id"] for arrived in phone.inbox]


@pytest.mark.parametrize("kind", [DeviceKind.FCM_TOKEN, DeviceKind.FID])
async def test_a_message_reaches_the_phone(world: World, kind: DeviceKind) -> None:
    device, phone = await world.phone(kind)
    message = a_message(device)
    outcome = await world.transport.send(message)
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id == phone.inbox[0].name
    assert phone.inbox[0].data == message.data


async def test_a_removed_app_is_unregistered(world: World) -> None:
    device, phone = await world.phone()
    world.double.provider.remove(phone)
    assert (await refusal(world, device)).failure is Failure.UNREGISTERED


async def test_an_address_fcm_never_gave_is_invalid(world: World) -> None:
    assert (await refusal(world, a_device(address="nonsense"))).failure is Failure.ADDRESS_INVALID


async def test_a_message_that_is_too_long_is_not_the_addresss_fault(world: World) -> None:
    device, _ = await world.phone()
    outcome = await refusal(world, device, link="/" + "x" * 5000)
    assert outcome.failure is Failure.MESSAGE_INVALID


@pytest.mark.parametrize("kind", [DeviceKind.APNS, DeviceKind.APNS_VOIP, DeviceKind.WEBPUSH])
async def test_an_address_of_another_provider_is_not_sent(world: World, kind: DeviceKind) -> None:
    message = a_message(a_device(kind=kind), NotificationClass.CALL)
    outcome = await world.transport.send(message)
    assert isinstance(outcome, Refused)
    assert outcome.failure is Failure.KIND_UNSUPPORTED
    assert world.double.provider.sends == []


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        (FaultKind.QUOTA, Failure.QUOTA),
        (FaultKind.UNAVAILABLE, Failure.UNAVAILABLE),
        (FaultKind.INTERNAL, Failure.INTERNAL),
    ],
)
async def test_an_overload_is_told_with_its_wish_to_wait(
    world: World, kind: FaultKind, failure: Failure
) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=kind, retry_after="7"))
    outcome = await refusal(world, device)
    assert (outcome.failure, outcome.retry_after) == (failure, timedelta(seconds=7))
    assert shown(phone) == []


@pytest.mark.parametrize("kind", [FaultKind.CUT, FaultKind.HTML])
async def test_no_readable_answer_is_uncertain_though_the_phone_has_it(
    world: World, kind: FaultKind
) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=kind))
    assert (await refusal(world, device)).failure is Failure.UNCERTAIN
    assert len(world.wire(phone)) == 1
    assert len(shown(phone)) == 1


async def test_a_provider_that_never_answers_is_uncertain_after_the_time_limit(
    world: World,
) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=FaultKind.HANG, seconds=0.6))
    account = world.double.provider.account.info
    async with open_fcm(
        account, clock=world.clock, base_url=world.double.url, timeout=0.3
    ) as hasty:
        outcome = await hasty.send(a_message(device))
    assert isinstance(outcome, Refused)
    assert (outcome.failure, outcome.detail) == (Failure.UNCERTAIN, "TimeoutError")
    assert len(shown(phone)) == 1


async def test_nobody_listening_is_unreachable_not_uncertain(
    world: World, unused_tcp_port: int
) -> None:
    device, _ = await world.phone()
    account = world.double.provider.account.info
    nowhere = f"http://127.0.0.1:{unused_tcp_port}"
    async with open_fcm(account, clock=world.clock, base_url=nowhere) as transport:
        outcome = await transport.send(a_message(device))
    assert isinstance(outcome, Refused)
    assert outcome.failure is Failure.UNREACHABLE


async def test_a_refused_service_account_is_a_misconfiguration(world: World) -> None:
    device, _ = await world.phone()
    world.double.provider.faults.add(Fault(kind=FaultKind.TOKEN_REFUSED))
    outcome = await refusal(world, device)
    assert outcome.failure is Failure.MISCONFIGURED
    assert "invalid_grant" in outcome.detail


async def test_a_stranger_with_another_key_gets_no_token(world: World) -> None:
    device, _ = await world.phone()
    stranger = credentials.create(world.double.url).info
    async with open_fcm(stranger, clock=world.clock, base_url=world.double.url) as transport:
        outcome = await transport.send(a_message(device))
    assert isinstance(outcome, Refused)
    assert outcome.failure is Failure.MISCONFIGURED
    assert world.double.provider.sends == []


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
async def test_a_grant_ends_when_google_says_in_every_time_zone(
    double: Running, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    grants = service_account_grants(double.provider.account.info)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        grant = await asyncio.to_thread(grants)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert grant.value in double.provider.access_tokens
    assert abs(grant.expires_at - (time.time() + 3600)) < 10


async def test_two_hundred_refused_tokens_cause_one_refresh(world: World) -> None:
    device, phone = await world.phone()
    await world.transport.send(a_message(device))
    provider = world.double.provider
    assert provider.token_requests == 1
    provider.access_tokens.clear()
    outcomes = await asyncio.gather(*(world.transport.send(a_message(device)) for _ in range(200)))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert provider.token_requests == 2
    assert len(shown(phone)) == 201


async def test_the_loop_goes_on_while_a_token_takes_its_time(world: World) -> None:
    device, phone = await world.phone()
    world.double.provider.faults.add(Fault(kind=FaultKind.SLOW_TOKEN, seconds=0.8))
    sending = asyncio.create_task(world.transport.send(a_message(device)))
    lag = await longest_lag(sending)
    assert isinstance(sending.result(), Accepted)
    assert len(shown(phone)) == 1
    assert lag < 0.2


async def longest_lag(task: asyncio.Task[Any]) -> float:
    """By how many seconds a 5 ms timer was late at worst, until the task ended."""
    loop, worst, started = asyncio.get_running_loop(), 0.0, asyncio.get_running_loop().time()
    while not task.done():
        before = loop.time()
        await asyncio.sleep(0.005)
        worst = max(worst, loop.time() - before - 0.005)
    assert loop.time() - started >= 0.8, "the refresh was not slow"
    return worst


@pytest.mark.parametrize("class_", NotificationClass)
def test_the_body_is_what_the_sdk_says_a_message_looks_like(class_: NotificationClass) -> None:
    message = a_message(a_device(kind=DeviceKind.FID, address="installation-1"), class_)
    body = json.loads(encode(message))["message"]
    assert body["fid"] == "installation-1"
    assert body["data"] == message.data
    assert body["android"]["ttl"] == f"{message.ttl}s"
    assert body["android"]["priority"] == ("high" if message.wakes else "normal")
    assert body["android"].get("collapse_key") == message.collapse_key
    headers = body["apns"]["headers"]
    assert headers["apns-expiration"] == str(int(message.expires_at.timestamp()))
    assert len(headers["apns-collapse-id"]) <= 64
    silent = class_ is NotificationClass.SYNC
    assert headers["apns-push-type"] == ("background" if silent else "alert")
    assert ("alert" in body["apns"]["payload"]["aps"]) != silent


def test_an_old_token_is_encoded_as_the_sdk_would_and_without_its_warning() -> None:
    device = a_device(address="token-1")
    message = a_message(device)
    ours = json.loads(encode(message))["message"]
    with warnings.catch_warnings():
        # The SDK's own way to a token; it wants installation ids instead.
        warnings.simplefilter("ignore", DeprecationWarning)
        theirs = json.loads(str(messaging.Message(token="token-1", data=message.data)))
    assert {key: ours[key] for key in theirs} == theirs


def test_an_empty_address_is_no_message() -> None:
    body = json.loads(encode(a_message(a_device(address="a"))))
    assert body["message"]["token"] == "a"
    with pytest.raises(ValueError, match="token"):
        encode(a_message(a_device(address="")))
