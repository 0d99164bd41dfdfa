"""Tokens of the host app: every forgery is refused with its reason, every honest one accepted."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from app.auth.customer_token import BadHostKeys, Claims, HostTokens, Refusal, TokenRefused

NOW = datetime(2026, 11, 21, 9, 41, tzinfo=UTC)
AT = int(NOW.timestamp())
SECRET = b"a shared secret of more than 32 bytes"

ED = ed25519.Ed25519PrivateKey.generate()
OTHER_ED = ed25519.Ed25519PrivateKey.generate()
EC = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)

JWKS: dict[str, Any] = {
    "keys": [
        {**OKPAlgorithm.to_jwk(ED.public_key(), as_dict=True), "kid": "ed", "alg": "EdDSA"},
        {**ECAlgorithm.to_jwk(EC.public_key(), as_dict=True), "kid": "ec", "use": "sig"},
        {**RSAAlgorithm.to_jwk(RSA.public_key(), as_dict=True), "kid": "rsa"},
    ]
}
HOST = HostTokens(JWKS, issuer="bank", audience="warmline")
HOST_WITH_SECRET = HostTokens(JWKS, issuer="bank", audience="warmline", secret=SECRET)


def claims(**changed: Any) -> dict[str, Any]:
    """An honest payload; a claim changed to None is left out."""
    honest = {"iss": "bank", "aud": "warmline", "sub": "maya", "iat": AT, "exp": AT + 600}
    return {name: value for name, value in (honest | changed).items() if value is not None}


def signed(payload: dict[str, Any], key: Any = ED, alg: str = "EdDSA", kid: str = "ed") -> str:
    return jwt.encode(payload, key, algorithm=alg, headers={"kid": kid})


def forged(header: dict[str, Any], payload: Any, sign: Callable[[bytes], bytes]) -> str:
    """A token put together by hand, as libraries refuse to make these."""

    def part(raw: bytes) -> bytes:
        return base64.urlsafe_b64encode(raw).rstrip(b"=")

    signing_input = part(json.dumps(header).encode()) + b"." + part(json.dumps(payload).encode())
    return (signing_input + b"." + part(sign(signing_input))).decode()


def hmac_with(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda message: hmac.new(secret, message, hashlib.sha256).digest()


RSA_PEM = RSA.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
HONEST = signed(claims())

REFUSED: dict[str, tuple[str, Refusal]] = {
    "alg none": (forged({"alg": "none", "kid": "ed"}, claims(), lambda _: b""), Refusal.ALGORITHM),
    "alg None, no kid": (forged({"alg": "NONE"}, claims(), lambda _: b""), Refusal.ALGORITHM),
    "alg missing": (forged({"kid": "ed"}, claims(), ED.sign), Refusal.ALGORITHM),
    "HS256 keyed with the RSA public key": (
        forged({"alg": "HS256", "kid": "rsa"}, claims(), hmac_with(RSA_PEM)),
        Refusal.ALGORITHM,
    ),
    "RS256 header on the Ed25519 key": (
        forged({"alg": "RS256", "kid": "ed"}, claims(), ED.sign),
        Refusal.ALGORITHM,
    ),
    "ES256 with the RSA key's id": (signed(claims(), EC, "ES256", "rsa"), Refusal.ALGORITHM),
    "PS256 on the RSA key": (signed(claims(), RSA, "PS256", "rsa"), Refusal.ALGORITHM),
    "signed by somebody else": (signed(claims(), OTHER_ED), Refusal.SIGNATURE),
    "signature cut off": (HONEST.rsplit(".", 1)[0] + ".", Refusal.SIGNATURE),
    "payload changed": (
        ".".join(
            [
                HONEST.split(".")[0],
                signed(claims(sub="jonas")).split(".")[1],
                HONEST.split(".")[2],
            ]
        ),
        Refusal.SIGNATURE,
    ),
    "unknown kid": (signed(claims(), kid="old"), Refusal.UNKNOWN_KEY),
    "no kid": (forged({"alg": "EdDSA"}, claims(), ED.sign), Refusal.UNKNOWN_KEY),
    "kid is a number": (forged({"alg": "EdDSA", "kid": 1}, claims(), ED.sign), Refusal.MALFORMED),
    "critical extension": (
        forged({"alg": "EdDSA", "kid": "ed", "crit": ["b64"], "b64": True}, claims(), ED.sign),
        Refusal.MALFORMED,
    ),
    "own key in the header": (
        forged(
            {"alg": "EdDSA", "jwk": OKPAlgorithm.to_jwk(OTHER_ED.public_key(), as_dict=True)},
            claims(),
            OTHER_ED.sign,
        ),
        Refusal.UNKNOWN_KEY,
    ),
    "no exp": (signed(claims(exp=None)), Refusal.MISSING_CLAIM),
    "no iat": (signed(claims(iat=None)), Refusal.MISSING_CLAIM),
    "no sub": (signed(claims(sub=None)), Refusal.MISSING_CLAIM),
    "no aud": (signed(claims(aud=None)), Refusal.MISSING_CLAIM),
    "no iss": (signed(claims(iss=None)), Refusal.MISSING_CLAIM),
    "expired": (signed(claims(iat=AT - 600, exp=AT - 31)), Refusal.EXPIRED),
    "lives a day": (signed(claims(exp=AT + 86400)), Refusal.LIVES_TOO_LONG),
    "lives a second too long": (signed(claims(exp=AT + 3601)), Refusal.LIVES_TOO_LONG),
    "issued in the future": (signed(claims(iat=AT + 31, exp=AT + 90)), Refusal.NOT_YET_VALID),
    "not before the future": (signed(claims(nbf=AT + 31)), Refusal.NOT_YET_VALID),
    "other audience": (signed(claims(aud="other")), Refusal.AUDIENCE),
    "audience as a prefix": (signed(claims(aud="warmline2")), Refusal.AUDIENCE),
    "empty audience list": (signed(claims(aud=[])), Refusal.AUDIENCE),
    "other issuer": (signed(claims(iss="shop")), Refusal.ISSUER),
    "issuer is a list": (
        forged({"alg": "EdDSA", "kid": "ed"}, claims(iss=["bank"]), ED.sign),
        Refusal.ISSUER,
    ),
    "exp is text": (signed(claims(exp="tomorrow")), Refusal.BAD_CLAIM),
    "exp is true": (signed(claims(exp=True)), Refusal.BAD_CLAIM),
    "exp is infinite": (signed(claims(exp=float("inf"))), Refusal.BAD_CLAIM),
    "iat is not a number": (signed(claims(iat=float("nan"))), Refusal.BAD_CLAIM),
    "sub is a number": (signed(claims(sub=7)), Refusal.BAD_CLAIM),
    "sub is empty": (signed(claims(sub="")), Refusal.BAD_CLAIM),
    "sub with a line break": (signed(claims(sub="maya\nadmin")), Refusal.BAD_CLAIM),
    "name is a list": (signed(claims(name=["Maya"])), Refusal.BAD_CLAIM),
    "name without end": (signed(claims(name="M" * 256)), Refusal.BAD_CLAIM),
    "payload is a list": (
        forged({"alg": "EdDSA", "kid": "ed"}, [claims()], ED.sign),
        Refusal.MALFORMED,
    ),
    "empty": ("", Refusal.MALFORMED),
    "not a token": ("maya", Refusal.MALFORMED),
    "three empty parts": ("..", Refusal.MALFORMED),
    "not ASCII": ("é.é.é", Refusal.MALFORMED),
    "lone surrogate": ("\ud800.a.b", Refusal.MALFORMED),
    "header nested without end": (
        base64.urlsafe_b64encode(b"[" * 5000).decode().rstrip("=") + ".e30.",
        Refusal.MALFORMED,
    ),
    "longer than 8 KiB": (signed(claims(note="x" * 8192)), Refusal.TOO_LONG),
}


@pytest.mark.parametrize(("token", "reason"), REFUSED.values(), ids=list(REFUSED))
def test_forged_token_is_refused_with_its_reason(token: str, reason: Refusal) -> None:
    """chatwoot#2694, chatwoot#2762, chatwoot#5479, chatwoot#14945: anybody could be anybody."""
    with pytest.raises(TokenRefused) as refused:
        HOST.verify(token, NOW)
    assert refused.value.reason is reason


