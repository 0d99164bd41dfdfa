"""Devices: an address belongs to whoever is signed in on the phone now."""

import asyncio
from datetime import timedelta

from msgspec.structs import replace

from app.conversation.people import Customer
from app.ids import new_id
from app.store.outbox import StoreDevices
from app.store.work import Store
from push.device import Device, DeviceKind
from tests.contract.people import NOON, customer, customers

HOUR = timedelta(hours=1)


def _phone(who: Customer, address: str = "token-1", **fields: object) -> Device:
    device = Device(
        id=new_id(),
        customer_id=who.id,
        kind=DeviceKind.FCM_TOKEN,
        address=address,
        app="bank-phone",
        registered_at=NOON,
    )
    return replace(device, **fields)


async def test_a_device_comes_back_oldest_registration_first(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    devices = StoreDevices(store)
    newer = await devices.register(_phone(maya, "a", registered_at=NOON + HOUR, locale="es"))
    older = await devices.register(_phone(maya, "b"))
    assert await devices.of(maya.id) == [older, newer]
    assert await devices.of(jonas.id) == []


async def test_a_known_address_keeps_its_id_and_moves_to_the_customer(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    devices = StoreDevices(store)
    first = await devices.register(_phone(maya))
    moved = await devices.register(_phone(jonas, registered_at=NOON + HOUR, app="other"))
    assert moved.id == first.id
    assert (moved.customer_id, moved.app, moved.registered_at) == (jonas.id, "other", NOON + HOUR)
    assert await devices.of(jonas.id) == [moved]
    assert await devices.of(maya.id) == []


async def test_the_same_address_of_another_kind_is_another_device(store: Store) -> None:
    maya = await customer(store)
    devices = StoreDevices(store)
    token = await devices.register(_phone(maya))
    voip = await devices.register(_phone(maya, kind=DeviceKind.APNS_VOIP))
    assert token.id != voip.id


async def test_ten_registrations_at_once_are_one_device(store: Store) -> None:
    maya = await customer(store)
    devices = StoreDevices(store)
    stored = await asyncio.gather(*(devices.register(_phone(maya)) for _ in range(10)))
    assert len({device.id for device in stored}) == 1
    assert len(await devices.of(maya.id)) == 1


async def test_a_dead_address_is_forgotten_unless_it_registered_again(store: Store) -> None:
    maya = await customer(store)
    devices = StoreDevices(store)
    phone = await devices.register(_phone(maya, registered_at=NOON))
    assert not await devices.forget(phone.id, phone.address, NOON - HOUR)
    assert not await devices.forget(phone.id, "another address", NOON)
    assert not await devices.forget(new_id(), phone.address, NOON)
    assert await devices.of(maya.id) == [phone]
    assert await devices.forget(phone.id, phone.address, NOON)
    assert await devices.of(maya.id) == []
