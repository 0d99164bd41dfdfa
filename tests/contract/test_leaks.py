"""Does the search for a secret find it, in a table as well as in a file?"""

from pathlib import Path

import pytest

from app.conversation.timeline import SYSTEM, Entry
from app.demo.leaks import places_of
from app.store.engine import open_database
from app.store.sql import SqlStore

SECRET = "4111 1111 1111 1111"


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    migrated: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return migrated


@pytest.mark.parametrize("spelt", [SECRET, "4111111111111111", "4111-1111-1111-1111"])
async def test_it_is_found_however_it_is_spelt(url: str, spelt: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    assert await places_of(SECRET, url, folder) == []
    (folder / "server.log").write_text(f'{{"event": "seen {spelt}"}}')
    await _say(url, f"it is {spelt}")
    assert await places_of(SECRET, url, folder) == ["event", "server.log"]


async def _say(url: str, text: str) -> None:
    store = SqlStore(open_database(url), lambda topics: None)
    try:
        async with store.write() as work:
            customer = await work.customers.signed_in("maya", "Maya", "en", {})
            entry = Entry(kind="message", actor=SYSTEM, body={"text": text})
            await work.timeline.append(customer.conversation_id, entry)
    finally:
        await store.close()
