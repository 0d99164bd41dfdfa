"""How long do pages take to be back after the server was killed?"""

import asyncio


class Lives:
    """The server's lives, counted; each page reports when it tries and when it is welcome.

    Only pages that were in the life before are measured: one that missed a whole life, because the
    server was killed again before it came back, would be charged with two kills.
    """

    def __init__(self) -> None:
        self.count = 0
        self.kill_to_welcome_ms: list[float] = []
        self.connect_to_welcome_ms: list[float] = []
        self._clock = asyncio.get_running_loop().time
        self._killed_at: float | None = None
        self._ready_at: float | None = None
        self._tried_at: dict[str, float] = {}
        self._before: set[str] = set()
        self._here: set[str] = set()

    @property
    def here(self) -> int:
        """How many pages are back in this life."""
        return len(self._here)

    def killed(self) -> None:
        self.count += 1
        self._killed_at, self._ready_at = self._clock(), None
        self._before, self._here = self._here, set()

    def ready(self) -> None:
        """Connections are accepted. What was tried before counts from now on."""
        self._ready_at = self._clock()
        self._tried_at = {}

    def trying(self, page: str) -> None:
        if self._ready_at is not None:
            self._tried_at.setdefault(page, self._clock())

    def welcomed(self, page: str) -> None:
        now = self._clock()
        if page in self._here:
            return
        self._here.add(page)
        if self._killed_at is None or page not in self._before:
            return
        self.kill_to_welcome_ms.append((now - self._killed_at) * 1000)
        ready_at = now if self._ready_at is None else self._ready_at
        self.connect_to_welcome_ms.append((now - self._tried_at.get(page, ready_at)) * 1000)
