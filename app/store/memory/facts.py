"""What is known of a customer, without a database."""

from collections.abc import Sequence
from uuid import UUID

from app.conversation.facts import Fact, Trust
from app.store.memory.tables import Tables


class MemoryFacts:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def put(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            key = (fact.customer_id, fact.key, fact.trust)
            before = self._tables.facts.get(key)
            if before is None or fact.at >= before.at:
                self._tables.facts[key] = fact

    async def of(self, customer_id: UUID) -> Sequence[Fact]:
        mine = [one for one in self._tables.facts.values() if one.customer_id == customer_id]
        return sorted(mine, key=lambda one: (one.key, one.trust is not Trust.VERIFIED))
