"""Does the live socket stand whatever a client sends?

    python -m tests.security.frames [--sequences 5000] [--seed 0] [--json]

Sequences of odd, broken and foreign frames come from strangers and from those who take part. After
each the socket still answers a ping, or was closed with a code that docs/reference/live.md lists;
nothing is logged as an error, and no stranger receives anything that was planted.
"""

import asyncio
import logging
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from random import Random
from uuid import uuid4

import click
import websockets
from msgspec import Struct, field

from benchmarks.report import Goal, report
from tests.api.alone import company_alone
from tests.api.company import Company
from tests.api.live_client import Page, open_page
from tests.docs.pages import page, rows, section
from tests.fixtures.errors import errors
from tests.security.odd_frames import Frame, sequence
from tests.security.people import Knocking, everybody
from tests.security.planted import WITH_FLOW, Planted, plant

AT_ONCE = 8
WITHIN_S = 20
GREETED = 0.9  # the rest of the sequences begins with something else than hello
LONGEST_TOKEN = 200
PROBLEM = 1_000  # characters that the answer to the last frame has at most
MOST_LINES = 50
GOALS = [
    Goal(figure=name, op="<=", gate=0) for name in ("unhandled", "undocumented", "leaks", "hung")
]


class Outcome(Struct):
    frames: int = 0
    closes: Counter[int] = field(default_factory=Counter)
    undocumented: list[str] = []
    leaks: list[str] = []
    hung: list[str] = []
    logged: list[str] = []

    @property
    def figures(self) -> dict[str, float]:
        return {
            "frames": self.frames,
            "closed": self.closes.total(),
            "unhandled": len(self.logged),
            "undocumented": len(self.undocumented),
            "leaks": len(self.leaks),
            "hung": len(self.hung),
        }

    def lines(self) -> list[str]:
        return [*self.undocumented, *self.leaks, *self.hung, *self.logged]


@cache
def documented_codes() -> set[int]:
    return {int(row[0]) for row in rows(section(page("reference/live.md"), "## Close codes"))}


async def pelt(company: Company, sequences: int, seed: int) -> Outcome:
    """Everything of one seed; the company must be new."""
    planted = await plant(company)
    people = await everybody(company, planted)
    outcome = Outcome()
    with errors() as outcome.logged:
        numbers = iter(range(sequences))
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(_some(numbers, seed, planted, people, outcome))
    return outcome


async def _some(
    numbers: Iterator[int], seed: int, planted: Planted, people: list[Knocking], outcome: Outcome
) -> None:
    for number in numbers:
        random = Random(f"{seed} {number}")  # noqa: S311 - to be the same again, not to be secret
        who = random.choice(people)
        told = f"sequence {number} of seed {seed}, {who.name}"
        try:
            async with asyncio.timeout(WITHIN_S):
                await _one(random, told, planted, who, outcome)
        except TimeoutError:
            outcome.hung.append(f"{told}: no answer")


async def _one(
    random: Random, told: str, planted: Planted, who: Knocking, outcome: Outcome
) -> None:
    conversation, last = planted.ids["conversations"], str(uuid4())
    async with open_page(who.person) as page:
        reading = asyncio.create_task(_until(last, page))
        with suppress(websockets.ConnectionClosed):
            if random.random() < GREETED:
                hello = {"token": who.person.token[:LONGEST_TOKEN], "cursors": {conversation: 0}}
                await page.send("hello", **hello)
            for frame in sequence(random, [conversation, planted.ids["runs"]]):
                outcome.frames += 1
                await _send(page, frame)
            # Refused, as nobody's conversation: the last thing that comes.
            await page.send("send", cmid=last, conversation_id=last, text="the end")
        received = await reading
        _judge(told, page.socket.close_code, outcome)
    if not who.own:
        leaked = set(planted.found_in(received)) - who.knows
        outcome.leaks.extend(f"{told}: {place}" for place in leaked)


async def _until(last: str, page: Page) -> str:
    """What came before the answer to the last frame, or before the socket was closed."""
    received = ""
    try:
        while last not in received[-PROBLEM:]:
            received += str(await page.socket.recv())
    except websockets.ConnectionClosed as closed:
        received += closed.rcvd.reason if closed.rcvd else ""
    return received


async def _send(page: Page, frame: Frame) -> None:
    if isinstance(frame, tuple):
        await page.socket.send(frame, text=True)
    else:
        await page.socket.send(frame)


def _judge(told: str, code: int | None, outcome: Outcome) -> None:
    if code is None:
        return
    outcome.closes[code] += 1
    if code not in documented_codes():
        outcome.undocumented.append(f"{told}: closed with {code}")


async def _alone(sequences: int, seed: int) -> Outcome:
    async with company_alone(WITH_FLOW) as company:
        return await pelt(company, sequences, seed)


@click.command()
@click.option("--sequences", default=5000, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--json", "only_json", is_flag=True, help="Print the JSON line alone.")
def main(*, sequences: int, seed: int, only_json: bool) -> None:
    """Print what went wrong, then the JSON line."""
    logging.disable(logging.INFO)
    outcome = asyncio.run(_alone(sequences, seed))
    if not only_json:
        for code, times in sorted(outcome.closes.items()):
            click.echo(f"closed with {code}: {times}")
    for line in outcome.lines()[:MOST_LINES]:
        click.echo(line)
    figures = {"sequences": float(sequences), **outcome.figures}
    sys.exit(report("security.frames", figures, GOALS))


if __name__ == "__main__":
    main()
