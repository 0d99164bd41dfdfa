"""A company to test against: bank, server and people. Everything goes over real sockets."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import uvicorn
from litestar import Litestar
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete

from app.api.reference import description
from app.auth import access_token
from app.auth.password import hash_password
from app.config import Config
from app.conversation.interaction import Interaction
from app.conversation.people import Agent, Capacity
from app.conversation.queues import Queue
from app.ids import new_id
from app.main import create_app
from app.queue import offer_round
from app.retry import retried
from app.server import uvicorn_config
from app.store import tables
from app.store.engine import Database, open_database
from app.store.records import Owner
from app.store.sql import SqlStore
from examples.bank.people import CARDS, PEOPLE
from examples.bank.serving import listening
from rtc.memory import MemoryEngine
from tests.api.real_bank import SECRET, RunningBank
from tests.api.wire_schema import conforms

BANK = Path(__file__).parent.parent.parent / "examples" / "bank"
DIGITS = {"last4": "4417", "expiry": "11/30"}
WRONG_DIGITS = {"last4": "4471", "expiry": "11/30"}
PASSWORD = "a long password of the desk"

Answer = httpx.Response


class Person:
    """Somebody, signed in or not. Every answer is held against the OpenAPI document."""

    def __init__(self, company: "Company", token: str = "") -> None:
        self.company = company
        self.token = token

    async def send(self, method: str, path: str, json: Any = None, **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if json is not None:
            more["content"] = msgspec.json.encode(json)
            headers["Content-Type"] = "application/json"
        headers |= more.pop("headers", {})
        answer = await self.company.http.request(method, path, headers=headers, **more)
        conforms(self.company.document, answer)
        return answer

    async def get(self, path: str) -> Answer:
        return await self.send("GET", path)

    async def post(self, path: str, json: Any = None, **more: Any) -> Answer:
        return await self.send("POST", path, json, **more)

    async def read(self, path: str) -> Any:
        """Get what must be there."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def do(self, path: str, json: Any = None, **more: Any) -> Any:
        """Post what must succeed."""
        answer = await self.post(path, json, **more)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def me(self) -> Any:
        return await self.read("/v1/me")

    async def act(self, interaction: Any, verb: str, json: Any = None) -> Answer:
        return await self.post(f"/v1/interactions/{interaction['id']}/{verb}", json or {})

    async def did(self, interaction: Any, verb: str, json: Any = None) -> Any:
        """Act, which must succeed."""
        return await self.do(f"/v1/interactions/{interaction['id']}/{verb}", json or {})

    async def upload(self, conversation: str, content: Any, name: str = "photo.jpg") -> Answer:
        path = f"/v1/conversations/{conversation}/files"
        headers = {"Content-Type": "application/octet-stream"}
        return await self.send(
            "POST", path, content=content, params={"name": name}, headers=headers
        )

    async def uploaded(self, conversation: str, content: Any, name: str = "photo.jpg") -> Any:
        """Upload, which must succeed."""
        answer = await self.upload(conversation, content, name)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def events(self, conversation: str, after: int = 0) -> list[Any]:
        page = await self.read(f"/v1/conversations/{conversation}/events?after={after}")
        return list(page["items"])