@pytest.mark.parametrize(("token", "reason"), REFUSED.values(), ids=list(REFUSED))
def test_shared_secret_opens_no_door_for_other_tokens(token: str, reason: Refusal) -> None:
    with pytest.raises(TokenRefused):
        HOST_WITH_SECRET.verify(token, NOW)


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"), [(ED, "EdDSA", "ed"), (EC, "ES256", "ec"), (RSA, "RS256", "rsa")]
)
def test_each_key_signs_with_its_one_algorithm(key: Any, algorithm: str, kid: str) -> None:
    assert HOST.verify(signed(claims(), key, algorithm, kid), NOW) == Claims(subject="maya")


def test_shared_secret_signs_only_where_it_is_configured() -> None:
    token = signed(claims(), SECRET, "HS256")
    assert HOST_WITH_SECRET.verify(token, NOW).subject == "maya"
    with pytest.raises(TokenRefused) as refused:
        HOST.verify(token, NOW)
    assert refused.value.reason is Refusal.ALGORITHM


def test_public_key_is_not_a_shared_secret() -> None:
    token = forged({"alg": "HS256", "kid": "rsa"}, claims(), hmac_with(RSA_PEM))
    with pytest.raises(TokenRefused) as refused:
        HOST_WITH_SECRET.verify(token, NOW)
    assert refused.value.reason is Refusal.SIGNATURE


