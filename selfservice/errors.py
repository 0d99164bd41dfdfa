"""What can be wrong with a flow, an answer, or a move of a run?

    SelfServiceError
    +-- FlowError         the definition is wrong, at a place
    |   +-- ExpressionError   a rule in it cannot be read
    +-- NotAllowed        this event cannot happen to the run as it stands
    +-- InvalidAnswer     the values given do not fit the fields

`Refused`, one value of them, becomes a part of InvalidAnswer. `TooSoon` (selfservice.codes) is the
only other one.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

JSON = str | int | float | bool | None


class SelfServiceError(Exception):
    """Every error this part raises on purpose."""


class FlowError(SelfServiceError, ValueError):
    """A flow definition that cannot be used.

    `source` is the file's name, `place` a path in it such as `steps.pay.next[0].goto`, `code` one
    of `selfservice.finding`.
    """

    def __init__(self, place: str, message: str, source: str = "", code: str = "E020") -> None:
        super().__init__(": ".join(part for part in (source, place, message) if part))
        self.place = place
        self.message = message
        self.source = source
        self.code = code


class ExpressionError(FlowError):
    """A rule that cannot be read; its place is known once it is found in a flow."""

    def __init__(self, message: str) -> None:
        super().__init__("", message, code="E010")


class NotAllowed(SelfServiceError):
    """The event cannot happen to the run in its present status and step."""

    def __init__(self, event: str, status: str, step: str, reason: str) -> None:
        super().__init__(f"{event} at step {step!r} ({status}): {reason}")
        self.event = event
        self.status = status
        self.step = step
        self.reason = reason


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """Why one field was refused: a text key and the values that the text names."""

    key: str
    values: dict[str, JSON] = {}

    @property
    def code(self) -> str:
        """The last word of the key, by which it is counted; of a plain sentence, none."""
        return self.key.rpartition(".")[2] if self.key.startswith("t:") else ""


class Refused(ValueError):
    """One value does not fit. Where it has parts, each that does not has an error of its own."""

    def __init__(self, key: str, **values: JSON) -> None:
        super().__init__(key)
        self._errors = {"": FieldError(key=key, values=dict(values))}

    @classmethod
    def parts(cls, errors: Mapping[str, FieldError]) -> Refused:
        """`errors` by the parts as they are named behind the field: `.city`, `[0]`."""
        refused = cls("t:err.invalid")
        refused._errors = dict(errors)
        return refused

    @property
    def is_whole(self) -> bool:
        """Whether it is the value as such, and no part of it."""
        return "" in self._errors

    def at(self, name: str) -> dict[str, FieldError]:
        """The errors under the names that they are told by: `home`, or `home.city`."""
        return {name + part: error for part, error in self._errors.items()}


class InvalidAnswer(SelfServiceError):
    """Values that do not fit their fields; never carries the values themselves."""

    def __init__(self, step: str, errors: dict[str, FieldError]) -> None:
        super().__init__(f"step {step!r}: {', '.join(sorted(errors))}")
        self.step = step
        self.errors = errors
