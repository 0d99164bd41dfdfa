"""The people at the example bank's desk."""

from app.auth.password import hash_password
from app.conversation.people import Agent
from app.ids import new_id
from app.store.work import Store

PASSWORD = "warmline"  # noqa: S105 - shown to everyone who starts the demo
QUEUES = ("cards", "general")
PEOPLE = {"ines@bank.example": "Ines Duarte", "tom@bank.example": "Tom Weber"}


async def seed(store: Store) -> None:
    """Add the agents that are not there yet; their presence stays as it is."""
    for email, name in PEOPLE.items():
        async with store.read() as work:
            if await work.agents.by_email(email):
                continue
        hashed = await hash_password(PASSWORD)
        agent = Agent(id=new_id(), email=email, name=name, password_hash=hashed, queues=QUEUES)
        async with store.write() as work:
            await work.agents.add(agent)
