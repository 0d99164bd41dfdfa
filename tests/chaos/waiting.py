"""What does a customer do who wants a human? Asks once, and sometimes leaves again."""

import asyncio
import random
from uuid import UUID

import msgspec
from msgspec import Struct

from tests.chaos.front import Front
from tests.chaos.people import Seat

LEAVES = 0.05
"""The share of those who do not wait until somebody answers."""

PATIENCE_S = 8.0


class Plan(Struct, frozen=True, kw_only=True):
    """When somebody asks, and after what time they leave the queue, if at all."""

    asks_s: float
    leaves_s: float | None


def plan(rng: random.Random, within_s: float) -> Plan:
    leaves_s = rng.uniform(0, PATIENCE_S) if rng.random() < LEAVES else None
    return Plan(asks_s=rng.uniform(0, within_s), leaves_s=leaves_s)


async def ask_for_help(seat: Seat, front: Front, plan: Plan, rng: random.Random) -> None:
    await asyncio.sleep(plan.asks_s)
    key = {"Idempotency-Key": str(UUID(int=rng.getrandbits(128), version=4))}
    status, body = await front.ask("POST", "/v1/help", seat.token, {"channel": "text"}, key)
    if status < 400 and plan.leaves_s is not None:
        await asyncio.sleep(plan.leaves_s)
        await front.ask("POST", f"/v1/interactions/{asked(body).id}/cancel", seat.token, {})


class Asked(Struct, frozen=True):
    id: str


asked = msgspec.json.Decoder(Asked).decode
