"""Does this token come from the company's own back end, and whom does it name?

The host app's back end signs a short-lived JWT for the customer who is signed in there; we hold
only its public keys. Algorithms are fixed per key (RFC 8725 2.1, 3.1), never taken from the token.

    TokenRefused   this token does not sign anybody in; carries a Refusal
    BadHostKeys    the configured key set cannot be used; carries the place in it
"""

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import jwt
import msgspec

from app.conversation.people import ANONYMOUS

LEEWAY = timedelta(seconds=30)
"""How far the host's clock and ours may differ."""

LONGEST_LIFE = timedelta(hours=1)
LONGEST_TOKEN = 8 * 1024  # characters
LONGEST_TEXT = 255  # characters of `sub`, `name` and `locale`
SHORTEST_SECRET = 32  # bytes: RFC 7518 3.2 asks for the size of the hash
SHORTEST_RSA = 2048  # bits: RFC 7518 3.3

REQUIRED = ("sub", "iat", "exp", "aud", "iss")
REGISTERED = frozenset({*REQUIRED, "nbf", "jti", "name", "locale"})

ALGORITHM_OF = {("OKP", "Ed25519"): "EdDSA", ("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
"""Key type and curve, and the one algorithm such a key may be used with."""


SIGNATURE_ONLY: jwt.types.Options = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
"""The library checks the signature; claims are checked here, against the caller's clock."""


class Refusal(StrEnum):
    TOO_LONG = "too_long"
    MALFORMED = "malformed"
    ALGORITHM = "algorithm"
    UNKNOWN_KEY = "unknown_key"
    SIGNATURE = "signature"
    MISSING_CLAIM = "missing_claim"
    BAD_CLAIM = "bad_claim"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    LIVES_TOO_LONG = "lives_too_long"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"


class TokenRefused(Exception):
    """The token signs nobody in. `detail` names the claim or header at fault, never its value."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class BadHostKeys(Exception):
    """The key set of the configuration cannot be used."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place
        self.message = message


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What the host vouches for: these facts count as verified."""

    subject: str
    name: str | None = None
    locale: str | None = None
    extra: dict[str, Any] = {}


class HostTokens:
    """Verifies tokens against a JWK set (RFC 7517), and HS256 ones where a secret is given."""

    def __init__(
        self,
        jwks: bytes | Mapping[str, Any],
        issuer: str,
        audience: str,
        secret: bytes | None = None,
    ) -> None:
        """Raises BadHostKeys where a key is private, symmetric, weak, unnamed or doubled."""
        if secret is not None and len(secret) < SHORTEST_SECRET:
            raise BadHostKeys("secret", f"needs at least {SHORTEST_SECRET} bytes")
        self._keys = _read_keys(jwks)
        self._issuer = issuer
        self._audience = audience
        self._secret = secret

    def verify(self, token: str, now: datetime) -> Claims:
        """Raises TokenRefused."""
        payload = self._signed_payload(token)
        self._check_parties(payload)
        _check_times(payload, now)
        subject = _text(payload, "sub")
        if subject.startswith(ANONYMOUS):
            raise TokenRefused(Refusal.BAD_CLAIM, "sub")
        return Claims(
            subject=subject,
            name=_text(payload, "name") if "name" in payload else None,
            locale=_text(payload, "locale") if "locale" in payload else None,
            extra={name: value for name, value in payload.items() if name not in REGISTERED},
        )

    def _signed_payload(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise TokenRefused(Refusal.TOO_LONG)
        algorithm, key = self._key_for(_header(token))
        try:
            return jwt.decode(token, key, algorithms=[algorithm], options=SIGNATURE_ONLY)
        except jwt.InvalidSignatureError as error:
            raise TokenRefused(Refusal.SIGNATURE) from error
        except jwt.PyJWTError as error:
            raise TokenRefused(Refusal.MALFORMED) from error

    def _key_for(self, header: dict[str, Any]) -> tuple[str, jwt.PyJWK | bytes]:
        algorithm = header.get("alg")
        if algorithm == "HS256" and self._secret is not None:
            return "HS256", self._secret
        if algorithm not in ALGORITHM_OF.values():
            raise TokenRefused(Refusal.ALGORITHM, "alg")
        key = self._keys.get(header.get("kid", ""))
        if key is None:
            raise TokenRefused(Refusal.UNKNOWN_KEY, "kid")
        if key.algorithm_name != algorithm:
            raise TokenRefused(Refusal.ALGORITHM, "alg")
        return key.algorithm_name, key

    def _check_parties(self, payload: dict[str, Any]) -> None:
        for name in REQUIRED:
            if name not in payload:
                raise TokenRefused(Refusal.MISSING_CLAIM, name)
        if payload["iss"] != self._issuer:
            raise TokenRefused(Refusal.ISSUER, "iss")
        audiences = payload["aud"]
        if self._audience not in (audiences if isinstance(audiences, list) else [audiences]):
            raise TokenRefused(Refusal.AUDIENCE, "aud")


def _header(token: str) -> dict[str, Any]:
    if not token.isascii():
        raise TokenRefused(Refusal.MALFORMED)
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, RecursionError) as error:
        raise TokenRefused(Refusal.MALFORMED) from error
    if "crit" in header:  # RFC 7515 4.1.11: we understand no extension
        raise TokenRefused(Refusal.MALFORMED, "crit")
    return header


def _check_times(payload: dict[str, Any], now: datetime) -> None:
    issued, expires = _seconds(payload, "iat"), _seconds(payload, "exp")
    latest = (now + LEEWAY).timestamp()
    if expires - issued > LONGEST_LIFE.total_seconds():
        raise TokenRefused(Refusal.LIVES_TOO_LONG, "exp")
    if issued > latest:
        raise TokenRefused(Refusal.NOT_YET_VALID, "iat")
    if "nbf" in payload and _seconds(payload, "nbf") > latest:
        raise TokenRefused(Refusal.NOT_YET_VALID, "nbf")
    if expires <= (now - LEEWAY).timestamp():
        raise TokenRefused(Refusal.EXPIRED, "exp")


def _seconds(payload: dict[str, Any], name: str) -> float:
    """A NumericDate; Python's JSON also reads NaN and Infinity, which compare as they like."""
    value = payload[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TokenRefused(Refusal.BAD_CLAIM, name)
    return value


def _text(payload: dict[str, Any], name: str) -> str:
    value = payload[name]
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT or not value.isprintable():
        raise TokenRefused(Refusal.BAD_CLAIM, name)
    return value


class _Described(msgspec.Struct):
    """What a JWK says about itself, beside the numbers of the key."""

    kid: str
    kty: str
    crv: str | None = None
    alg: str | None = None
    use: str = "sig"


def _read_keys(jwks: bytes | Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    try:
        key_set = msgspec.json.decode(jwks) if isinstance(jwks, bytes) else jwks
        listed = msgspec.convert(key_set, dict[str, Any]).get("keys")
        parsed = msgspec.convert(listed, list[dict[str, Any]])
    except msgspec.MsgspecError as error:
        raise BadHostKeys("keys", "is not a JWK set") from error
    keys: dict[str, jwt.PyJWK] = {}
    for at, one in enumerate(parsed):
        place = f"keys[{at}]"
        described = _described(one, place)
        if described.kid in keys:
            raise BadHostKeys(f"{place}.kid", "is used twice")
        keys[described.kid] = _public_key(one, described, place)
    return keys


def _described(one: dict[str, Any], place: str) -> _Described:
    try:
        described = msgspec.convert(one, _Described)
    except msgspec.ValidationError as error:
        raise BadHostKeys(place, str(error)) from error
    if not described.kid:
        raise BadHostKeys(f"{place}.kid", "is empty")
    if described.use != "sig":
        raise BadHostKeys(f"{place}.use", "is not sig")
    return described


def _public_key(one: dict[str, Any], described: _Described, place: str) -> jwt.PyJWK:
    if "d" in one or "k" in one:
        raise BadHostKeys(place, "holds a secret; publish the public part only")
    algorithm = ALGORITHM_OF.get((described.kty, described.crv))
    if algorithm is None or (described.alg or algorithm) != algorithm:
        raise BadHostKeys(place, "is none of Ed25519 (EdDSA), P-256 (ES256), RSA (RS256)")
    try:
        key = jwt.PyJWK.from_dict(one, algorithm=algorithm)
    except (jwt.PyJWTError, ValueError) as error:
        raise BadHostKeys(place, "cannot be read") from error
    if algorithm == "RS256" and key.key.key_size < SHORTEST_RSA:
        raise BadHostKeys(place, f"is shorter than {SHORTEST_RSA} bits")
    return key