class SignedInCustomer(Person):
    def __init__(self, company: "Company", signed_in: Mapping[str, Any]) -> None:
        super().__init__(company, signed_in["access_token"])
        self.id: str = signed_in["customer"]["id"]
        self.conversation: str = signed_in["conversation_id"]

    async def start(self, card: str = "maya-debit") -> Any:
        """Begin activating a card: its first screen."""
        wanted = {"flow": "activate_debit_card", "inputs": {"card_id": card}}
        return await self.do("/v1/runs", wanted)

    async def answer(self, screen: Any, values: Any, **more: Any) -> Answer:
        body = {"rev": screen["rev"], "step": screen["step"], "values": values}
        return await self.post(f"/v1/runs/{screen['run_id']}/answers", body, **more)

    async def answered(self, screen: Any, values: Any, **more: Any) -> Any:
        """Answer, which must be taken: the next screen."""
        answer = await self.answer(screen, values, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def with_code_asked(self, card: str = "maya-debit") -> Any:
        """Right digits given: the screen that asks for the one-time code."""
        return await self.answered(await self.start(card), DIGITS)

    async def ask(self, channel: str = "text", run: Any = None, **more: Any) -> Any:
        """Ask for a human, in the run of a screen: the interaction."""
        run_id = run["run_id"] if run else None
        return await self.do("/v1/help", {"channel": channel, "run_id": run_id, **more})


class Guest(SignedInCustomer):
    def __init__(self, company: "Company", signed_in: Mapping[str, Any], sent: str | None) -> None:
        super().__init__(company, signed_in)
        self.secret = str(signed_in["device_secret"] or sent)
        self.is_new = signed_in["device_secret"] is not None

    async def signs_in(self, name: str = "maya") -> tuple[SignedInCustomer, bool]:
        """On the same device, with the host's token: who that is, and whether it was linked."""
        body = {"token": self.company.host_token(name), "device_secret": self.secret}
        found = await self.company.nobody.do("/v1/sign-in/customer", body)
        return SignedInCustomer(self.company, found), found["linked"]


class SignedInAgent(Person):
    def __init__(self, company: "Company", token: str, agent: Agent) -> None:
        super().__init__(company, token)
        self.id = str(agent.id)
        self.name = agent.name

    async def accepted(self, interaction: Any) -> Any:
        """Have it offered and take it."""
        async with asyncio.timeout(5):
            # The server's own round may be at it just now, and hold it.
            while interaction["id"] not in await self.offers():
                await asyncio.sleep(0.02)
        return await self.did(interaction, "accept")

    async def offers(self) -> list[str]:
        """Ids of the interactions that are offered now."""
        await offer_round(self.company.store)
        return [one["interaction"]["id"] for one in (await self.me())["offers"]]


class Company(Struct, frozen=True, kw_only=True):
    """The running server and what stands around it. `store` is a second way to its database."""

    url: str
    app: Litestar
    config: Config
    document: dict[str, Any]
    http: httpx.AsyncClient
    database: Database
    store: SqlStore
    engine: MemoryEngine
    bank: RunningBank

    @property
    def nobody(self) -> Person:
        return Person(self)

    def host_token(self, customer: str = "maya") -> str:
        return self.bank.bank.key.token(PEOPLE[customer], self.bank.bank.now())

    def code(self, customer: str = "maya") -> str:
        """The one-time code that the bank sent last."""
        return self.bank.bank.books.messages_of(customer)[0].code

    async def customer(self, name: str = "maya") -> SignedInCustomer:
        token = {"token": self.host_token(name)}
        return SignedInCustomer(self, await self.nobody.do("/v1/sign-in/customer", token))

    async def guest(self, secret: str | None = None, **more: Any) -> "Guest":
        """Somebody on a device of their own who does not sign in."""
        high, low = secrets.token_bytes(2)
        address = f"198.18.{high}.{low}"  # each at home, not all in one house
        body = {"device_secret": secret, **more}
        headers = {"X-Forwarded-For": address}
        found = await self.nobody.do("/v1/sign-in/anonymous", body, headers=headers)
        return Guest(self, found, secret)

    async def for_anybody(self, queue: str = "general") -> None:
        """The queue is also for those who do not sign in."""
        async with self.store.write() as work:
            await work.queues.put(Queue(name=queue, anonymous=True))

    async def agent(
        self,
        name: str = "ines",
        queues: tuple[str, ...] = ("cards", "general"),
        *,
        roles: tuple[str, ...] = ("agent",),
        calls: int = 1,
        texts: int = 4,
        available: bool = True,
    ) -> SignedInAgent:
        """An agent at work: signed in, with a desk that is connected, available."""
        agent = Agent(
            id=new_id(),
            email=f"{name}@bank.example",
            name=name.title(),
            password_hash="$argon2id$",
            queues=queues,
            roles=roles,
            capacity=Capacity(calls=calls, texts=texts),
        )
        async with self.store.write() as work:
            await work.agents.add(agent)
            token, _ = await access_token.issue(work, Owner.AGENT, agent.id)
            await work.agents.reachable_until(
                agent.id, uuid4(), await work.now() + timedelta(minutes=5)
            )
        one = SignedInAgent(self, token, agent)
        if available:
            await one.send("PUT", "/v1/me/presence", {"intent": "available"})
        return one

    async def agent_with_password(self, email: str = "ines@bank.example") -> None:
        """An agent who can sign in with PASSWORD."""
        hashed = await hash_password(PASSWORD)
        agent = Agent(
            id=new_id(), email=email, name="Ines", password_hash=hashed, queues=("cards",)
        )
        async with self.store.write() as work:
            await work.agents.add(agent)

    async def interaction(self, id: str) -> Interaction:
        async with self.store.read() as work:
            return await work.interactions.get(UUID(id))

    @retried
    async def change(self, id: str, **fields: Any) -> None:
        """Write over an interaction, as time would."""
        async with self.store.write() as work:
            one = await work.interactions.get(UUID(id))
            await work.interactions.save(replace(one, **fields))

    async def long_ago(self) -> datetime:
        async with self.store.read() as work:
            return await work.now() - timedelta(hours=1)

    async def forget_everything(self) -> None:
        """As on the first day; flows stay published."""
        kept = {tables.meta, tables.flow_version, tables.live_flow}
        async with self.database.write() as db:
            for table in reversed(tables.metadata.sorted_tables):
                if table not in kept:
                    await db.execute(delete(table))
        await asyncio.to_thread(rmtree, self.config.resolved_files_dir, ignore_errors=True)
        self.bank.bank.faults.forget()
        self.bank.bank.books.forget_cases()
        for card in CARDS:
            self.bank.bank.books.save(card)


class More(Struct, frozen=True, kw_only=True):
    """What a company has beside the bank's flows and our routes."""

    flows: dict[str, str] = {}
    routes: tuple[Any, ...] = ()
    flows_reload: bool = False
    settings: dict[str, Any] = {}


def config_for(bank: RunningBank, folder: Path, database_url: str) -> Config:
    keys = folder / "jwks.json"
    keys.write_bytes(msgspec.json.encode(bank.bank.key.jwks))
    return Config(
        secret="for tests only, and at least 32 characters",
        data_dir=folder,
        database_url=database_url,
        host_keys=str(keys),
        actions_url=bank.url,
        actions_secret=SECRET,
        actions_networks="127.0.0.0/8",
        flows_dir=str(_impatient_flows(folder)),
        texts_dir=str(BANK / "texts"),
        origins="https://app.bank.example",
    )


def _impatient_flows(folder: Path) -> Path:
    """The bank's flows, which wait for its back end a second only."""
    flows = folder / "flows"
    flows.mkdir()
    for path in (BANK / "flows").glob("*.yaml"):
        text = path.read_text().replace("timeout: 8s", "timeout: 1s")
        text = text.replace("    fresh_for", "    timeout: 1s\n    fresh_for")
        (flows / path.name).write_text(text)
    return flows


@asynccontextmanager
async def running_company(
    bank: RunningBank, folder: Path, database_url: str, more: More | None = None
) -> AsyncIterator[Company]:
    """The server as it is run, but with an engine that carries no media."""
    engine, more = MemoryEngine(), more or More()
    settings = {"flows_reload": more.flows_reload, **more.settings}
    config = replace(config_for(bank, folder, database_url), **settings)
    for name, text in more.flows.items():
        (Path(config.flows_dir) / f"{name}.yaml").write_text(text)
    app = create_app(config, engine, more.routes)
    database = open_database(database_url)
    with listening("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with (
            _serving(uvicorn.Server(uvicorn_config(config, app)), listener),
            httpx.AsyncClient(base_url=url, timeout=20) as http,
            _closing(database),
        ):
            yield Company(
                url=url,
                app=app,
                config=config,
                document=description(app),
                http=http,
                database=database,
                store=SqlStore(database, lambda topics: None),
                engine=engine,
                bank=bank,
            )


@asynccontextmanager
async def _closing(database: Database) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await database.close()


@asynccontextmanager
async def _serving(server: uvicorn.Server, listener: socket.socket) -> AsyncIterator[None]:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            assert not serving.done(), "the server did not start"
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await serving
