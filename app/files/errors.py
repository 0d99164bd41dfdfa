"""What is wrong with a file that somebody sends."""


class FileRefused(Exception):
    """It is not kept. `place` says where in it the trouble is, as far as one place is to blame."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.place = place
