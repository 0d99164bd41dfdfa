"""Starts the shop: python -m examples.shop --help"""

from pathlib import Path

import click

from examples.bank.keys import kept_key
from examples.bank.serving import PortInUse, listening, server
from examples.bank.signature import BadSecret, read_secret
from examples.shop.books import Books
from examples.shop.people import ORDERS
from examples.shop.server import Shop, create_app


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8003, show_default=True, help="0 picks a free one.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".warmline/shop"),
    show_default=True,
    help="Folder of the shop's key and books.",
)
@click.option(
    "--secret",
    envvar="SHOP_SECRET",
    default="",
    help="Shared with Warmline to sign requests: whsec_<base64>.  [env: SHOP_SECRET]",
)
@click.option("--faults", is_flag=True, help="Allow POST /faults, for tests.")
def main(host: str, port: int, data: Path, secret: str, faults: bool) -> None:
    """A small shop with customers and orders, for the examples."""
    try:
        shared = read_secret(secret)
    except BadSecret:
        raise click.ClickException(
            "set SHOP_SECRET (or --secret) to whsec_ and at least 24 bytes in base64, "
            "the same as Warmline has"
        ) from None
    key = kept_key(data)
    books = Books.open(data / "books.sqlite", ORDERS)
    app = create_app(Shop(books=books, key=key, secret=shared), with_faults=faults)
    try:
        listener = listening(host, port)
    except PortInUse as error:
        raise click.ClickException(f"the shop cannot listen on {error}") from None
    click.echo(f"Shop on http://localhost:{listener.getsockname()[1]}")
    server(app).run(sockets=[listener])
    books.close()


if __name__ == "__main__":
    main(prog_name="python -m examples.shop")
