"""One-time codes of runs, without a database."""

from uuid import UUID

from app.store.memory.tables import Tables
from app.store.records import CodeRow


class MemoryCodes:
    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def get(self, run_id: UUID, *, lock: bool = False) -> CodeRow | None:
        return self._tables.codes.get(run_id)

    async def put(self, code: CodeRow) -> None:
        self._tables.codes[code.run_id] = code
