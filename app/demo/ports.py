"""Which ports has the example company, and are they free?"""

import random
import socket

from msgspec import Struct

OURS = range(10_000, 32_000)
"""Below those that Linux (from 32768) and macOS (from 49152) give to outgoing connections: one of
those may be taken by a client, or connect to itself, while a killed server comes back."""


class Ports(Struct, frozen=True, kw_only=True):
    """0 stands for any free one; the media worker's is UDP."""

    server: int = 8000
    bank: int = 8001
    push: int = 8002
    media: int = 8400


def free_ports() -> Ports:
    """Ports that nobody uses at the moment."""
    shuffled = random.sample(OURS, len(OURS))
    free = (port for port in shuffled if is_free(port) and is_free(port, socket.SOCK_DGRAM))
    return Ports(server=next(free), bank=next(free), push=next(free), media=next(free))


def is_free(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    host = "0.0.0.0"  # noqa: S104 - only probed
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            host = "127.0.0.1"
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
