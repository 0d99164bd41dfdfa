"""A few rounds of tests/chaos/first_help.py, on both databases."""

import pytest

from tests.api.alone import company_alone
from tests.chaos.first_help import AT_ONCE, Outcome, storm
from tests.fixtures.errors import errors

ROUNDS = 2


@pytest.mark.timeout(120)
@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_first_requests_at_once_are_one(
    database: str, request: pytest.FixtureRequest
) -> None:
    """chatwoot#14210, chatwoot#14058, chatwoot#14071, chatwoot#10798: two conversations."""
    url = request.getfixturevalue("postgres_url") if database == "postgres" else ""
    outcome = Outcome()
    async with company_alone(database_url=url) as company:
        with errors() as logged:
            await storm(company, ROUNDS, outcome)
    assert (outcome.doubled, outcome.dishonest, logged) == ([], [], [])
    assert outcome.asked == 2 * AT_ONCE * ROUNDS
    assert outcome.refused >= ROUNDS * AT_ONCE // 2 - 1, "those without the key come too late"
