"""One server process of several: python -m app.server_process LISTENER MEDIA_SOCKET PLACE.

app.supervisor starts it, with its settings in the environment. It says `ready` on standard output
once it serves, and ends with its supervisor, however that ends.
"""

import os
import socket
import sys
import threading
from pathlib import Path

from app.config import load
from app.server import run
from app.telemetry import configure_logs
from rtc.relay.engine import SharedRelay


def main() -> None:
    listener, media, place = sys.argv[1:]
    configure_logs()
    threading.Thread(target=_end_with_supervisor, daemon=True).start()
    run(load(), socket.socket(fileno=int(listener)), SharedRelay(Path(media), place), _ready)


def _ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _end_with_supervisor() -> None:
    """At once, as a kill would: the port has to be free for the next one, and media are gone."""
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
