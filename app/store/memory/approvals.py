"""What customers are asked to approve, without a database."""

from uuid import UUID

from msgspec.structs import replace

from app.conversation.approval import Approval
from app.conversation.errors import Stale
from app.store.memory.tables import Tables, found


class MemoryApprovals:
    def __init__(self, tables: Tables) -> None:
        self._kept = tables.approvals

    async def add(self, approval: Approval) -> None:
        self._kept[approval.id] = approval

    async def get(self, id: UUID, *, lock: bool = False) -> Approval:
        return found(self._kept, id, "approval")

    async def save(self, approval: Approval) -> Approval:
        if found(self._kept, approval.id, "approval").version != approval.version:
            raise Stale("approval")
        saved = replace(approval, version=approval.version + 1)
        self._kept[approval.id] = saved
        return saved
