"""How does a message reach a phone through Firebase Cloud Messaging, HTTP v1?

The Firebase SDK says what a message looks like; the sending is ours. Its own senders lose the
results of a batch, send twice after a cut connection, and stall the loop while a token is renewed.
Importing this module costs half a second and 18 MiB: only who sends imports it.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from firebase_admin import messaging

from push.access_token import AccessTokens, TokenUnavailable, service_account_grants
from push.device import DeviceKind
from push.fcm_answer import read_answer
from push.message import Message
from push.notification import NotificationClass
from push.outcome import Failure, Outcome, Refused
from push.ports import Clock

GOOGLE = "https://fcm.googleapis.com"
_KINDS = frozenset({DeviceKind.FCM_TOKEN, DeviceKind.FID})


class FcmTransport:
    """Sends to FCM tokens and installation ids, each message once per call."""

    def __init__(
        self,
        *,
        project_id: str,
        tokens: AccessTokens,
        http: aiohttp.ClientSession,
        clock: Clock,
        base_url: str = GOOGLE,
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/v1/projects/{project_id}/messages:send"
        self._tokens = tokens
        self._http = http
        self._clock = clock

    async def send(self, message: Message) -> Outcome:
        """Hand one message to FCM."""
        if message.kind not in _KINDS:
            return Refused(failure=Failure.KIND_UNSUPPORTED, detail=f"FCM knows no {message.kind}")
        try:
            body = encode(message)
        except ValueError as error:
            return Refused(failure=Failure.MESSAGE_INVALID, detail=str(error))
        try:
            return await self._post(body)
        except TokenUnavailable as error:
            failure = Failure.UNREACHABLE if error.transient else Failure.MISCONFIGURED
            return Refused(failure=failure, detail=str(error))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return Refused(failure=Failure.UNREACHABLE, detail=type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # It left, and no answer came: FCM may have taken it.
            return Refused(failure=Failure.UNCERTAIN, detail=type(error).__name__)

    async def _post(self, body: bytes) -> Outcome:
        """Send; when the access token is refused, once more with a newer one."""
        token = await self._tokens.current()
        outcome = await self._post_once(body, token.value)
        match outcome:
            case Refused(failure=Failure.UNAUTHENTICATED):
                token = await self._tokens.after_refusal(token)
                return await self._post_once(body, token.value)
            case _:
                return outcome

    async def _post_once(self, body: bytes, token: str) -> Outcome:
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json; charset=utf-8",
            # Asks for errors with details[].@type.
            "X-GOOG-API-FORMAT-VERSION": "2",
        }
        async with self._http.post(
            self._url, data=body, headers=headers, allow_redirects=False
        ) as answer:
            content = await answer.read()
            retry_after = answer.headers.get("Retry-After")
            return read_answer(answer.status, retry_after, content, self._clock.now())


@asynccontextmanager
async def open_fcm(
    service_account: Mapping[str, Any],
    *,
    clock: Clock,
    base_url: str = GOOGLE,
    connections: int = 100,
    timeout: float = 10.0,  # noqa: ASYNC109  of each request, not of this call
) -> AsyncIterator[FcmTransport]:
    """A transport for this service account (its JSON), open until the block ends.

    `timeout` in seconds is for one request as a whole. Raises ValueError when the JSON is not a
    service account's.
    """
    tokens = AccessTokens(service_account_grants(service_account))
    limits = aiohttp.ClientTimeout(total=timeout, sock_connect=timeout / 2)
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector, timeout=limits, trust_env=True) as http:
        try:
            yield FcmTransport(
                project_id=str(service_account["project_id"]),
                tokens=tokens,
                http=http,
                clock=clock,
                base_url=base_url,
            )
        finally:
            await tokens.close()


def encode(message: Message) -> bytes:
    """The body of `messages:send`, validated by the SDK. Raises ValueError naming the field."""
    encoded = messaging.Message(
        data=message.data,
        fid=message.address if message.kind is DeviceKind.FID else None,
        android=_android(message),
        apns=_apns(message),
    )
    if message.kind is DeviceKind.FCM_TOKEN:
        # Google moves from tokens to installation ids and takes both meanwhile. The constructor
        # warns on every token, which no one here can act on; the attribute is as public.
        encoded.token = message.address
    return f'{{"message": {encoded}}}'.encode()


def _android(message: Message) -> Any:
    return messaging.AndroidConfig(
        priority="high" if message.wakes else "normal",
        ttl=message.ttl,
        collapse_key=message.collapse_key,
        # A call also rings on a phone that was switched on and not yet unlocked.
        direct_boot_ok=True if message.class_ is NotificationClass.CALL else None,
    )


def _apns(message: Message) -> Any:
    """iOS shows a text of the app's own catalogue until the app has fetched the words by id."""
    silent = message.class_ is NotificationClass.SYNC
    headers = {
        "apns-push-type": "background" if silent else "alert",
        "apns-priority": "10" if message.wakes else "5",
        "apns-expiration": str(int(message.expires_at.timestamp())),
        # A second sending of the same notification replaces the first on the screen.
        "apns-collapse-id": message.collapse_key or str(message.notification_id),
    }
    if silent:
        aps = messaging.Aps(content_available=True)
    else:
        alert = messaging.ApsAlert(loc_key=f"warmline_{message.class_}")
        aps = messaging.Aps(alert=alert, mutable_content=True)
    return messaging.APNSConfig(headers=headers, payload=messaging.APNSPayload(aps=aps))
