"""Whose assertions does the double's token endpoint believe?"""

import json
import secrets
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_FILE = "service-account.json"
_PROJECT = "warmline-demo"
# Google's library names Google as the audience, wherever the account's token_uri points.
_GOOGLE_AUDIENCE = "https://oauth2.googleapis.com/token"
_SCOPE = "https://www.googleapis.com/auth/firebase.messaging"


class AssertionRefused(Exception):
    """The signed assertion is not one that gets a token."""


class ServiceAccount:
    """A service account of the double, in the JSON that Google's console hands out."""

    def __init__(self, info: dict[str, Any]) -> None:
        self.info = info
        key = serialization.load_pem_private_key(info["private_key"].encode(), password=None)
        self._public_key = key.public_key()

    def check(self, assertion: str) -> None:
        """Raise AssertionRefused unless our key signed it for us and for messaging (RFC 7523)."""
        try:
            claims = jwt.decode(
                assertion,
                self._public_key,  # type: ignore[arg-type]  # our files hold RSA keys only
                algorithms=["RS256"],
                audience=[_GOOGLE_AUDIENCE, self.info["token_uri"]],
                issuer=self.info["client_email"],
                leeway=30,
                options={"require": ["iss", "aud", "iat", "exp", "scope"]},
            )
        except jwt.InvalidTokenError as error:
            raise AssertionRefused(str(error)) from error
        if _SCOPE not in str(claims["scope"]).split():
            raise AssertionRefused(f"the scope lacks {_SCOPE}")
        if claims["exp"] - claims["iat"] > 3600:
            raise AssertionRefused("exp is more than an hour after iat")


def create(url: str) -> ServiceAccount:
    """A new account with a new key, for the double at `url`."""
    return ServiceAccount(_info(url, _new_key(), secrets.token_hex(20)))


def load_or_create(directory: Path, url: str) -> ServiceAccount:
    """The account saved in the directory, made on first need, for the double at `url`.

    The key stays the same for as long as the directory does; only the address follows `url`.
    """
    path = directory / _FILE
    if path.exists():
        saved = json.loads(path.read_text())
        info = _info(url, saved["private_key"], saved["private_key_id"])
        if info == saved:
            return ServiceAccount(info)
    else:
        info = create(url).info
    directory.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(info, indent=2) + "\n")
    unfinished.replace(path)
    return ServiceAccount(info)


def path_in(directory: Path) -> Path:
    """Where the account of this directory is saved."""
    return directory / _FILE


def _info(url: str, key: str, key_id: str) -> dict[str, Any]:
    return {
        "type": "service_account",
        "project_id": _PROJECT,
        "private_key_id": key_id,
        "private_key": key,
        "client_email": f"push@{_PROJECT}.iam.gserviceaccount.com",
        "client_id": "100000000000000000001",
        "token_uri": f"{url}/token",
    }


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
