"""How many stand at each step: open runs only, of this flow only, each once however they page."""

import msgspec
import pytest

from app.flow_counts import count
from app.store.work import Store
from tests.contract.people import customers, flow_version, started


@pytest.mark.parametrize("page", [1, 2, 100])
async def test_open_runs_are_counted_by_their_step(store: Store, page: int) -> None:
    await flow_version(store)
    maya, jonas, ana = await customers(store, 3)
    at_digits, at_code = (msgspec.json.encode({"step": one, "rev": 3}) for one in ("ask", "code"))
    for card in "abc":
        await started(store, maya, state=at_digits, inputs_key=card)
    await started(store, jonas, state=at_digits)
    await started(store, ana, state=at_code, status="with_human")
    await started(store, ana, state=at_digits, status="solved", inputs_key="done")
    await started(store, jonas, state=at_digits, flow="other")
    assert await count(store, "activate_debit_card", page) == {"ask": 4, "code": 1}
    assert await count(store, "nothing", page) == {}
