"""Who may say that it cannot wait? Everybody, but not all day long.

A flow says so by its nature, and is always believed. A customer may claim it: a person who is in
trouble must not have to prove that first. Two claims a day come first; a further one waits like
everybody, and the agents see that it was made.
"""

from datetime import timedelta

from app.conversation.interaction import Interaction
from app.conversation.people import Customer
from app.conversation.ports import Work
from app.conversation.telling import tell
from app.conversation.timeline import SYSTEM, Audience

CLAIMS = 2
WITHIN = timedelta(days=1)


async def may_claim(work: Work, customer: Customer) -> bool:
    """Whether one more claim of this customer comes first."""
    since = await work.now() - WITHIN
    return await work.interactions.crises_claimed(customer.id, since) < CLAIMS


async def ignored(work: Work, interaction: Interaction) -> None:
    """The claim did not count; whoever takes it may judge for themselves."""
    await tell(work, interaction, "help.claim_ignored", SYSTEM, Audience.AGENTS)
