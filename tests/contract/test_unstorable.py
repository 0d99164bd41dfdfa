"""What no database could keep is refused by name, wherever it stands."""

import pytest

from app.store.plain import Unstorable, encode, text
from app.store.work import Store
from tests.contract.people import asked, customer


@pytest.mark.parametrize("bad", ["a\x00b", "\x00", "\ud83d alone"])
def test_text_that_postgres_refuses(bad: str) -> None:
    with pytest.raises(Unstorable):
        text(bad)
    with pytest.raises(Unstorable):
        encode({"deep": [{"in": bad}]})
    with pytest.raises(Unstorable):
        encode({bad: 1})


@pytest.mark.parametrize(
    "good", ["", "a\\u0000b", "\\\\u0000", "naïve ☂ 🦜", "\x01\t\r\n", "'\"%_"]
)
async def test_text_that_looks_odd_comes_back(store: Store, good: str) -> None:
    assert text(good) == good
    who = await customer(store)
    interaction = await asked(store, who, reason=good)
    async with store.read() as work:
        assert (await work.interactions.get(interaction.id)).reason == good


def test_json_that_is_none() -> None:
    for bad in (float("nan"), float("-inf"), {"a": [float("inf")]}):
        with pytest.raises(Unstorable):
            encode(bad)
