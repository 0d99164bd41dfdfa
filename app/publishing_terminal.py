"""What does the person who publishes flows see, and when are they asked?"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import click

from app.catalogue import Catalogue
from app.company.terminal import NotMigrated
from app.publishing import Elsewhere, Plan, Policy, Publishing
from app.runs.log import RunLog
from app.store.engine import open_database
from app.store.sql import SqlStore
from migrations.run import current, head
from selfservice.definition import Definition, load
from selfservice.texts import Catalogues


async def run(
    url: str,
    texts: Path,
    files: Sequence[tuple[Definition, str]],
    policy: Policy,
    renames: Mapping[str, str],
    *,
    dry_run: bool,
    yes: bool,
) -> None:
    """Show what would become of whom; publish unless it is only to be shown, or they say no.

    Raises NotMigrated.
    """
    if await current(url) != head():
        raise NotMigrated
    store = SqlStore(open_database(url), lambda topics: None)  # the server looks every second
    catalogue = Catalogue()
    try:
        await catalogue.refresh(store)
        publishing = Publishing(store, catalogue, RunLog(catalogue, Catalogues(texts)))
        loaded = await _with_callers(store, files, catalogue)
        plans = [await publishing.plan(one, renames) for one, _ in loaded]
        for plan in plans:
            _show(plan, policy)
        if dry_run or all(plan.is_live for plan in plans):
            return
        if not yes:
            click.confirm("Publish?", abort=True)
        moved = await publishing.publish(loaded, policy, renames)
        click.echo(f"Live. {moved} runs follow." if policy is not Policy.PIN else "Live.")
    finally:
        await store.close()


async def _with_callers(
    store: SqlStore, loaded: Sequence[tuple[Definition, str]], catalogue: Catalogue
) -> list[tuple[Definition, str]]:
    """With those live flows that call one of these: they get a new version, too."""
    found = {one.flow: (one, text) for one, text in loaded}
    live = {one.flow: one for one in catalogue.all_live()} | {k: v[0] for k, v in found.items()}
    waiting = [
        one for one in catalogue.all_live() if one.flow not in found and one.links.keys() & found
    ]
    while waiting:
        caller = waiting.pop()
        async with store.read() as work:
            text = (await work.flow_versions.get(caller.version)).body
        again = load(text, caller.flow, live)
        found[caller.flow] = (again, text)
        live[caller.flow] = again
        waiting += [
            one
            for one in catalogue.all_live()
            if one.flow not in found and caller.flow in one.links
        ]
    return list(found.values())


def _show(plan: Plan, policy: Policy) -> None:
    label = f" ({plan.label})" if plan.label else ""
    click.echo(f"{plan.flow}{label}, version {plan.version[:12]}")
    if plan.is_live:
        click.echo("  is live already")
        return
    elsewhere = plan.in_flight - plan.migrate
    click.echo(
        f"  {plan.in_flight} in flight: {plan.migrate} would stand at the same place, "
        f"{elsewhere} elsewhere; {_fate(policy)}"
    )
    _list(plan.elsewhere)
    changed = sum(one.runs for one in plan.ended_elsewhere)
    click.echo(f"  {plan.tried} that ended lately: {changed} would have ended elsewhere")
    _list(plan.ended_elsewhere)


def _fate(policy: Policy) -> str:
    return {
        Policy.PIN: "all go on with the version they began with",
        Policy.MIGRATE: "the first follow this version, the others stay",
        Policy.FORCE: "all follow this version",
    }[policy]


def _list(found: Iterable[Elsewhere]) -> None:
    for one in found:
        lands = f"at {one.lands}" if one.lands else "nowhere: their inputs do not fit"
        click.echo(f"    {one.runs} from {one.step} {lands}, such as run {one.example}")
