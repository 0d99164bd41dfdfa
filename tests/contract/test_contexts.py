"""Contexts: what was attached comes back as it was."""

import pytest

from app.conversation.context import Action, AppState, Claim, Context
from app.conversation.errors import NotFound
from app.ids import new_id
from app.store.work import Store
from tests.contract.people import NOON, asked, customer


async def test_a_context_comes_back_as_it_was_attached(store: Store) -> None:
    interaction = await asked(store, await customer(store))
    context = Context(
        interaction_id=interaction.id,
        app_state=AppState(
            screen="activate",
            fields={"step": 2, "typed": ["•", None], "nested": {"a": 1.5}},
            errors=("digits refused",),
            device={"model": "Pixel ☎"},
        ),
        actions=(Action(at=NOON, name="tap", detail={"button": "help"}), Action(at=NOON, name="x")),
        claims=(Claim(name="plan", value="gold", trust="verified"),),
        removed=("/fields/card_number",),
        captured_at=NOON,
    )
    async with store.write() as work:
        await work.contexts.add(context)
    async with store.read() as work:
        assert await work.contexts.of(interaction.id) == context


async def test_the_newest_of_many_is_told(store: Store) -> None:
    interaction = await asked(store, await customer(store))
    contexts = [
        Context(
            interaction_id=interaction.id,
            app_state=AppState(screen=screen),
            actions=(),
            claims=(),
            removed=(),
            captured_at=NOON,
        )
        for screen in ("home", "card", "digits")
    ]
    for context in contexts:
        async with store.write() as work:
            await work.contexts.add(context)
        async with store.read() as work:
            assert await work.contexts.of(interaction.id) == context


async def test_without_a_context_there_is_none(store: Store) -> None:
    async with store.read() as work:
        with pytest.raises(NotFound, match="no such context"):
            await work.contexts.of(new_id())
