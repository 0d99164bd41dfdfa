"""Who did what, and when? One aligned line each, coloured only where a person looks on."""

import time
from collections.abc import Callable

import click

COLOURS = {"Maya": "cyan", "Ines": "green", "Tom": "yellow", "Bank": "magenta", "Phone": "blue"}
NAME_WIDTH = 8


class Transcript:
    """Seconds count from when it was made."""

    def __init__(self, write: Callable[[str], None] = click.echo) -> None:
        self._write = write
        self._began = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        return time.monotonic() - self._began

    def tell(self, who: str, what: str) -> None:
        name = click.style(f"{who:<{NAME_WIDTH}}", fg=COLOURS.get(who), bold=True)
        self._write(f"{self.elapsed_s:6.2f} s  {name}  {what}")
