"""Do we still speak FCM as Google's own library does?

Its sender has no setting for another address than Google's, so this one test reaches for the
private one: it is what tells us when an upgrade of the library changes the wire.
"""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import firebase_admin
import pytest
from firebase_admin import exceptions, messaging
from google.oauth2.service_account import Credentials
from msgspec.structs import replace

from push.access_token import SCOPE
from push.device import DeviceKind
from push.double.faults import Fault, FaultKind
from push.double.server import Running
from push.outcome import Failure, Refused
from tests.contract.push.test_fcm import a_message
from tests.contract.push.world import World


@pytest.fixture
def sdk(double: Running) -> Iterator[Any]:
    """An app of the SDK that sends to the double."""
    # The SDK's own kind of credentials would ask for all of Google Cloud.
    account = Credentials.from_service_account_info(double.provider.account.info, scopes=[SCOPE])  # type: ignore[no-untyped-call]  # google-auth is partly typed
    project = {"projectId": double.provider.account.info["project_id"]}
    app = firebase_admin.initialize_app(account, project, name=str(uuid4()))
    service = messaging._get_messaging_service(app)
    service._fcm_url = f"{double.url}/v1/projects/{app.project_id}/messages:send"
    yield app
    firebase_admin.delete_app(app)


async def send_by_sdk(app: Any, address: str) -> str:
    message = messaging.Message(fid=address, data={"notification_id": "n-1"})
    return str(await asyncio.to_thread(messaging.send, message, app=app))


async def test_address_and_data_are_where_the_sdk_puts_them(world: World, sdk: Any) -> None:
    device, phone = await world.phone(DeviceKind.FID)
    message = a_message(device)
    await world.transport.send(message)
    theirs = messaging.Message(fid=device.address, data=message.data)
    await asyncio.to_thread(messaging.send, theirs, app=sdk)
    ours_sent, theirs_sent = world.wire(phone)
    assert ours_sent["data"] == theirs_sent["data"]
    assert ours_sent["fid"] == theirs_sent["fid"]


@pytest.mark.parametrize(
    ("fault", "installed", "theirs", "ours"),
    [
        (None, False, messaging.UnregisteredError, Failure.UNREGISTERED),
        (None, None, exceptions.InvalidArgumentError, Failure.ADDRESS_INVALID),
        (FaultKind.QUOTA, True, messaging.QuotaExceededError, Failure.QUOTA),
    ],
)
async def test_the_same_answer_means_the_same(
    world: World,
    sdk: Any,
    fault: FaultKind | None,
    installed: bool | None,
    theirs: type[Exception],
    ours: Failure,
) -> None:
    device, phone = await world.phone(DeviceKind.FID)
    address = device.address if installed is not None else "nonsense"
    if installed is False:
        world.double.provider.remove(phone)
    if fault is not None:
        world.double.provider.faults.add(Fault(kind=fault, times=2))
    with pytest.raises(theirs):
        await send_by_sdk(sdk, address)
    outcome = await world.transport.send(a_message(replace(device, address=address)))
    assert isinstance(outcome, Refused)
    assert outcome.failure is ours
