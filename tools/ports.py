"""Are the ports of the demo free? Asked first: nobody should wait for an install to learn it."""

import socket

from tools.stage import Stop

FIRST = 8000
STREAM, DATAGRAM = socket.SOCK_STREAM, socket.SOCK_DGRAM
WANTED = (
    (0, STREAM, "Warmline"),
    (1, STREAM, "the example bank"),
    (2, STREAM, "the push double"),
    (400, DATAGRAM, "media, UDP"),
)
"""What takes which port, counted from the first."""


def refuse_taken(first: int = FIRST) -> None:
    """Raise Stop naming every port that another program has."""
    taken = [
        f"port {first + offset} (for {what})"
        for offset, kind, what in WANTED
        if is_taken(first + offset, kind)
    ]
    if taken:
        raise Stop(
            f"In use by another program: {', '.join(taken)}. Stop it (perhaps a demo that still "
            'runs) and run make again, or take other ports: make run ARGS="--port 9000"'
        )


def is_taken(port: int, kind: socket.SocketKind = STREAM) -> bool:
    """Tell whether binding this port is refused."""
    host = "0.0.0.0"  # noqa: S104 - only probed; media binds every address
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is STREAM:
            host = "127.0.0.1"
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        except OverflowError:
            return False  # no port at all: the demo says so
    return False
