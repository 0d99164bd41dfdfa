"""Sealing what must not be readable at rest: sensitive answers on their way to the company.

Fernet (AES-128-CBC with HMAC-SHA256) under a key derived from the server's secret. Whoever holds
the database alone cannot open a token.
"""

import base64
import hmac

from cryptography.fernet import Fernet


class Vault:
    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derived(secret, "seal")))
        self._fingerprint_key = self._derived(secret, "requests")
        self.link_key = base64.urlsafe_b64encode(self._derived(secret, "links to files"))
        """Makes the links by which the company's back end fetches files."""
        self.code_key = self._derived(secret, "one-time codes")
        """Keys the hashes of one-time codes: six digits alone would be guessed from a hash."""

    @staticmethod
    def _derived(secret: str, purpose: str) -> bytes:
        return hmac.digest(secret.encode(), purpose.encode(), "sha256")

    def fingerprint(self, request: bytes) -> bytes:
        """Tells equal requests from others, and nothing about what is in them (HMAC-SHA256)."""
        return hmac.digest(self._fingerprint_key, request, "sha256")

    def seal(self, plain: str) -> str:
        return self._fernet.encrypt(plain.encode()).decode()

    def open(self, token: str) -> str:
        """The plain value; raises cryptography.fernet.InvalidToken under another secret."""
        return self._fernet.decrypt(token.encode()).decode()