def test_what_the_host_says_about_the_customer_is_kept() -> None:
    payload = claims(name="Maya Okafor", locale="en-GB", tier="gold", jti="1", nbf=AT)
    assert HOST.verify(signed(payload), NOW) == Claims(
        subject="maya", name="Maya Okafor", locale="en-GB", extra={"tier": "gold"}
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"iat": AT - 600, "exp": AT - 29},
        {"iat": AT + 30, "exp": AT + 90},
        {"nbf": AT + 30},
        {"iat": AT, "exp": AT + 3600},
        {"aud": ["other", "warmline"]},
        {"iat": AT + 0.5, "exp": AT + 60.5},
    ],
)
def test_clocks_may_differ_by_half_a_minute(changed: dict[str, Any]) -> None:
    assert HOST.verify(signed(claims(**changed)), NOW).subject == "maya"


def test_key_set_is_read_from_its_file() -> None:
    host = HostTokens(msgspec.json.encode(JWKS), issuer="bank", audience="warmline")
    assert host.verify(HONEST, NOW).subject == "maya"


PRIVATE_ED = {**OKPAlgorithm.to_jwk(ED, as_dict=True), "kid": "ed"}
WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505 - what the key set must not hold
WEAK_RSA = {**RSAAlgorithm.to_jwk(WEAK.public_key(), as_dict=True), "kid": "weak"}


@pytest.mark.parametrize(
    ("jwks", "place"),
    [
        (b"not json", "keys"),
        (b"[]", "keys"),
        ({}, "keys"),
        ({"keys": ["ed"]}, "keys"),
        ({"keys": [{"kty": "OKP", "crv": "Ed25519"}]}, "keys[0]"),
        ({"keys": [{**JWKS["keys"][0], "kid": ""}]}, "keys[0].kid"),
        ({"keys": [{**JWKS["keys"][0], "kty": []}]}, "keys[0]"),
        ({"keys": [PRIVATE_ED]}, "keys[0]"),
        ({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "s"}]}, "keys[0]"),
        ({"keys": [{**JWKS["keys"][1], "crv": "P-384"}]}, "keys[0]"),
        ({"keys": [{**JWKS["keys"][2], "alg": "RS512"}]}, "keys[0]"),
        ({"keys": [{**JWKS["keys"][0], "use": "enc"}]}, "keys[0].use"),
        ({"keys": [{**JWKS["keys"][0], "x": "AA"}]}, "keys[0]"),
        ({"keys": [{**JWKS["keys"][2], "n": "!"}]}, "keys[0]"),
        ({"keys": [WEAK_RSA]}, "keys[0]"),
        ({"keys": [JWKS["keys"][0], {**JWKS["keys"][1], "kid": "ed"}]}, "keys[1].kid"),
    ],
)
def test_key_set_that_cannot_be_trusted_is_named_at_start(jwks: Any, place: str) -> None:
    with pytest.raises(BadHostKeys) as bad:
        HostTokens(jwks, issuer="bank", audience="warmline")
    assert bad.value.place == place


def test_short_secret_is_refused_at_start() -> None:
    with pytest.raises(BadHostKeys, match="32 bytes"):
        HostTokens(JWKS, issuer="bank", audience="warmline", secret=b"short")
