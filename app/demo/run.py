"""`make run`: everything started, three links, until Ctrl-C."""

import asyncio
import socket
from pathlib import Path

import click

from app.demo.agents import PASSWORD, described, seed
from app.demo.certificate import self_signed
from app.demo.company import Company, NoExample, prepare
from app.demo.ports import Ports, is_free
from app.demo.processes import NotStarted, beside
from app.demo.proxy import Proxy
from app.doctor import NotReady, ensure_ready
from app.server import PortTaken, serve
from app.store.engine import open_database
from app.store.sql import SqlStore
from migrations.run import upgrade
from rtc.addresses import own


class PortsTaken(Exception):
    """Another program, or a demo that still runs, has some of the ports."""

    def __init__(self, taken: list[str]) -> None:
        super().__init__(
            f"in use by another program: {', '.join(taken)}. "
            "Stop it (perhaps a demo that still runs), or take others with --port"
        )
        self.taken = taken


REFUSALS = (NoExample, NotReady, NotStarted, PortsTaken, PortTaken)
"""What stops the demo with one clear line."""


def run(data: Path, database_url: str, port: int, *, https: bool) -> None:
    """Serve the example company until Ctrl-C."""
    ports = Ports(server=port, bank=port + 1, push=port + 2, media=port + 400)
    _refuse_taken(ports)
    certificate = self_signed(data, own()) if https else None
    company = prepare(data, ports, database_url=database_url, https=certificate)
    asyncio.run(ensure_ready(company.config))
    asyncio.run(load_people(company))
    proxy = Proxy(company) if https else None
    with beside(company):
        serve(
            company.config,
            ready=lambda: _print_links(company, https=https),
            stopping=proxy.close if proxy else lambda: None,
            more_routes=proxy.routes if proxy else (),
        )


def _refuse_taken(ports: Ports) -> None:
    wanted = (
        ("Warmline", ports.server, socket.SOCK_STREAM),
        ("the example bank", ports.bank, socket.SOCK_STREAM),
        ("the push double", ports.push, socket.SOCK_STREAM),
        ("media, UDP", ports.media, socket.SOCK_DGRAM),
    )
    taken = [f"port {port} (for {what})" for what, port, kind in wanted if not is_free(port, kind)]
    if taken:
        raise PortsTaken(taken)


async def load_people(company: Company) -> None:
    """Migrate the database and add the agents."""
    url = company.config.resolved_database_url
    await upgrade(url)
    store = SqlStore(open_database(url), lambda topics: None)
    try:
        await seed(store)
    finally:
        await store.close()


def _print_links(company: Company, *, https: bool) -> None:
    scheme = "https" if https else "http"
    here = f"{scheme}://localhost:{company.ports.server}"
    messages = f"{here}/demo/bank" if https else f"http://localhost:{company.ports.bank}"
    click.echo(
        f"""
  Phone     {here}/phone/    the bank's app, as Maya
  Desk      {here}/desk/     sign in as {described()["agents"][0].email}, password {PASSWORD}
  API       {here}/docs/

  Text messages of the bank (one-time codes): {messages}/messages
  Maya's new card ends in 4417 and is valid until 11/30 (4471 is on the old one).

  Stop with Ctrl-C. Start again with the same command; everything is kept."""
    )
    if https:
        _print_phone_code(f"https://{_in_url(own()[0])}:{company.ports.server}")


def _print_phone_code(here: str) -> None:
    import segno

    click.echo(
        f"""
  On a phone in this network (accept the self-signed certificate):
  {here}/phone/
  Its one-time codes: {here}/demo/bank/messages
"""
    )
    segno.make(f"{here}/phone/").terminal(compact=True)


def _in_url(address: str) -> str:
    return f"[{address}]" if ":" in address else address
