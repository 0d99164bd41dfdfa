"""How does a program ask the server? JSON in and out, typed; what the server refuses is raised."""

from types import TracebackType
from typing import Any, Self, TypeVar

import aiohttp
import msgspec

from app.api.problem import Problem

ANSWERED_WITHIN_S = 10.0

T = TypeVar("T")


class Refused(Exception):
    """The server said no; carries its problem."""

    def __init__(self, what: str, problem: Problem) -> None:
        super().__init__(f"{what}: {problem.status} {problem.title} ({problem.detail})")
        self.problem = problem


class Http:
    """One client of one server; `token` is sent along once it is known."""

    def __init__(self, url: str) -> None:
        self.token = ""
        timeout = aiohttp.ClientTimeout(total=ANSWERED_WITHIN_S)
        self._http = aiohttp.ClientSession(url, timeout=timeout)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.close()

    async def get(self, path: str, kind: type[T]) -> T:
        """Raises Refused, as all of these do."""
        return msgspec.json.decode(await self._request("GET", path), type=kind)

    async def post(self, path: str, kind: type[T], body: object = None, *, key: str = "") -> T:
        """With a `key` the request may be repeated and still happens once."""
        return msgspec.json.decode(await self._request("POST", path, body, key), type=kind)

    async def put(self, path: str, kind: type[T], body: object) -> T:
        return msgspec.json.decode(await self._request("PUT", path, body), type=kind)

    async def tell(self, path: str, body: object = None) -> None:
        """Post something that has no answer."""
        await self._request("POST", path, body)

    def socket(self, path: str) -> Any:
        """A WebSocket, to be entered; it may be open for as long as it likes."""
        return self._http.ws_connect(path)

    async def _request(self, method: str, path: str, body: object = None, key: str = "") -> bytes:
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        data = None if method == "GET" else msgspec.json.encode({} if body is None else body)
        async with self._http.request(method, path, data=data, headers=headers) as response:
            answer = await response.read()
        if response.status >= 400:
            raise Refused(f"{method} {path}", msgspec.json.decode(answer, type=Problem))
        return answer
