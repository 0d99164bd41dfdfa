"""What can go wrong once a human is asked.

ConversationError
 +-- NotAllowed        the interaction is in a state where this cannot happen
 +-- NotFound          no such thing, or not for this caller: the two answer alike
 +-- AlreadyOpen       the customer already has an interaction that waits or is live
 +-- Stale             somebody else changed it in the meantime
 +-- UnknownDisposition  no outcome that the queue knows
 +-- SignInForThis     not for somebody anonymous
 +-- CallbackOpen      the customer has a callback that is still to come
 +-- TimeRefused       nobody can be called, or reminded, at that time
 +-- TooMany           so many of them are allowed within a time
 +-- TooLate           this was possible for a while
 +-- AlreadyAnswered   the question has another answer
 +-- DoesNotFit        a value is not of the kind that was asked for; carries the place
"""

from datetime import datetime
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


class SignInForThis(ConversationError):
    def __init__(self, what: str) -> None:
        super().__init__(f"sign in for {what}")
        self.what = what


class CallbackOpen(ConversationError):
    def __init__(self) -> None:
        super().__init__("a callback is planned already: move it, or cancel it")


class TimeRefused(ConversationError):
    """`opens_at` is when calls are possible next (UTC), where that is known."""

    def __init__(self, why: str, opens_at: datetime | None = None) -> None:
        super().__init__(why)
        self.opens_at = opens_at


class TooMany(ConversationError):
    def __init__(self, what: str, limit: int, within: str) -> None:
        super().__init__(f"at most {limit} {what} within {within}")


class TooLate(ConversationError):
    """The message says how long it was possible."""


class AlreadyAnswered(ConversationError):
    def __init__(self) -> None:
        super().__init__("this question was answered already")


class DoesNotFit(ConversationError):
    """`place` is a JSON pointer."""

    def __init__(self, place: str, wanted: str) -> None:
        super().__init__(wanted)
        self.place = place
