"""How does the company's back end fetch a file that a run passes to it? By a link that soon ends.

The link itself is the permission (a capability URL): whoever has it reads that one file until it
is over. It is made just before the back end is called and stored nowhere, and nothing in it tells
whose file it is (Fernet, under a key of its own).
"""

from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken

from app.conversation.errors import NotFound

GOOD_FOR = timedelta(hours=1)


class FileLinks:
    def __init__(self, key: bytes, base_url: str) -> None:
        """`key` is one for Fernet; `base_url` is where the back end reaches this server."""
        self._fernet = Fernet(key)
        self._base = base_url.rstrip("/")

    def to(self, id: UUID, now: datetime) -> str:
        """The link, good for GOOD_FOR; only its path where no base URL is known."""
        token = self._fernet.encrypt_at_time(id.bytes, int(now.timestamp()))
        return f"{self._base}/v1/handed-files/{token.decode()}"

    def file(self, token: str, now: datetime) -> UUID:
        """Whose link it is. Raises NotFound for one that is over, or that nobody made."""
        try:
            lasts, at = int(GOOD_FOR.total_seconds()), int(now.timestamp())
            return UUID(bytes=self._fernet.decrypt_at_time(token.encode(), lasts, at))
        except (InvalidToken, ValueError):
            raise NotFound("file") from None
