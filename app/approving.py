"""A customer answers what an agent asked to approve: with a passkey, a code, or not at all."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from app.conversation import approvals
from app.conversation.approval import Approval
from app.conversation.errors import DoesNotFit
from app.conversation.people import Customer
from app.egress import ActionOk, Egress
from app.kept import Once
from app.passkeys import proving
from app.passkeys.proving import Outcome
from app.passkeys.relying_party import Assertion, RelyingParty
from app.retry import retried
from app.runs import one_time_code
from app.runs.client import PASSKEY, Client
from app.store.records import Proof
from app.store.work import Store, Work
from app.vault import Vault
from selfservice import codes, events
from selfservice.codes import Code, CodeState, Verdict
from selfservice.language import Method

LONGEST_PURPOSE = 100
"""Characters of what is to be approved that go along with a code."""

_REFUSALS: dict[Outcome, events.Refusal] = {
    Outcome.REFUSED: "PASSKEY_REFUSED",
    Outcome.LATE: "PASSKEY_LATE",
}
_decode = msgspec.json.Decoder(Code).decode


class Answered(Struct, frozen=True, kw_only=True):
    """An approval after an attempt; `refused` says why that one failed."""

    approval: Approval
    refused: events.Refusal | None = None


class _Sent(Struct, frozen=True, kw_only=True):
    digits: str
    code: Code
    what: str


class Approving:
    def __init__(self, store: Store, vault: Vault, egress: Egress, party: RelyingParty) -> None:
        self._store = store
        self._vault = vault
        self._egress = egress
        self._party = party

    async def methods(self, work: Work, customer: Customer, client: Client) -> list[Method]:
        """The ways in which this customer can prove it with this app, the easier one first."""
        has = PASSKEY in client.caps and bool(await work.passkeys.of(customer.id))
        return ["passkey", "otp_host"] if has else ["otp_host"]

    async def options(self, work: Work, customer: Customer, id: UUID) -> dict[str, Any]:
        """What a passkey must sign. Raises NotFound, NotAllowed."""
        approval = await approvals.own(work, customer, id)
        await approvals.must_be_open(work, approval)
        return await proving.options(work, self._party, customer, _purpose(approval))

    async def send_code(self, once: Once, customer: Customer, id: UUID) -> None:
        """Have a one-time code sent for this approval alone.

        Raises NotFound, NotAllowed, TooSoon. A server that dies before the company has it leaves a
        code that nobody gets; another can be asked for after 30 s.
        """
        made: list[_Sent] = []

        async def act(work: Work) -> bool:
            made[:] = [await self._made(work, customer, id)]
            return True

        await once(act, bool)
        for one in made:
            purpose = one.what[:LONGEST_PURPOSE]
            result = await self._egress.send_code(customer.subject, one.digits, purpose)
            if isinstance(result, ActionOk):
                await self._confirm(id, one.code, result.result)

    async def give_by_passkey(
        self, work: Work, customer: Customer, client: Client, id: UUID, said: Mapping[str, Any]
    ) -> Answered:
        """Raises NotFound, NotAllowed, DoesNotFit where it can be no assertion."""
        approval = await approvals.own(work, customer, id)
        await approvals.must_be_open(work, approval)
        try:
            assertion = msgspec.convert(said, Assertion)
        except msgspec.ValidationError:
            raise DoesNotFit("/passkey", "this is no answer to our options") from None
        purpose = _purpose(approval)
        outcome = await proving.tried(work, self._party, customer, purpose, assertion)
        if outcome is Outcome.PROVED:
            return await self._given(work, customer, client, approval, "passkey")
        return await self._refused(work, customer, approval, _REFUSALS[outcome])

    async def give_by_code(
        self, work: Work, customer: Customer, client: Client, id: UUID, digits: str
    ) -> Answered:
        """Raises NotFound, NotAllowed."""
        approval = await approvals.own(work, customer, id)
        await approvals.must_be_open(work, approval)
        if approval.code is None:
            return Answered(approval=approval, refused="EXPIRED")
        key, now = self._vault.code_key, await work.now()
        verdict, after = codes.enter(key, _decode(approval.code), digits, now, approval.level)
        entered = replace(approval, code=msgspec.json.encode(after))
        if verdict is Verdict.RIGHT:
            return await self._given(work, customer, client, entered, "otp_host")
        return await self._refused(work, customer, entered, one_time_code.REFUSALS[verdict])

    async def _given(
        self, work: Work, customer: Customer, client: Client, approval: Approval, method: Method
    ) -> Answered:
        level = approval.level
        given = await approvals.give(work, customer, approval, method=method, level=level)
        await work.sign_ins.proved(client.sign_in, Proof(level=level, at=await work.now()))
        return Answered(approval=given)

    async def _refused(
        self, work: Work, customer: Customer, approval: Approval, why: events.Refusal
    ) -> Answered:
        """What is no guess leaves no trace but the code's own."""
        if why not in events.GUESSES:
            return Answered(approval=await work.approvals.save(approval), refused=why)
        refused = await approvals.refuse(work, customer, approval, why)
        return Answered(approval=refused, refused=why)

    async def _made(self, work: Work, customer: Customer, id: UUID) -> _Sent:
        approval = await approvals.own(work, customer, id)
        await approvals.must_be_open(work, approval)
        previous = _decode(approval.code) if approval.code else None
        if previous is not None and previous.state is not CodeState.LIVE:
            previous = None
        key, now = self._vault.code_key, await work.now()
        digits, code = codes.new_code(key, _purpose(approval), now, previous)
        await work.approvals.save(replace(approval, code=msgspec.json.encode(code)))
        return _Sent(digits=digits, code=code, what=approval.what)

    @retried
    async def _confirm(self, id: UUID, sent: Code, told: Mapping[str, Any]) -> None:
        async with self._store.write() as work:
            approval = await work.approvals.get(id, lock=True)
            code = _decode(approval.code) if approval.code else None
            if code is not None and code.digest == sent.digest:
                confirmed = codes.delivered(code, one_time_code.channel_of(told))
                await work.approvals.save(replace(approval, code=msgspec.json.encode(confirmed)))


def resend_after(approval: Approval) -> Any:
    """When another code can be asked for; None where none was sent."""
    return _decode(approval.code).resend_after if approval.code else None


def _purpose(approval: Approval) -> str:
    """What is signed, or entered, is for this text at this level."""
    return f"approval/{approval.hash}"
