"""What do live sockets need of the application?"""

import asyncio

from msgspec import Struct

from app.api.team import Team
from app.bus.memory import Bus
from app.marks import Marks
from app.messages import Messages
from app.places import Places
from app.runs.self_service import SelfService
from app.store.work import Store


class Live(Struct, frozen=True, kw_only=True):
    store: Store
    bus: Bus
    messages: Messages
    places: Places
    marks: Marks
    team: Team
    self_service: SelfService
    leaving: asyncio.Event
    origins: frozenset[str]
    catching_up: asyncio.Semaphore
    """Lets a few at a time read what they missed, so that others are served between them."""
