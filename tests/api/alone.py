"""How does a program have a company that it can test? One that nobody else has, until it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from migrations import run
from tests.api.company import Company, More, running_company
from tests.api.real_bank import real_bank


@asynccontextmanager
async def company_alone(more: More | None = None, database_url: str = "") -> AsyncIterator[Company]:
    """Bank and server; on SQLite, or on the given empty Postgres database."""
    with TemporaryDirectory(prefix="warmline-") as name:
        folder = Path(name)
        url = database_url or f"sqlite:///{folder / 'warmline.db'}"
        await run.upgrade(url)
        async with real_bank() as bank, running_company(bank, folder, url, more) as company:
            yield company
