"""What does the person who applies a file see, and when are they asked?"""

import secrets

import click

from app.company.apply import apply, look, newcomers
from app.company.file import Company, unserved
from app.company.plan import Plan
from app.store.engine import open_database
from app.store.sql import SqlStore
from migrations.run import current, head

PASSWORD_BYTES = 12
"""96 bits: 16 letters."""


class NotMigrated(Exception):
    def __init__(self) -> None:
        super().__init__("the database has not the newest schema: run `warmline migrate` first")


async def run(url: str, company: Company, *, dry_run: bool, yes: bool) -> None:
    """Show the difference; write it unless it is only to be shown, or the person says no."""
    if await current(url) != head():
        raise NotMigrated
    store = SqlStore(open_database(url), lambda topics: None)  # the server looks every second
    try:
        shown = await look(store, company)
        _show(company, shown)
        if dry_run or not shown.lines:
            return
        if not yes:
            click.confirm("Apply?", abort=True)
        passwords = {one: secrets.token_urlsafe(PASSWORD_BYTES) for one in newcomers(shown)}
        await apply(store, company, shown, passwords)
        click.echo("Applied.")
        for email, password in passwords.items():
            click.echo(f"First password of {email}, shown only here: {password}")
    finally:
        await store.close()


def _show(company: Company, shown: Plan) -> None:
    for line in shown.lines or ("Nothing to change.",):
        click.echo(line)
    if shown.left_alone:
        click.echo(f"Not in the file, stays as it is: {', '.join(shown.left_alone)}")
    for name in unserved(company):
        click.echo(f"Warning: no agent of the file serves the queue {name}")
