"""What does the double know, and how do its parts hear of a change?"""

import asyncio
import secrets
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from push.double.credentials import ServiceAccount
from push.double.faults import Faults
from push.double.journal import Entry, Handed, Journal, Registered, Removed, Sent
from push.double.phones import Phone, Phones


class Provider:
    """The state behind the double's endpoints: the fold of its journal, and the faults."""

    def __init__(self, account: ServiceAccount, journal_path: Path | None = None) -> None:
        self.account = account
        self.faults = Faults()
        self.phones = Phones()
        self.sends: list[Sent] = []
        self.token_requests = 0
        self.access_tokens: set[str] = set()
        self.closing = False
        self._changed = asyncio.Event()
        self._journal = Journal(journal_path)
        for entry in self._journal.entries():
            self._apply(entry)

    def register(self) -> str:
        """A new simulated device; returns its token."""
        token = f"phone:{secrets.token_urlsafe(24)}"
        self._record(Registered(at=_now(), token=token))
        return token

    def remove(self, phone: Phone) -> None:
        """Uninstall the app: FCM answers UNREGISTERED from now on."""
        self._record(Removed(at=_now(), token=phone.token))

    def sent(
        self, token: str, message: dict[str, object], name: str | None, status: int | None
    ) -> None:
        """A message came in and was taken (it has a name) or refused."""
        self._record(Sent(at=_now(), token=token, message=message, name=name, status=status))

    def handed(self, phone: Phone, upto: int) -> None:
        """The device shows its messages up to this one."""
        if upto > phone.handed:
            self._record(Handed(at=_now(), token=phone.token, upto=upto))

    def new_access_token(self) -> str:
        """A token that sends are accepted with until it is revoked or the double ends."""
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self.access_tokens.add(token)
        return token

    def next_change(self) -> asyncio.Event:
        """Set at the next change. Ask before looking, or a change while you look is missed."""
        return self._changed

    def close(self) -> None:
        """Let the streams end."""
        self.closing = True
        self._ring()

    def _record(self, entry: Entry) -> None:
        self._journal.append(entry)
        self._apply(entry)
        self._ring()

    def _apply(self, entry: Entry) -> None:
        if isinstance(entry, Sent):
            self.sends.append(entry)
        self.phones.apply(entry)

    def _ring(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


PROVIDER = web.AppKey("provider", Provider)


def _now() -> datetime:
    return datetime.now(UTC)
