"""How does a media worker run, and when does it end?

`python -m rtc.relay.worker --socket PATH --port N --address ADDR...` prints `ready PORT` once it
listens. It ends, and frees its port, when its standard input does: the server that started it
holds the other end of that pipe, so even a killed server leaves no worker behind.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
import threading
from contextlib import suppress

import uvloop

from rtc.engine import BadDescription, LegLost, LegUp, UnknownCall
from rtc.relay import messages
from rtc.relay.calls import Calls
from rtc.relay.leg import Leg
from rtc.relay.messages import Answer, Carried, Command, End, Offer, Reply, Stats
from rtc.relay.mux import Mux, bind

logger = logging.getLogger(__name__)

MAX_BACKLOG = 1 << 20
"""Octets that a reader of events may leave unread before it is cut off."""


class Worker:
    """Serves the commands of its clients and tells them all what happens to legs."""

    def __init__(self, addresses: tuple[str, ...], port: int) -> None:
        by_ufrag: dict[str, Leg] = {}
        sockets = bind(addresses, port)
        self.port: int = sockets[0].getsockname()[1]
        self._muxes = [Mux(sock, by_ufrag) for sock in sockets]
        self._clients: set[asyncio.StreamWriter] = set()
        bound = tuple(sock.getsockname()[0] for sock in sockets)
        self.calls = Calls(bound, self.port, by_ufrag, self._tell)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes or says something that is no command."""
        self._clients.add(writer)
        try:
            while (body := await messages.read(reader)) is not None:
                writer.write(messages.frame(self._obey(messages.commands.decode(body))))
                await writer.drain()
        except ValueError as bad:
            logger.warning("client sent no command: %s", bad)
        except ConnectionError:
            logger.info("client went away")
        finally:
            self._clients.discard(writer)
            writer.close()

    def close(self) -> None:
        for mux in self._muxes:
            mux.close()
        for client in self._clients:
            client.close()

    def _obey(self, command: Command) -> Reply:
        try:
            match command:
                case Offer(id=id_, call=call, gen=gen, sdp=sdp):
                    return messages.Described(id=id_, sdp=self.calls.offer(call, gen, sdp))
                case Answer(id=id_, call=call, gen=gen, sdp=sdp):
                    return messages.Described(id=id_, sdp=self.calls.answer(call, gen, sdp))
                case End(id=id_, call=call):
                    self.calls.end(call)
                    return messages.Ended(id=id_)
                case Stats(id=id_, call=call):
                    return messages.Counted(id=id_, stats=self.calls.stats(call))
                case Carried(id=id_):
                    return messages.Calls(id=id_, calls=self.calls.carried())
        except BadDescription as bad:
            return messages.Refused(id=command.id, line=bad.line, reason=bad.reason)
        except UnknownCall as unknown:
            return messages.NoCall(id=command.id, call=unknown.call, gen=unknown.gen)

    def _tell(self, event: LegUp | LegLost) -> None:
        for client in self._clients:
            if client.transport.get_write_buffer_size() > MAX_BACKLOG:
                client.transport.abort()
            else:
                client.write(messages.frame(event))


async def run(path: str, port: int, addresses: tuple[str, ...]) -> None:
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # To a whole group, it is meant for the server, which lets calls end before it goes.
        signal.signal(number, signal.SIG_IGN)
    _watch_stdin(loop, stopped)
    worker = Worker(addresses, port)
    os.umask(0o177)  # commands are for the server's own user
    server = await asyncio.start_unix_server(worker.serve, path)
    sweeping = asyncio.create_task(worker.calls.keep_sweeping())
    sys.stdout.write(f"ready {worker.port}\n")
    sys.stdout.flush()
    await stopped.wait()
    sweeping.cancel()
    server.close()
    worker.close()
    with suppress(FileNotFoundError):
        os.unlink(path)  # also after a killed server, which left no one else to do it


def _watch_stdin(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> None:
    """A thread, since epoll cannot watch every kind of standard input."""

    def wait_for_the_end() -> None:
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(stopped.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser(prog="rtc.relay.worker", description="A media worker.")
    parser.add_argument("--socket", required=True, help="Unix socket for commands")
    parser.add_argument("--port", type=int, required=True, help="UDP port; 0 takes a free one")
    parser.add_argument("--address", action="append", required=True, help="address to announce")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    try:
        uvloop.run(run(args.socket, args.port, tuple(args.address)))
    except OSError as failed:
        sys.exit(f"media worker: udp port {args.port}: {failed}")


if __name__ == "__main__":
    main()
