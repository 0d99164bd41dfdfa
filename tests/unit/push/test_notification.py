"""Does each class of notification travel as it should?"""

from datetime import timedelta

import msgspec
import pytest

from push.notification import CLASSES, Collapse, Notification, NotificationClass
from tests.unit.push.samples import NOON, a_notification


def test_every_class_has_a_rule() -> None:
    assert set(CLASSES) == set(NotificationClass)


def test_a_call_goes_first_and_rings_no_longer_than_45_seconds() -> None:
    call = a_notification(class_=NotificationClass.CALL)
    assert call.rule.priority == min(rule.priority for rule in CLASSES.values())
    assert call.expires_at == NOON + timedelta(seconds=45)


def test_what_shows_nothing_never_wakes_a_phone() -> None:
    assert not CLASSES[NotificationClass.SYNC].wakes


def test_no_more_collapse_keys_than_fcm_keeps_per_device() -> None:
    keys = [name for name, rule in CLASSES.items() if rule.collapse is Collapse.LATEST]
    assert 0 < len(keys) <= 4


@pytest.mark.parametrize("class_", NotificationClass)
def test_attempts_are_possible_before_the_deadline(class_: NotificationClass) -> None:
    assert CLASSES[class_].longest_pause * 3 < CLASSES[class_].ttl


def test_the_class_is_called_class_on_the_wire() -> None:
    notification = a_notification()
    wire = msgspec.json.encode(notification)
    assert msgspec.json.decode(wire)["class"] == "reply"
    assert msgspec.json.decode(wire, type=Notification) == notification
