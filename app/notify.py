"""Telling a customer something on their devices, also while the app is closed."""

from uuid import UUID

from app import topics
from app.conversation.timeline import SYSTEM, Entry
from app.ids import new_id
from app.store.work import Work
from push.notification import Notification, NotificationClass


async def notify(
    work: Work,
    customer_id: UUID,
    conversation_id: UUID,
    class_: NotificationClass,
    *,
    title: str,
    body: str,
    link: str,
) -> None:
    """Write it into the outbox with the change that it tells of; the push worker carries it.

    `link` is a place in the app. The words never travel through a provider.
    """
    notification = Notification(
        id=new_id(),
        customer_id=customer_id,
        class_=class_,
        title=title,
        body=body,
        link=link,
        created_at=await work.now(),
    )
    await work.notifications.add(notification)
    told = {"notification_id": str(notification.id), "title": title}
    entry = Entry(kind="notification.sent", actor=SYSTEM, body=told)
    await work.timeline.append(conversation_id, entry)
    work.ring(topics.DELIVERIES)
    for topic in (topics.conversation(conversation_id), topics.me(customer_id)):
        work.ring(topic)
