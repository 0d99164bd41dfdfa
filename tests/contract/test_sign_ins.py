"""Sign-ins: found by the hash of their token, until their time."""

from datetime import timedelta

from app.auth.access_token import forget_expired
from app.ids import new_id
from app.store.records import Owner, SignIn
from app.store.work import Store
from tests.contract.people import NOON

HOUR = timedelta(hours=1)


async def _add(store: Store, token_hash: bytes, owner: Owner) -> SignIn:
    sign_in = SignIn(token_hash=token_hash, owner=owner, owner_id=new_id(), expires_at=NOON + HOUR)
    async with store.write() as work:
        await work.sign_ins.add(sign_in)
    return sign_in


async def test_a_sign_in_is_found_by_its_hash(store: Store) -> None:
    mine = await _add(store, b"\x00mine", Owner.CUSTOMER)
    other = await _add(store, b"other", Owner.AGENT)
    async with store.read() as work:
        assert await work.sign_ins.find(b"\x00mine", NOON) == mine
        assert await work.sign_ins.find(b"other", NOON) == other
        assert await work.sign_ins.find(b"unknown", NOON) is None


async def test_a_sign_in_ends_at_its_time(store: Store) -> None:
    mine = await _add(store, b"mine", Owner.CUSTOMER)
    async with store.read() as work:
        assert await work.sign_ins.find(b"mine", NOON + HOUR - timedelta.resolution) == mine
        assert await work.sign_ins.find(b"mine", NOON + HOUR) is None


async def test_those_past_their_time_are_forgotten(store: Store) -> None:
    async with store.read() as work:
        now = await work.now()
    for token_hash, expires_at in ((b"old", now - HOUR), (b"new", now + HOUR)):
        sign_in = SignIn(
            token_hash=token_hash, owner=Owner.CUSTOMER, owner_id=new_id(), expires_at=expires_at
        )
        async with store.write() as work:
            await work.sign_ins.add(sign_in)
    await forget_expired(store)
    async with store.read() as work:
        assert await work.sign_ins.find(b"old", now - 2 * HOUR) is None
        assert await work.sign_ins.find(b"new", now) is not None


async def test_a_deleted_sign_in_is_gone_and_no_other(store: Store) -> None:
    await _add(store, b"mine", Owner.CUSTOMER)
    other = await _add(store, b"other", Owner.AGENT)
    async with store.write() as work:
        await work.sign_ins.delete(b"mine")
        await work.sign_ins.delete(b"unknown")
    async with store.read() as work:
        assert await work.sign_ins.find(b"mine", NOON) is None
        assert await work.sign_ins.find(b"other", NOON) == other
