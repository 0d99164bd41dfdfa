"""What does a phone show of the messages that reach it?"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from push.double.journal import Entry, Handed, Registered, Removed, Sent


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its phone; `id` counts the messages of this phone."""

    id: int
    at: datetime
    expires_at: datetime
    name: str
    collapse_key: str | None
    data: dict[str, str]


class Phone:
    """One app installation: keeps messages while it is off, shows each notification once.

    Like an app that drops doubles by `notification_id`, and like FCM, which keeps only the last
    message of a collapse key for a phone that is off.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.installed = True
        self.received = 0
        self.handed = 0
        self.inbox: list[Arrived] = []
        self._seen: set[str] = set()

    def take(self, sent: Sent, name: str) -> None:
        """A message from the provider."""
        self.received += 1
        arrived = _arrived(self.received, sent, name)
        key = arrived.data.get("notification_id", name)
        if key in self._seen:
            return
        self._seen.add(key)
        if arrived.collapse_key is not None:
            self.inbox = [a for a in self.inbox if not self._replaces(arrived, a)]
        self.inbox.append(arrived)

    def after(self, cursor: int, now: datetime) -> list[Arrived]:
        """What to show after `cursor`; what grew too old while the phone was off is dropped."""
        return [
            a for a in self.inbox if a.id > cursor and (a.id <= self.handed or a.expires_at > now)
        ]

    def _replaces(self, new: Arrived, old: Arrived) -> bool:
        return old.id > self.handed and old.collapse_key == new.collapse_key


class Phones:
    """All phones, as the journal tells."""

    def __init__(self) -> None:
        self._phones: dict[str, Phone] = {}

    def apply(self, entry: Entry) -> None:
        """What this entry changes."""
        match entry:
            case Registered(token=token):
                self._phones[token] = Phone(token)
            case Removed(token=token):
                self._phones[token].installed = False
            case Sent(name=None):
                pass
            case Sent(token=token, name=str(name)):
                self._phones[token].take(entry, name)
            case Handed(token=token, upto=upto):
                phone = self._phones[token]
                phone.handed = max(phone.handed, upto)

    def get(self, token: str) -> Phone | None:
        """The phone that got this token, also after the app was removed."""
        return self._phones.get(token)


def _arrived(number: int, sent: Sent, name: str) -> Arrived:
    android: dict[str, Any] = sent.message.get("android", {})
    # FCM keeps a message four weeks when it names no ttl.
    ttl = timedelta(seconds=float(android.get("ttl", "2419200s").removesuffix("s")))
    return Arrived(
        id=number,
        at=sent.at,
        expires_at=sent.at + ttl,
        name=name,
        collapse_key=android.get("collapse_key"),
        data=sent.message.get("data", {}),
    )
