"""Which key signs the tokens of this bank's app, and how does Warmline learn its public half?"""

import hashlib
import os
import tempfile
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from examples.bank.people import Person

ISSUER = "bank"
AUDIENCE = "warmline"
TOKEN_LIFE = timedelta(minutes=10)

PRIVATE_FILE = "host_key.pem"
PUBLIC_FILE = "jwks.json"


class HostKey:
    """An Ed25519 key (RFC 8037); its id is its thumbprint (RFC 7638)."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        public = OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)
        members = {name: public[name] for name in ("crv", "kty", "x")}
        digest = hashlib.sha256(msgspec.json.encode(members, order="sorted")).digest()
        self._kid = urlsafe_b64encode(digest).rstrip(b"=").decode()
        self.jwks: dict[str, Any] = {
            "keys": [{**members, "kid": self._kid, "alg": "EdDSA", "use": "sig"}]
        }

    def token(self, person: Person, now: datetime, issuer: str = ISSUER) -> str:
        """Says that this customer is signed in to the app of the bank, or of another issuer."""
        claims = {
            "iss": issuer,
            "aud": AUDIENCE,
            "sub": person.id,
            "name": person.name,
            "locale": person.locale,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "jti": str(uuid4()),
        }
        return jwt.encode(claims, self._private, algorithm="EdDSA", headers={"kid": self._kid})


def new_key() -> HostKey:
    return HostKey(Ed25519PrivateKey.generate())


def kept_key(folder: Path) -> HostKey:
    """The key of this data folder; the first to ask makes it. The JWK set lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    private_file = folder / PRIVATE_FILE
    if not private_file.exists():
        _create(private_file, _pem(Ed25519PrivateKey.generate()))
    private = serialization.load_pem_private_key(private_file.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"{private_file} is not an Ed25519 key")
    key = HostKey(private)
    if not (folder / PUBLIC_FILE).exists():
        _create(folder / PUBLIC_FILE, msgspec.json.format(msgspec.json.encode(key.jwks)))
    return key


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _create(file: Path, content: bytes) -> None:
    """Whole or not at all, readable by the owner only; where it exists already, that one stays."""
    with tempfile.NamedTemporaryFile(dir=file.parent) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, file)
        except FileExistsError:
            return
