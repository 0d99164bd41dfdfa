"""The people at the example bank's desk."""

from pathlib import Path

from app.auth.password import hash_password
from app.company.apply import apply, look
from app.company.file import Sections, load, sections
from app.company.invitation import accept
from app.company.stored import By
from app.store.work import Store

PASSWORD = "warmline"  # noqa: S105 - shown to everyone who starts the demo
FILE = Path(__file__).parents[2] / "examples" / "bank" / "company.yaml"


def described() -> Sections:
    return sections(load(FILE.read_text()))


async def seed(store: Store) -> None:
    """Bring the desk to what the bank's file says; presence and passwords stay as they are."""
    given = described()
    invited = await apply(store, given, await look(store, given), By(name="the demo"))
    for one in invited:
        hashed = await hash_password(PASSWORD)
        async with store.write() as work:
            await accept(work, one.token, hashed)
