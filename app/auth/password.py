"""Agents' passwords: argon2id with the defaults of argon2-cffi (64 MiB, about 150 ms).

The work happens in a thread, two at a time: a sign-in storm must not stop calls and messages.
"""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()
_at_once = asyncio.Semaphore(2)


async def hash_password(password: str) -> str:
    async with _at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether it fits. Nothing fits None or NO_PASSWORD, which take as long as a wrong password."""
    async with _at_once:
        fits = await asyncio.to_thread(_fits, password, password_hash)
    return fits and bool(password_hash)


@cache
def _of_nobody() -> str:
    return _hasher.hash("nobody has this password")


def _fits(password: str, password_hash: str | None) -> bool:
    try:
        return _hasher.verify(password_hash or _of_nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
