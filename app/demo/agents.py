"""The people at the example bank's desk."""

from pathlib import Path

from app.company.apply import apply, look, newcomers
from app.company.file import Company, load
from app.store.work import Store

PASSWORD = "warmline"  # noqa: S105 - shown to everyone who starts the demo
FILE = Path(__file__).parents[2] / "examples" / "bank" / "company.yaml"


def described() -> Company:
    return load(FILE.read_text())


async def seed(store: Store) -> None:
    """Bring the desk to what the bank's file says; presence and passwords stay as they are."""
    company = described()
    shown = await look(store, company)
    await apply(store, company, shown, dict.fromkeys(newcomers(shown), PASSWORD))
