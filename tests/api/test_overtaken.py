"""Many at once on Postgres, where transactions overtake each other: nobody is told to try again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.api.company import DIGITS, Company, SignedInAgent, SignedInCustomer, running_company
from tests.api.real_bank import real_bank
from tests.fixtures.company import pytest_collection_modifyitems  # noqa: F401  the hook


@pytest_asyncio.fixture
async def on_postgres(migrated_postgres_url: str, tmp_path: Path) -> AsyncIterator[Company]:
    async with (
        real_bank() as bank,
        running_company(bank, tmp_path, migrated_postgres_url) as company,
    ):
        yield company


async def live(company: Company) -> tuple[SignedInCustomer, SignedInAgent, Any]:
    maya, ines = await company.customer(), await company.agent()
    return maya, ines, await ines.accepted(await maya.ask("voice", await maya.start()))


async def test_what_both_sides_do_at_once_is_all_done(on_postgres: Company) -> None:
    maya, ines, interaction = await live(on_postgres)
    call = (await maya.me())["call"]
    answers = await asyncio.gather(
        *(ines.act(interaction, "notes", {"text": f"{at}"}) for at in range(4)),
        maya.act(interaction, "channel", {"channel": "video"}),
        ines.act(interaction, "channel", {"channel": "video"}),
        *(who.post(f"/v1/calls/{call['id']}/replace", {"gen": 1}) for who in (maya, ines)),
    )
    assert [one.status_code for one in answers] == [201] * 4 + [200] * 2 + [204] * 2
    assert (await maya.me())["call"]["video"]


async def test_one_of_many_equal_requests_counts_and_all_are_answered_alike(
    on_postgres: Company,
) -> None:
    maya = await on_postgres.customer()
    key = {"Idempotency-Key": "k1"}
    asked = await asyncio.gather(
        *(maya.do("/v1/help", {"channel": "text"}, headers=key) for _ in range(5))
    )
    assert len({one["id"] for one in asked}) == 1
    ines = await on_postgres.agent()
    interaction = await ines.accepted(asked[0])
    path, note = f"/v1/interactions/{interaction['id']}/notes", {"text": "once"}
    noted = await asyncio.gather(*(ines.post(path, note, headers=key) for _ in range(5)))
    assert {one.status_code for one in noted} == {201}
    assert len({one.content for one in noted}) == 1
    kinds = [one["kind"] for one in await ines.events(maya.conversation)]
    assert kinds.count("note") == 1
    started = await asyncio.gather(*(maya.start() for _ in range(5)))
    assert len({one["run_id"] for one in started}) == 1


async def test_of_many_answers_at_once_one_counts(on_postgres: Company) -> None:
    maya = await on_postgres.customer()
    screen = await maya.start()
    answers = await asyncio.gather(*(maya.answer(screen, DIGITS) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    refused = [one.json() for one in answers if one.status_code == 409]
    assert {one["type"] for one in refused} == {"/problems/run-moved-on"}
