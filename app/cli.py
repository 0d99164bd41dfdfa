"""The command line: serve, migrate, doctor, apply, flow, simulate, demo."""

import asyncio
import sys
from pathlib import Path

import click

from app.config import Config, ConfigError, load
from app.telemetry import configure_logs
from app.yaml_file import BadFile

LAST_PORT = 65_535 - 400
"""The demo's UDP port is 400 above."""


@click.group()
@click.version_option(package_name="warmline")
def main() -> None:
    """Self-service in a company's app, with a warm line to a person."""


@main.command()
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Server processes on the one port; more than one needs Postgres.",
)
def serve(workers: int) -> None:
    """Run the server with the settings of the environment (WARMLINE_...)."""
    config = _config()
    if workers > 1 and not config.on_postgres:
        raise click.ClickException(
            "SQLite serves one process: leave --workers out, or set WARMLINE_DATABASE_URL to "
            "a Postgres"
        )
    from app.doctor import NotReady, ensure_ready
    from app.server import PortTaken
    from app.server import serve as run
    from app.supervisor import NotStarted, supervise
    from rtc.engine import WorkerLost

    configure_logs()
    try:
        asyncio.run(ensure_ready(config))
        if workers == 1:
            run(config)
        else:
            supervise(config, workers)
    except (NotReady, PortTaken, NotStarted, WorkerLost) as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        return  # how a person ends it


@main.command()
def migrate() -> None:
    """Bring the database to the newest schema; safe to run again, also by several at once."""
    from app.doctor import NotReady, ensure_database
    from migrations.run import current, head, upgrade

    config = _config()
    try:
        asyncio.run(ensure_database(config))
    except NotReady as error:
        raise click.ClickException(str(error)) from None
    url = config.resolved_database_url
    before = asyncio.run(current(url))
    asyncio.run(upgrade(url))
    click.echo(f"{before or 'empty'} -> {head()}" if before != head() else f"up to date: {head()}")


@main.command()
def doctor() -> None:
    """Check ports, database, media and pages, and say how to mend each."""
    from app.doctor import examine

    healthy = True
    for finding in asyncio.run(examine(_config())):
        healthy = healthy and finding.ok
        click.echo(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.what}: {finding.found}")
        if not finding.ok:
            click.echo(f"      {finding.mend}")
    sys.exit(0 if healthy else 1)


@main.command()
@click.argument("company", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--prune", is_flag=True, help="Remove what the file's sections no longer name.")
def apply(company: Path, dry_run: bool, yes: bool, prune: bool) -> None:
    """Set the company up as the file says; prints the difference first."""
    from app.company.apply import ChangedMeanwhile
    from app.company.file import load as load_company
    from app.company.file import sections
    from app.company.terminal import NotMigrated, run
    from app.conversation.errors import NotAllowed
    from app.yaml_file import line_of

    text = company.read_text()
    try:
        given = sections(load_company(text))
        url = _config().resolved_database_url
        asyncio.run(run(url, given, dry_run=dry_run, yes=yes, prune=prune))
    except BadFile as error:
        line = line_of(text, error.place)
        where = f"{company}:{line}" if line else str(company)
        raise click.ClickException(f"{where}: {error}") from None
    except (NotMigrated, ChangedMeanwhile, NotAllowed) as error:
        raise click.ClickException(str(error)) from None


class _FlowCommands(click.Group):
    """The commands of app/flow_cli.py, imported when one of them is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._commands().get(cmd_name)

    def _commands(self) -> dict[str, click.Command]:
        from app.flow_cli import COMMANDS

        return COMMANDS


@main.group(cls=_FlowCommands)
def flow() -> None:
    """Check, test, draw and compare flows."""


@main.command()
@click.argument("scenario", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--seed", type=int, help="Another day of the same kind.")
def simulate(scenario: Path, as_json: bool, seed: int | None) -> None:
    """Run a day of the contact centre on a virtual clock, and check what the queue promises."""
    import msgspec

    from app.simulator.floor import Floor
    from app.simulator.page import page
    from app.simulator.report import report
    from app.simulator.scenario import load as load_scenario

    try:
        floor = Floor(load_scenario(scenario.read_text(), seed))
    except BadFile as error:
        raise click.ClickException(f"{scenario}: {error}") from None
    floor.run()
    found = report(floor)
    click.echo(msgspec.json.encode(found).decode() if as_json else page(found))
    sys.exit(0 if found.holds else 1)


@main.command()
@click.option("--play", is_flag=True, help="Go through the whole journey here, without a browser.")
@click.option("--https", is_flag=True, help="Serve phones in the same network (self-signed).")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".warmline"),
    show_default=True,
    help="Folder of the demo's database and keys.",
)
@click.option("--database-url", default="", envvar="WARMLINE_DATABASE_URL", help="Use Postgres.")
@click.option(
    "--port",
    type=click.IntRange(1, LAST_PORT),
    default=8000,
    show_default=True,
    help="Bank and push take the next two, media takes UDP 400 above.",
)
def demo(play: bool, https: bool, data: Path, database_url: str, port: int) -> None:
    """Start the example bank with everything it needs and print where to go."""
    if not play:
        # The imports alone take seconds.
        click.echo("Starting the server, the example bank and the push double ...")
    from app.demo import run as running

    try:
        if play:
            from app.demo.play import play as go_through

            sys.exit(go_through())
        configure_logs()
        running.run(data, database_url, port, https=https)
    except (*running.REFUSALS, ConfigError) as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        if play:
            raise  # not everything happened
        click.echo("\nStopped. Everything is kept.")


def _config() -> Config:
    try:
        return load()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
