"""`make run`: everything started, three links, until Ctrl-C."""

import asyncio
from pathlib import Path

import click

from app.demo.agents import PASSWORD, PEOPLE, seed
from app.demo.certificate import self_signed
from app.demo.company import Company, NoExample, Ports, prepare
from app.demo.processes import NotStarted, beside
from app.demo.proxy import routes
from app.server import PortTaken, serve
from app.store.engine import open_database
from app.store.sql import SqlStore
from migrations.run import upgrade
from rtc.addresses import own

REFUSALS = (NoExample, NotStarted, PortTaken)
"""What stops the demo with one clear line."""


def run(data: Path, database_url: str, port: int, *, https: bool) -> None:
    """Serve the example company until Ctrl-C."""
    ports = Ports(server=port, bank=port + 1, push=port + 2, media=port + 400)
    certificate = self_signed(data, own()) if https else None
    company = prepare(data, ports, database_url=database_url, https=certificate)
    asyncio.run(load_people(company))
    with beside(company):
        serve(
            company.config,
            ready=lambda: _print_links(company, https=https),
            more_routes=routes(company) if https else (),
        )


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
    click.echo(
        f"""
  Phone     {here}/phone/    the bank's app, as Maya
  Desk      {here}/desk/     sign in as {next(iter(PEOPLE))}, password {PASSWORD}
  API       {here}/docs/

  Text messages of the bank (one-time codes): http://localhost:{company.ports.bank}/messages
  Maya's new card ends in 4417 and is valid until 11/30 (4471 is on the old one).

  Stop with Ctrl-C. Start again with the same command; everything is kept."""
    )
    if https:
        _print_phone_code(f"https://{own()[0]}:{company.ports.server}/phone/")


def _print_phone_code(url: str) -> None:
    import segno

    click.echo(f"\n  On a phone in this network: {url}\n  (accept the self-signed certificate)\n")
    segno.make(url).terminal(compact=True)
