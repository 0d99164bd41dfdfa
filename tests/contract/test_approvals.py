"""Approvals: kept as they were asked, changed by one at a time."""

import pytest
from msgspec.structs import replace

from app.conversation.approval import Approval, ApprovalState
from app.conversation.errors import NotFound, Stale
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import NOON, asking, customer


async def asked(store: Store) -> Approval:
    maya = await customer(store)
    interaction = asking(maya)
    approval = Approval(
        id=new_id(),
        interaction_id=interaction.id,
        conversation_id=maya.conversation_id,
        customer_id=maya.id,
        agent_id=new_id(),
        what="Send the card to 12 Harbour Street",
        level=3,
        asked_at=NOON,
    )
    async with store.write() as work:
        await work.interactions.add(interaction)
        await work.approvals.add(approval)
    return approval


async def test_it_is_what_was_asked(store: Store) -> None:
    approval = await asked(store)
    async with store.write() as work:
        for lock in (False, True):
            assert await work.approvals.get(approval.id, lock=lock) == approval
        with pytest.raises(NotFound):
            await work.approvals.get(new_id())


async def test_who_read_an_older_one_changes_nothing(store: Store) -> None:
    approval = await asked(store)
    given = replace(approval, state=ApprovalState.GIVEN, refusals=1, code=b"\x00code")
    async with store.write() as work:
        saved = await work.approvals.save(given)
    assert saved == replace(given, version=1)
    with pytest.raises(Stale):
        async with store.write() as work:
            await work.approvals.save(replace(approval, state=ApprovalState.DECLINED))
    async with store.read() as work:
        assert await work.approvals.get(approval.id) == saved
