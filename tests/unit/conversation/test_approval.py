"""What can happen to an approval: every state with every event, and what its hash is of."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from app.conversation.approval import (
    ATTEMPTS,
    LIFETIME,
    Approval,
    ApprovalEvent,
    ApprovalState,
)
from app.conversation.errors import NotAllowed
from app.ids import new_id

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def asked(state: ApprovalState = ApprovalState.OPEN, refusals: int = 0) -> Approval:
    return Approval(
        id=new_id(),
        interaction_id=new_id(),
        conversation_id=new_id(),
        customer_id=new_id(),
        agent_id=new_id(),
        what="Send the card to 12 Harbour Street",
        level=2,
        asked_at=NOON,
        state=state,
        refusals=refusals,
    )


TABLE = {
    ApprovalEvent.GIVE: ApprovalState.GIVEN,
    ApprovalEvent.DECLINE: ApprovalState.DECLINED,
    ApprovalEvent.REFUSE: ApprovalState.OPEN,
}


@pytest.mark.parametrize("state", list(ApprovalState))
@pytest.mark.parametrize("event", list(ApprovalEvent))
def test_every_state_with_every_event(state: ApprovalState, event: ApprovalEvent) -> None:
    approval = asked(state)
    if state is ApprovalState.OPEN:
        assert approval.after(event, NOON).state is TABLE[event]
    else:
        with pytest.raises(NotAllowed, match=state.value):
            approval.after(event, NOON)


def test_the_last_refusal_denies_it() -> None:
    approval = asked()
    for left in range(ATTEMPTS - 1, -1, -1):
        approval = approval.after(ApprovalEvent.REFUSE, NOON)
        assert (approval.state is ApprovalState.DENIED) == (left == 0)


@pytest.mark.parametrize("event", list(ApprovalEvent))
def test_it_is_good_for_ten_minutes(event: ApprovalEvent) -> None:
    approval = asked()
    assert approval.after(event, NOON + LIFETIME - timedelta.resolution) != approval
    with pytest.raises(NotAllowed, match="out of date"):
        approval.after(event, NOON + LIFETIME)


def test_the_hash_is_of_this_text_at_this_level_asked_this_time() -> None:
    approval = asked()
    others = [
        replace(approval, what="Send the card to 21 Harbour Street"),
        replace(approval, level=3),
        replace(approval, id=new_id()),
    ]
    assert len({one.hash for one in [approval, *others]}) == 4
    assert replace(approval, refusals=2, version=7).hash == approval.hash
