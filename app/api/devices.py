"""The customer's devices and what was sent to them."""

from typing import Annotated
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from app.api.idempotency import idempotent
from app.api.me import NotificationView, notification_view
from app.conversation.errors import NotFound
from app.conversation.people import Customer
from app.ids import new_id
from app.store.work import Store, Work
from push.device import Device, DeviceKind
from push.notification import Notification


class RegisterDevice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: DeviceKind
    address: Annotated[str, Meta(min_length=1, max_length=4096)]
    """What the push provider knows this installation by."""
    app: Annotated[str, Meta(min_length=1, max_length=200)]
    locale: Annotated[str, Meta(max_length=35)] = "en"


class DeviceView(Struct, frozen=True):
    id: UUID


@post("/v1/devices", operation_id="registerDevice", tags=["push"])
@idempotent
async def register(
    data: JSONBody[RegisterDevice],
    customer: NamedDependency[Customer],
    work: Work,
) -> DeviceView:
    """Let this installation be notified; repeat it whenever the address changes."""
    device = Device(
        id=new_id(),
        customer_id=customer.id,
        kind=data.kind,
        address=data.address,
        app=data.app,
        locale=data.locale,
        registered_at=await work.now(),
    )
    return DeviceView((await work.devices.register(device)).id)


@get("/v1/notifications/{id:uuid}", operation_id="getNotification", tags=["push"])
async def get_notification(
    id: FromPath[UUID], customer: NamedDependency[Customer], store: NamedDependency[Store]
) -> NotificationView:
    """The text of a notification; what travels through the provider is only its id."""
    async with store.read() as work:
        return notification_view(await _own(work, id, customer))


@post(
    "/v1/notifications/{id:uuid}/receipt",
    operation_id="confirmNotification",
    tags=["push"],
    status_code=204,
)
@idempotent
async def receipt(id: FromPath[UUID], customer: NamedDependency[Customer], work: Work) -> None:
    """The phone showed it."""
    await _own(work, id, customer)
    await work.notifications.received(id, await work.now())


async def _own(work: Work, id: UUID, customer: Customer) -> Notification:
    notification = await work.notifications.get(id)
    if notification.customer_id != customer.id:
        raise NotFound("notification")
    return notification


ROUTES = [register, get_notification, receipt]
