"""A draft of the next version, from what the tables say: `python -m migrations.draft MESSAGE`.

Read it before you keep it. Constraints that CHECK and conditions of indexes are not compared.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command

from migrations import run


async def draft(message: str) -> None:
    """Write the file that leads from the newest version to the present tables."""
    number = f"{int(run.head() or 0) + 1:04}"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'draft.db'}"
        await run.upgrade(url)
        await run.migrate(
            url,
            lambda config: command.revision(config, message, autogenerate=True, rev_id=number),
        )


if __name__ == "__main__":
    asyncio.run(draft(" ".join(sys.argv[1:])))
