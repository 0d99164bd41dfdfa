"""Of what kinds is a company made, and what is each of its entries called?"""

from typing import Any

from msgspec import Struct

from app.company.file import AgentSpec, Company
from app.conversation.setup import CannedReply, Disposition, Skill
from app.queue_file import CalendarSpec, QueueSpec


class Kind(Struct, frozen=True, kw_only=True):
    name: str
    """As people read it."""
    section: str
    """Of the file."""
    spec: type[Struct]
    named_by: tuple[str, ...]
    """The fields that make its name, which is unique within the kind."""

    def name_of(self, entry: Any) -> str:
        """`ana@bank.example`, or `hello.en` of a reply in one language."""
        parts = [getattr(entry, field) for field in self.named_by]
        name = ".".join(part for part in parts if part)
        return name.lower() if self is AGENT else name

    def entries(self, company: Company) -> tuple[Any, ...]:
        found: tuple[Any, ...] = getattr(company, self.section)
        return found

    def named(self, company: Company) -> dict[str, Any]:
        return {self.name_of(one): one for one in self.entries(company)}


SKILL = Kind(name="skill", section="skills", spec=Skill, named_by=("name",))
CALENDAR = Kind(name="calendar", section="calendars", spec=CalendarSpec, named_by=("name",))
QUEUE = Kind(name="queue", section="queues", spec=QueueSpec, named_by=("name",))
AGENT = Kind(name="agent", section="agents", spec=AgentSpec, named_by=("email",))
DISPOSITION = Kind(name="disposition", section="dispositions", spec=Disposition, named_by=("code",))
REPLY = Kind(
    name="canned reply",
    section="canned_replies",
    spec=CannedReply,
    named_by=("shortcut", "language"),
)

KINDS = (SKILL, CALENDAR, QUEUE, AGENT, DISPOSITION, REPLY)
"""In the order in which a reader understands them; what others refer to comes first."""
