"""What has one page read of a conversation, and what did the server do wrong in telling it?"""

from msgspec import Struct

from tests.chaos import wire


class Line(Struct, frozen=True):
    """One event as somebody sees it: in the database, or on a page."""

    seq: int
    cmid: str | None
    text: str


class View:
    """Takes each event once, in order, by `prev`, as rule 1 of docs/reference/live.md says."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.cursor = 0
        self.known = 0
        """Events that came although they were read already; a few are normal after a reconnect."""
        self._asked_at = -1

    def take(self, event: wire.Event) -> bool:
        """Whether a sync has to be sent: one before it is missing, and was not asked for yet."""
        if event.seq <= self.cursor:
            self.known += 1
        elif event.prev == self.cursor:
            self._append(Line(event.seq, event.cmid, event.body.text))
        elif self._asked_at != self.cursor:
            self._asked_at = self.cursor
            return True
        return False

    def reconnected(self) -> None:
        """What was asked for on the connection before will not come."""
        self._asked_at = -1

    def acked(self, ack: wire.Ack, text: str) -> None:
        """An own message is read at once if its place is next; else it will come as an event."""
        if ack.prev == self.cursor and ack.seq > self.cursor:
            self._append(Line(ack.seq, ack.cmid, text))

    def _append(self, line: Line) -> None:
        self.lines.append(line)
        self.cursor = line.seq
