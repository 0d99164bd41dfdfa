"""How is the double started? `python -m push.double --port 8002 --data DIR`"""

import asyncio
import errno
import signal
from pathlib import Path

import click

from push.double import credentials
from push.double.server import running


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8002, show_default=True, help="The port to listen on; 0 for any.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep the key, the devices and the ledger here.",
)
@click.pass_context
def main(context: click.Context, host: str, port: int, data: Path | None) -> None:
    """A push provider for tests and demos: FCM v1, OAuth and simulated phones."""
    if context.invoked_subcommand is not None:
        return
    try:
        asyncio.run(_serve(host, port, data))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise click.ClickException(f"port {port} is in use; choose another with --port") from error


@main.command("credentials")
@click.option("--data", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--url",
    default="http://localhost:8002",
    show_default=True,
    help="Where the double will answer.",
)
def write_credentials(data: Path, url: str) -> None:
    """Write the service account's JSON, and print where it is."""
    credentials.load_or_create(data, url.rstrip("/"))
    click.echo(credentials.path_in(data))


async def _serve(host: str, port: int, data: Path | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running(host=host, port=port, data=data, name="localhost") as double:
        click.echo(f"push double on {double.url}")
        await stop.wait()


if __name__ == "__main__":
    main()
