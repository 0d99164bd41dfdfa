"""Are the ports of the demo free? Asked first: nobody should wait for an install to learn it."""

import socket
from collections.abc import Iterable

from tools.stage import Stop

DEMO_PORTS = {8000: "Warmline", 8001: "the example bank", 8002: "the push double"}


def refuse_taken(ports: Iterable[int] = tuple(DEMO_PORTS)) -> None:
    """Raise Stop naming every port that another program listens on."""
    taken = [port for port in ports if is_taken(port)]
    if taken:
        names = ", ".join(f"{port} (for {DEMO_PORTS.get(port, 'Warmline')})" for port in taken)
        raise Stop(f"In use by another program: port {names}. Stop that program and run it again.")


def is_taken(port: int) -> bool:
    """Tell whether binding this TCP port on loopback is refused."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
