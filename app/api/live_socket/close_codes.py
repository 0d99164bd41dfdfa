"""How does a live socket end? By codes of its own, and by some of RFC 6455."""

BAD_FRAME, SIGN_IN, ORIGIN, HELLO_LATE = 4400, 4401, 4403, 4408
SLOW = 4008
SILENT = 1001
LATER = 1013  # in the registry: try again later


class Closed(Exception):
    """The connection ends with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
