"""Do only ids leave the house?"""

from datetime import timedelta
from uuid import uuid4

import pytest

from push.delivery import plan
from push.message import compose
from push.notification import Collapse, NotificationClass
from tests.unit.push.samples import NOON, a_device, a_notification


@pytest.mark.parametrize("class_", NotificationClass)
def test_no_word_of_the_notification_is_in_the_message(class_: NotificationClass) -> None:
    device, notification = a_device(), a_notification(class_=class_)
    (delivery,) = plan(notification, [device], uuid4)
    message = compose(delivery, notification, device, NOON)
    assert set(message.data) == {"notification_id", "delivery_id", "class", "link", "expires_at"}
    wire = " ".join(message.data.values())
    for word in (notification.title, notification.body, str(notification.customer_id)):
        assert word not in wire


def test_a_later_attempt_carries_the_same_data_and_a_shorter_life() -> None:
    device, notification = a_device(), a_notification()
    (delivery,) = plan(notification, [device], uuid4)
    early = compose(delivery, notification, device, NOON)
    late = compose(delivery, notification, device, NOON + timedelta(hours=1, milliseconds=1))
    assert early.data == late.data
    assert (early.ttl, late.ttl) == (4 * 3600, 3 * 3600 - 1)


def test_the_deadline_is_told_in_utc_with_a_z() -> None:
    device, notification = a_device(), a_notification(class_=NotificationClass.CALL)
    (delivery,) = plan(notification, [device], uuid4)
    message = compose(delivery, notification, device, NOON)
    assert message.data["expires_at"] == "2026-03-01T12:00:45Z"


@pytest.mark.parametrize("class_", NotificationClass)
def test_only_classes_of_which_the_latest_counts_have_a_collapse_key(
    class_: NotificationClass,
) -> None:
    device, notification = a_device(), a_notification(class_=class_)
    (delivery,) = plan(notification, [device], uuid4)
    collapses = notification.rule.collapse is Collapse.LATEST
    key = compose(delivery, notification, device, NOON).collapse_key
    assert key == (class_ if collapses else None)
