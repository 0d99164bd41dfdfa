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

    def take(self, event: wire.Event) -> bool:
        """False where one before it is missing: it has to be asked for."""
        if event.seq <= self.cursor:
            self.known += 1
            return True
        if event.prev != self.cursor:
            return False
        self._append(Line(event.seq, event.cmid, event.body.text))
        return True

    def acked(self, ack: wire.Ack, text: str) -> None:
        """An own message is read at once if its place is next; else it will come as an event."""
        if ack.prev == self.cursor and ack.seq > self.cursor:
            self._append(Line(ack.seq, ack.cmid, text))

    def _append(self, line: Line) -> None:
        self.lines.append(line)
        self.cursor = line.seq
