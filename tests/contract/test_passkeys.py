"""Passkeys and challenges: whose they are, that they are used in turn, that they are used once."""

import asyncio
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from app.conversation.errors import Stale
from app.conversation.people import Customer
from app.ids import new_id
from app.passkeys import challenges
from app.store.records import Challenge, Owner, Passkey, Proof, SignIn
from app.store.work import Store
from tests.contract.people import NOON, customer, customers

HOUR = timedelta(hours=1)


def key_of(who: Customer, credential: bytes = b"\x00credential", at: datetime = NOON) -> Passkey:
    return Passkey(
        id=new_id(),
        customer_id=who.id,
        credential_id=credential,
        public_key=b"\xa5public",
        sign_count=3,
        name="Phone",
        created_at=at,
    )


async def added(store: Store, *passkeys: Passkey) -> None:
    async with store.write() as work:
        for one in passkeys:
            await work.passkeys.add(one)


async def of(store: Store, who: Customer) -> list[Passkey]:
    async with store.read() as work:
        return list(await work.passkeys.of(who.id))


async def test_a_customer_has_their_own_oldest_first(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    newer, older = key_of(maya, b"a", NOON + HOUR), key_of(maya, b"b", NOON)
    await added(store, newer, older, key_of(jonas, b"c"))
    assert await of(store, maya) == [older, newer]


async def test_a_credential_is_one_persons(store: Store) -> None:
    maya, jonas = await customers(store, 2)
    await added(store, key_of(maya))
    with pytest.raises(Stale):
        await added(store, key_of(jonas))
    assert await of(store, jonas) == []


async def test_its_count_is_that_of_the_last_use(store: Store) -> None:
    maya = await customer(store)
    passkey = key_of(maya)
    await added(store, passkey, key_of(maya, b"other", NOON + HOUR))
    async with store.write() as work:
        await work.passkeys.used(passkey, 7, NOON + HOUR)
    used, other = await of(store, maya)
    assert used == replace(passkey, sign_count=7, used_at=NOON + HOUR)
    assert other.used_at is None
    for known in (passkey, replace(used, id=new_id())):
        with pytest.raises(Stale):
            async with store.write() as work:
                await work.passkeys.used(known, 8, NOON + HOUR)


async def test_what_is_removed_is_gone_and_no_other(store: Store) -> None:
    maya = await customer(store)
    first, second = key_of(maya, b"a"), key_of(maya, b"b", NOON + HOUR)
    await added(store, first, second)
    async with store.write() as work:
        await work.passkeys.remove(first.id)
        await work.passkeys.remove(new_id())
    assert await of(store, maya) == [second]


async def test_a_challenge_is_taken_once_and_the_newest_counts(store: Store) -> None:
    async with store.write() as work:
        first = await challenges.begin(work, "run/1")
        other = await challenges.begin(work, "run/2")
    async with store.write() as work:
        second = await challenges.begin(work, "run/1")
    assert len({first, second, other}) == 3
    assert [await taken(store, "run/1") for _ in range(2)] == [second, None]
    assert await taken(store, "run/2") == other
    assert await taken(store, "run/3") is None


async def test_of_many_who_take_a_challenge_at_once_one_gets_it(store: Store) -> None:
    async with store.write() as work:
        made = await challenges.begin(work, "run/1")
    got = await asyncio.gather(*(taken(store, "run/1") for _ in range(5)))
    assert sorted(got, key=lambda one: one is None) == [made, None, None, None, None]


async def test_a_challenge_ends_at_its_time(store: Store) -> None:
    async with store.write() as work:
        now = await work.now()
        for purpose, until in (("old", now - timedelta.resolution), ("new", now + HOUR)):
            await work.challenges.put(
                Challenge(purpose=purpose, challenge=b"bytes", expires_at=until)
            )
    assert await taken(store, "old") is None
    await challenges.forget_expired(store)
    assert await taken(store, "new") == b"bytes"


async def test_those_that_nobody_answered_are_forgotten(store: Store) -> None:
    async with store.write() as work:
        now = await work.now()
        await work.challenges.put(Challenge(purpose="old", challenge=b"x", expires_at=now - HOUR))
        await challenges.begin(work, "new")
    await challenges.forget_expired(store)
    async with store.write() as work:
        assert await work.challenges.take("old") is None
        assert await work.challenges.take("new") is not None


async def taken(store: Store, purpose: str) -> bytes | None:
    async with store.write() as work:
        return await challenges.end(work, purpose)


async def test_a_proof_is_of_one_sign_in_until_it_is_used_up(store: Store) -> None:
    for token_hash in (b"mine", b"other"):
        sign_in = SignIn(
            token_hash=token_hash, owner=Owner.CUSTOMER, owner_id=new_id(), expires_at=NOON + HOUR
        )
        async with store.write() as work:
            await work.sign_ins.add(sign_in)
    proof = Proof(level=2, at=NOON)
    for given in (proof, None):
        async with store.write() as work:
            await work.sign_ins.proved(b"mine", given)
            await work.sign_ins.proved(b"unknown", given)
        async with store.read() as work:
            mine, other = [await work.sign_ins.find(one, NOON) for one in (b"mine", b"other")]
        assert mine is not None
        assert mine.proof == given
        assert other is not None
        assert other.proof is None
