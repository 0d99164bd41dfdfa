"""With which access token may we call Google now, without stalling anybody to get it?"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC
from functools import partial

import msgspec
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"

# Google's tokens live an hour. Renewed in the background from five minutes before the end, and
# no longer used in the last half minute, which a request and a slow clock may eat.
_RENEW_BEFORE = 300.0
_USE_BEFORE = 30.0
_TIMEOUT = 10.0
_UNSAID_LIFE = 3600.0
# After a refusal the endpoint gets a rest, however many deliveries want a token.
_REST = 5.0


class Grant(msgspec.Struct, frozen=True):
    """What the token endpoint gave; `expires_at` in seconds since the epoch."""

    value: str
    expires_at: float


class AccessToken(msgspec.Struct, frozen=True):
    """A token to send with; `generation` counts the grants."""

    value: str
    expires_at: float
    generation: int


class TokenUnavailable(Exception):
    """The token endpoint gave none; `transient` when asking again may help."""

    def __init__(self, reason: str, *, transient: bool) -> None:
        super().__init__(f"no access token: {reason}")
        self.transient = transient


def service_account_grants(info: Mapping[str, object]) -> Callable[[], Grant]:
    """A function that asks Google for a grant, in the shape AccessTokens wants: it blocks.

    `info` is the service account's JSON. Raises ValueError when it is not one.
    """
    credentials = Credentials.from_service_account_info(info, scopes=[SCOPE])  # type: ignore[no-untyped-call]  # google-auth is partly typed

    def grant() -> Grant:
        try:
            credentials.refresh(partial(Request(), timeout=_TIMEOUT))
        except TransportError as error:
            raise TokenUnavailable("the token endpoint is away", transient=True) from error
        except GoogleAuthError as error:
            # Its second argument is the whole answer, which is no news to an operator.
            reason = str(next(iter(error.args), type(error).__name__))
            raise TokenUnavailable(reason, transient=error.retryable) from error
        except (TypeError, ValueError) as error:
            # What google-auth raises on a 200 that is not the JSON it expects.
            raise TokenUnavailable("not a token answer", transient=True) from error
        # google-auth keeps UTC without saying so.
        expires_at = credentials.expiry.replace(tzinfo=UTC) if credentials.expiry else None
        lasts = expires_at.timestamp() if expires_at else time.time() + _UNSAID_LIFE
        return Grant(credentials.token, lasts)

    return grant


class AccessTokens:
    """The current access token, refreshed in a thread by one caller for all.

    A refresh is shared by everybody who needs it: two hundred refusals of one token cause one
    refresh, and the event loop never waits for the token endpoint.
    """

    def __init__(
        self, grants: Callable[[], Grant], *, now: Callable[[], float] = time.time
    ) -> None:
        self._grants = grants
        self._now = now
        self._token: AccessToken | None = None
        self._refresh: asyncio.Task[AccessToken] | None = None
        self._rest_until = 0.0

    async def current(self) -> AccessToken:
        """A token that is good now. Raises TokenUnavailable."""
        left = self._token.expires_at - self._now() if self._token else 0.0
        if self._token is None or left < _USE_BEFORE:
            return await self._shared_refresh()
        if left < _RENEW_BEFORE:
            _ = self._start_refresh()
        return self._token

    async def after_refusal(self, refused: AccessToken) -> AccessToken:
        """A token newer than the refused one. Raises TokenUnavailable."""
        if self._token is not None and self._token.generation > refused.generation:
            return self._token
        return await self._shared_refresh()

    async def close(self) -> None:
        """Let a refresh that is under way end."""
        if self._refresh is not None:
            await asyncio.wait({self._refresh})

    async def _shared_refresh(self) -> AccessToken:
        # Shielded: one caller's timeout must not take the refresh from the others.
        return await asyncio.shield(self._start_refresh())

    def _start_refresh(self) -> asyncio.Task[AccessToken]:
        if self._refresh is None or (self._refresh.done() and self._now() >= self._rest_until):
            self._refresh = asyncio.create_task(self._renew())
            # In the background nobody awaits it; whoever needs the token meets the error.
            self._refresh.add_done_callback(asyncio.Task.exception)
        return self._refresh

    async def _renew(self) -> AccessToken:
        try:
            grant = await asyncio.to_thread(self._grants)
        except TokenUnavailable:
            self._rest_until = self._now() + _REST
            raise
        generation = self._token.generation + 1 if self._token else 1
        self._token = AccessToken(grant.value, grant.expires_at, generation)
        return self._token
