"""Does every store of devices keep the same promises?

A store joins by an entry in STORES: a function that opens it, empty, as a context.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import pytest

from push.device import DeviceKind
from push.memory import MemoryDevices
from push.ports import Devices
from tests.unit.push.samples import NOON, a_device

SECOND = timedelta(seconds=1)


@asynccontextmanager
async def in_memory() -> AsyncIterator[Devices]:
    yield MemoryDevices()


STORES: list[Callable[[], AbstractAsyncContextManager[Devices]]] = [in_memory]


@pytest.fixture(params=STORES, ids=lambda opener: opener.__name__)
async def devices(request: pytest.FixtureRequest) -> AsyncIterator[Devices]:
    async with request.param() as opened:
        yield opened


async def test_a_customer_has_the_devices_registered_for_them(devices: Devices) -> None:
    maya, jonas = uuid4(), uuid4()
    second = a_device(customer_id=maya, address="b", at=NOON + SECOND)
    first = a_device(customer_id=maya, address="a", at=NOON)
    other = a_device(customer_id=jonas, address="c")
    for device in (second, first, other):
        assert await devices.register(device) == device
    assert await devices.of(maya) == [first, second]
    assert await devices.of(jonas) == [other]
    assert await devices.of(uuid4()) == []


async def test_an_address_registered_again_stays_one_device(devices: Devices) -> None:
    customer = uuid4()
    first = await devices.register(a_device(customer_id=customer))
    again = await devices.register(a_device(customer_id=customer, at=NOON + SECOND))
    assert again.id == first.id
    assert again.registered_at == NOON + SECOND
    assert await devices.of(customer) == [again]


async def test_an_address_moves_to_who_is_signed_in_on_the_phone(devices: Devices) -> None:
    maya, jonas = uuid4(), uuid4()
    first = await devices.register(a_device(customer_id=maya))
    moved = await devices.register(a_device(customer_id=jonas))
    assert moved.id == first.id
    assert await devices.of(maya) == []
    assert await devices.of(jonas) == [moved]


async def test_the_same_address_of_another_kind_is_another_device(devices: Devices) -> None:
    customer = uuid4()
    for kind in DeviceKind:
        await devices.register(a_device(customer_id=customer, kind=kind))
    assert {device.kind for device in await devices.of(customer)} == set(DeviceKind)


async def test_a_dead_address_is_forgotten_once(devices: Devices) -> None:
    device = await devices.register(a_device())
    assert await devices.forget(device.id, device.address, NOON)
    assert not await devices.forget(device.id, device.address, NOON)
    assert await devices.of(device.customer_id) == []


async def test_a_device_that_registered_again_meanwhile_stays(devices: Devices) -> None:
    device = await devices.register(a_device(at=NOON + SECOND))
    assert not await devices.forget(device.id, device.address, NOON)
    assert not await devices.forget(device.id, "older-address", NOON + SECOND * 2)
    assert not await devices.forget(uuid4(), device.address, NOON + SECOND * 2)
    assert await devices.of(device.customer_id) == [device]
