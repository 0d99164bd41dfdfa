"""How does a customer talk through an app that is killed, as phones do it, at any moment?

The app is web/chaos/phone.ts: the core of the SDK in a node process, its outbox and its log in a
file. What the process said was on disk has to arrive once, however often it gets SIGKILL.
"""

import asyncio
import random
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from tests.chaos.outbox import WINDOW, Message, messages_of
from tests.chaos.people import Seat
from tests.chaos.view import Line, View
from tools import node
from tools.places import HERE

SAID_PER_LIFE = (1, 20)
"""So many messages are on disk before the app is killed."""

EARLY = 0.2
"""The share of lives that end while the app is still coming up."""

BUNDLE = """
const { build } = await import("vite");
const build_ = {
  ssr: "chaos/phone.ts", outDir: process.argv[1], emptyOutDir: false,
  rollupOptions: { output: { entryFileNames: "phone.mjs" } },
};
await build({ configFile: false, logLevel: "warn", build: build_ });
"""


def bundled(folder: Path) -> Path:
    """The app as one file that node runs; `make build` has installed what makes it."""
    command = ["node", "--input-type=module", "-e", BUNDLE, str(folder)]
    subprocess.run(command, cwd=HERE.web, env=node.environment(HERE), check=True)
    return folder / "phone.mjs"


class AppEnded(Exception):
    """An app ended that nobody killed."""


class Said:
    """What the customer has said; counted like tests.chaos.outbox.Outbox."""

    def __init__(self, sender: str, rng: random.Random) -> None:
        self.allowed = 0
        self.begun = 0
        self.acks: list[tuple[str, int]] = []
        self.sent: dict[str, Message] = {}
        """By cmid: what is on disk, as far as the app could tell."""
        self.typed: set[str] = set()
        """Texts that were given to the app which runs now, and are not on disk yet."""
        self.doubtful: set[str] = set()
        """Texts of which an app that was killed did not tell whether they were on disk."""
        self._acked: set[str] = set()
        self._next = messages_of(sender, rng)

    @property
    def waiting(self) -> int:
        return len(self.typed) + len(self.sent.keys() - self._acked)

    @property
    def settled(self) -> bool:
        return not self.waiting and self.begun >= self.allowed

    def more(self) -> list[str]:
        """Texts to type, as far as the window and the allowance reach."""
        room = min(WINDOW - self.waiting, self.allowed - self.begun)
        texts = [next(self._next).text for _ in range(room)]
        self.begun += len(texts)
        self.typed.update(texts)
        return texts

    def on_disk(self, cmid: str, text: str) -> None:
        self.typed.discard(text)
        self.doubtful.discard(text)
        self.sent[cmid] = Message(cmid, text)

    def acked(self, cmid: str, seq: int) -> None:
        self.acks.append((cmid, seq))
        self._acked.add(cmid)

    def shown(self, cmid: str, seq: int, text: str) -> None:
        """An own message in the log needs no ack any more: its app may have been killed before."""
        if cmid not in self._acked:
            self.on_disk(cmid, text)
            self.acked(cmid, seq)

    def killed(self) -> None:
        self.doubtful |= self.typed
        self.typed = set()


class Phone:
    """One customer's app, over all its lives."""

    def __init__(self, seat: Seat, port: int, rng: random.Random, program: Path) -> None:
        self.seat = seat
        self.view = View()
        self.outbox = Said(seat.name, rng)
        self.said: Counter[str] = Counter()
        self.kills = 0
        self.mortal = True
        self._dying = False
        self._rng = rng
        self._file = program.parent / seat.name
        url = f"http://127.0.0.1:{port}"
        place = (seat.token, seat.name, seat.conversation_id)
        self._command = ["node", str(program), url, *place, str(self._file)]
        self._environment = node.environment(HERE)
        self._process: asyncio.subprocess.Process | None = None

    def allow(self, messages: int) -> None:
        """So many messages may have been begun in all."""
        self.outbox.allowed = messages
        self._type_more()

    async def run(self) -> None:
        """Be opened again after each kill, until cancelled."""
        while True:
            self._process = await self._opened()
            self._dying = False
            try:
                await self._life(self._process)
                if not self._dying:
                    raise AppEnded(self.seat.name)
            except asyncio.CancelledError:
                self._kill(self._process, always=True)
                raise
            finally:
                await self._process.wait()
                self._process = None
                self.outbox.killed()
            self.kills += 1

    async def _opened(self) -> asyncio.subprocess.Process:
        opening = asyncio.create_task(
            asyncio.create_subprocess_exec(
                *self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=self._environment,
            )
        )
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            process = await opening
            process.kill()
            await process.wait()
            raise

    async def _life(self, process: asyncio.subprocess.Process) -> None:
        """Hear what the app tells, until it is killed."""
        self.view = View()
        self._type_more()
        left = self._rng.randint(*SAID_PER_LIFE)
        if self._rng.random() < EARLY:
            asyncio.get_running_loop().call_later(self._rng.uniform(0, 0.4), self._kill, process)
        assert process.stdout is not None
        async for line in process.stdout:
            if not line.endswith(b"\n"):
                return  # killed while it told
            news = msgspec.json.decode(line)
            self._hear(news)
            left -= "said" in news
            if left <= 0:
                self._kill(process)  # what it has told until then is still read

    def _hear(self, news: Any) -> None:
        match news:
            case {"said": cmid, "text": text}:
                self.outbox.on_disk(cmid, text)
            case {"ack": cmid, "seq": seq}:
                self.outbox.acked(cmid, seq)
                self._type_more()
            case {"event": {"seq": seq, "cmid": cmid, "text": text}}:
                self.view.lines.append(Line(seq, cmid, text))
                self.view.cursor = seq
                if text.startswith(f"{self.seat.name} "):
                    self.outbox.shown(cmid, seq, text)
                    self._type_more()
            case {"reset": _}:
                self.said["log began anew"] += 1
                self.view = View()
            case {"refused": title}:
                self.said[f"refused {title}"] += 1

    def _type_more(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            typed = "".join(f"{text}\n" for text in self.outbox.more())
            self._process.stdin.write(typed.encode())

    def _kill(self, process: asyncio.subprocess.Process, *, always: bool = False) -> None:
        if (self.mortal or always) and process is self._process and not self._dying:
            self._dying = True
            process.kill()
