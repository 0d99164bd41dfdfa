"""Starts the bank: python -m examples.bank --help"""

from pathlib import Path

import click

from examples.bank.bank import Bank
from examples.bank.books import Books
from examples.bank.keys import PUBLIC_FILE, kept_key, new_key
from examples.bank.people import CARDS, CHARGES
from examples.bank.server import create_app
from examples.bank.serving import PortInUse, listening, server
from examples.bank.signature import BadSecret, read_secret

DATA = Path(".warmline/bank")
data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=DATA,
    show_default=True,
    help="Folder of the bank's key and books.",
)


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True, help="0 picks a free one.")
@data_option
@click.option("--memory", is_flag=True, help="Keep nothing: new key, new books, no folder.")
@click.option(
    "--secret",
    envvar="BANK_SECRET",
    help="Shared with Warmline to sign requests: whsec_<base64>.  [env: BANK_SECRET]",
)
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    default=["http://localhost:8000"],
    show_default=True,
    help="Where pages of the bank's app come from; may be given several times.",
)
@click.option("--faults", is_flag=True, help="Allow POST /faults, for tests.")
@click.pass_context
def main(
    context: click.Context,
    host: str,
    port: int,
    data: Path,
    memory: bool,
    secret: str | None,
    origins: tuple[str, ...],
    faults: bool,
) -> None:
    """A small bank with customers, cards and text messages, for the examples."""
    if context.invoked_subcommand is not None:
        return
    key = new_key() if memory else kept_key(data)
    books = Books.open(None if memory else data / "books.sqlite", CARDS, CHARGES)
    bank = Bank(books=books, key=key, secret=_read(secret))
    app = create_app(bank, list(origins), with_faults=faults)
    try:
        listener = listening(host, port)
    except PortInUse as error:
        raise click.ClickException(f"the bank cannot listen on {error}") from None
    click.echo(f"Bank on http://localhost:{listener.getsockname()[1]}")
    server(app).run(sockets=[listener])
    books.close()


def _read(secret: str | None) -> bytes:
    try:
        return read_secret(secret or "")
    except BadSecret:
        raise click.ClickException(
            "set BANK_SECRET (or --secret) to whsec_ and at least 24 bytes in base64, "
            "the same as Warmline has"
        ) from None


@main.command()
@data_option
def keys(data: Path) -> None:
    """Make the key for signing tokens, if there is none, and print where its JWK set lies."""
    kept_key(data)
    click.echo(data / PUBLIC_FILE)


if __name__ == "__main__":
    main(prog_name="python -m examples.bank")
