"""Access tokens: opaque, random, revocable. Only a hash of them is kept."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from app.store.records import Owner, SignIn
from app.store.work import Store, Work

LIFETIME = {Owner.CUSTOMER: timedelta(hours=1), Owner.AGENT: timedelta(hours=12)}
"""A customer's app renews by its own token; an agent signs in once a shift."""


def hash_of(token: str) -> bytes:
    """SHA-256 suffices: the token carries 256 random bits, there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()


async def issue(work: Work, owner: Owner, owner_id: UUID) -> tuple[str, datetime]:
    """A new token and when it ends."""
    token = secrets.token_urlsafe(32)
    expires_at = await work.now() + LIFETIME[owner]
    await work.sign_ins.add(
        SignIn(token_hash=hash_of(token), owner=owner, owner_id=owner_id, expires_at=expires_at)
    )
    return token, expires_at


async def forget_expired(store: Store) -> None:
    """They open nothing any more; a customer's app leaves one behind every hour."""
    async with store.write() as work:
        await work.sign_ins.forget(await work.now())
