"""What do we ask of a customer's authenticator, and does its answer hold? All of WebAuthn is here.

An answer that does not hold is PasskeyRefused: why is for logs, and never told to the caller.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.conversation.people import Customer
from app.passkeys.challenges import LIFETIME
from app.store.records import Passkey

NAME = "Warmline"
TIMEOUT_MS = int(LIFETIME.total_seconds() * 1000)

Bytes = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]+$", max_length=16_384)]
"""Bytes as WebAuthn writes them in JSON: base64url without padding."""


class Attested(Struct, frozen=True, rename="camel"):
    """What `navigator.credentials.create` answered; further members are of no use to us."""

    client_data_json: Bytes = msgspec.field(name="clientDataJSON")
    attestation_object: Bytes


class Asserted(Struct, frozen=True, rename="camel"):
    """What `navigator.credentials.get` answered."""

    client_data_json: Bytes = msgspec.field(name="clientDataJSON")
    authenticator_data: Bytes
    signature: Bytes


class _Credential(Struct, frozen=True, rename="camel"):
    id: Bytes
    raw_id: Bytes
    type: Literal["public-key"]


class NewCredential(_Credential, frozen=True, rename="camel"):
    """A PublicKeyCredential as `toJSON()` writes it, after registering."""

    response: Attested


class Assertion(_Credential, frozen=True, rename="camel"):
    """A PublicKeyCredential as `toJSON()` writes it, after proving."""

    response: Asserted

    @property
    def credential_id(self) -> bytes:
        """Which passkey signed."""
        return base64url_to_bytes(self.raw_id)


class NewKey(Struct, frozen=True, kw_only=True):
    """What we keep of a new passkey."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class PasskeyRefused(Exception):
    """Not for this challenge, not from our pages, without the person, or not signed by this key."""


class RelyingParty:
    """Us, as authenticators know us: `id` is a domain, `origins` the pages and apps that may ask.

    The person must be verified each time, by face, finger or PIN: holding the phone is not enough.
    """

    def __init__(self, id: str, origins: Sequence[str]) -> None:
        self._id = id
        self._origins = list(origins)

    def to_register(
        self, customer: Customer, challenge: bytes, have: Sequence[Passkey]
    ) -> dict[str, Any]:
        """PublicKeyCredentialCreationOptions as JSON; not another key in a device that has one."""
        options = generate_registration_options(
            rp_id=self._id,
            rp_name=NAME,
            user_id=customer.id.bytes,
            user_name=customer.name,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            exclude_credentials=_named(have),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return options_to_json_dict(options)

    def registered(self, credential: dict[str, Any], challenge: bytes) -> NewKey:
        """The key that was made. Raises PasskeyRefused."""
        try:
            found = verify_registration_response(
                credential=msgspec.to_builtins(msgspec.convert(credential, NewCredential)),
                expected_challenge=challenge,
                expected_rp_id=self._id,
                expected_origin=self._origins,
                require_user_verification=True,
            )
        except Exception as error:  # of parsers, too: whatever is wrong, it proves nothing
            raise PasskeyRefused(str(error)) from error
        return NewKey(
            credential_id=found.credential_id,
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
        )

    def to_prove(self, challenge: bytes, have: Sequence[Passkey]) -> dict[str, Any]:
        """PublicKeyCredentialRequestOptions as JSON, for one of these passkeys."""
        options = generate_authentication_options(
            rp_id=self._id,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_named(have),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    def proved(self, assertion: Assertion, challenge: bytes, passkey: Passkey) -> int:
        """The passkey's new sign count. Raises PasskeyRefused, also where it went backwards."""
        try:
            found = verify_authentication_response(
                credential=msgspec.to_builtins(assertion),
                expected_challenge=challenge,
                expected_rp_id=self._id,
                expected_origin=self._origins,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except Exception as error:  # as above
            raise PasskeyRefused(str(error)) from error
        return found.new_sign_count


def _named(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=one.credential_id) for one in passkeys]
