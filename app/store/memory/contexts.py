"""What the app showed, without a database."""

from uuid import UUID

from app.conversation.context import Context
from app.store.memory.tables import Tables, found


class MemoryContexts:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def add(self, context: Context) -> None:
        first = self._tables.contexts.get(context.interaction_id, ())[:1]
        self._tables.contexts[context.interaction_id] = (*first, context)

    async def of(self, interaction_id: UUID) -> Context:
        kept = found(self._tables.contexts, interaction_id, "context")
        return kept[-1]
