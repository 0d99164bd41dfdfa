"""Callbacks without a database; see memory.py."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from app.conversation.callback import CALLBACK_OPEN, Callback, CallbackState
from app.conversation.errors import CallbackOpen, NotFound, Stale
from app.conversation.interaction import OPEN, Interaction, State


class MemoryCallbacks:
    def __init__(
        self, callbacks: dict[UUID, Callback], interactions: Mapping[UUID, Interaction]
    ) -> None:
        self._callbacks = callbacks
        self._interactions = interactions

    async def add(self, callback: Callback) -> None:
        self._must_be_the_only_one(callback)
        self._callbacks[callback.id] = callback

    async def get(self, id: UUID) -> Callback:
        try:
            return self._callbacks[id]
        except KeyError:
            raise NotFound("callback") from None

    async def save(self, callback: Callback) -> Callback:
        if (await self.get(callback.id)).version != callback.version:
            raise Stale("callback")
        self._must_be_the_only_one(callback)
        saved = replace(callback, version=callback.version + 1)
        self._callbacks[saved.id] = saved
        return saved

    async def of_customer(self, customer_id: UUID, limit: int) -> Sequence[Callback]:
        mine = [one for one in self._callbacks.values() if one.customer_id == customer_id]
        mine.sort(key=lambda one: (one.due_at, one.id), reverse=True)
        return sorted(mine, key=lambda one: one.state not in CALLBACK_OPEN)[:limit]

    async def pending(self, now: datetime, limit: int) -> Sequence[UUID]:
        found = [one for one in self._callbacks.values() if self._is_pending(one, now)]
        return [one.id for one in sorted(found, key=lambda one: (one.due_at, one.id))][:limit]

    def _is_pending(self, one: Callback, now: datetime) -> bool:
        if one.state is CallbackState.DUE:
            interaction = self._interactions.get(one.asked.id)
            return interaction is not None and interaction.state not in OPEN
        return one.state is CallbackState.SCHEDULED and one.due_at <= now and not self._busy(one)

    def _busy(self, one: Callback) -> bool:
        """Whether its customer waits or talks."""
        busy = OPEN - {State.PAUSED}
        return any(
            each.customer_id == one.customer_id and each.state in busy
            for each in self._interactions.values()
        )

    def _must_be_the_only_one(self, callback: Callback) -> None:
        mine = [one for one in self._callbacks.values() if one.customer_id == callback.customer_id]
        others = [one for one in mine if one.state in CALLBACK_OPEN and one.id != callback.id]
        if others and callback.state in CALLBACK_OPEN:
            raise CallbackOpen
