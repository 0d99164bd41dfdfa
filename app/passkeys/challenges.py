"""What must a passkey sign, and for what? Random bytes, good once and for five minutes."""

import secrets
from datetime import timedelta

from app.store.records import Challenge
from app.store.work import Store, Work

LIFETIME = timedelta(minutes=5)
LENGTH = 32  # bytes; WebAuthn 13.4.3 asks for at least 16


async def begin(work: Work, purpose: str) -> bytes:
    """New ones for this purpose; those of before are good for nothing any more."""
    made = secrets.token_bytes(LENGTH)
    expires_at = await work.now() + LIFETIME
    await work.challenges.put(Challenge(purpose=purpose, challenge=made, expires_at=expires_at))
    return made


async def end(work: Work, purpose: str) -> bytes | None:
    """Those of this purpose, once; None where there are none, or they are too old."""
    taken = await work.challenges.take(purpose)
    return taken.challenge if taken and await work.now() < taken.expires_at else None


async def forget_expired(store: Store) -> None:
    """Those that nobody answered."""
    async with store.write() as work:
        await work.challenges.forget(await work.now())
