"""What does the person who applies a file see, and when are they asked?"""

import getpass

import click

from app.company.apply import Plan, apply, look
from app.company.checks import unserved
from app.company.file import Sections
from app.company.stored import By
from app.store.engine import open_database
from app.store.sql import SqlStore
from migrations.run import current, head


class NotMigrated(Exception):
    def __init__(self) -> None:
        super().__init__("the database has not the newest schema: run `warmline migrate` first")


async def run(url: str, given: Sections, *, dry_run: bool, yes: bool, prune: bool) -> None:
    """Show the difference; write it unless it is only to be shown, or the person says no."""
    if await current(url) != head():
        raise NotMigrated
    store = SqlStore(open_database(url), lambda topics: None)  # the server looks every second
    try:
        shown = await look(store, given, prune=prune)
        _show(shown)
        if dry_run or not shown.lines:
            return
        if not yes:
            click.confirm("Apply?", abort=True)
        by = By(name=f"apply by {getpass.getuser()}")
        invited = await apply(store, given, shown, by, prune=prune)
        click.echo("Applied.")
        for one in invited:
            until = f"{one.expires_at:%d %B %Y, %H:%M} UTC"
            click.echo(f"{one.email} chooses a password at {one.path}, until {until}")
        if invited:
            click.echo("These links work once and are shown only here. Give each to its agent.")
    finally:
        await store.close()


def _show(shown: Plan) -> None:
    for line in shown.lines or ("Nothing to change.",):
        click.echo(line)
    if shown.left_alone:
        click.echo(f"Not in the file, stays as it is: {', '.join(shown.left_alone)}")
    for name in unserved(shown.after.company):
        click.echo(f"Warning: no agent serves the queue {name}")
