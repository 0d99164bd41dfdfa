"""What can go wrong once a human is asked.

ConversationError
 +-- NotAllowed        the interaction is in a state where this cannot happen
 +-- NotFound          no such thing, or not for this caller: the two answer alike
 +-- AlreadyOpen       the customer already has an interaction that waits or is live
 +-- Stale             somebody else changed it in the meantime
 +-- UnknownDisposition   no outcome that the queue knows
"""

from uuid import UUID


class ConversationError(Exception):
    """Base of all errors of this part."""


class NotAllowed(ConversationError):
    def __init__(self, event: str, state: str) -> None:
        super().__init__(f"cannot {event} while {state}")
        self.event = event
        self.state = state


class NotFound(ConversationError):
    def __init__(self, what: str) -> None:
        super().__init__(f"no such {what}")
        self.what = what


class AlreadyOpen(ConversationError):
    def __init__(self, interaction_id: UUID) -> None:
        super().__init__("the customer already has an open interaction")
        self.interaction_id = interaction_id


class Stale(ConversationError):
    def __init__(self, what: str) -> None:
        super().__init__(f"the {what} was changed by somebody else")
        self.what = what


class UnknownDisposition(ConversationError):
    def __init__(self, code: str, queue: str) -> None:
        super().__init__(f"there is no disposition {code} in the queue {queue}")
