"""How is one page served? Three tasks, until one of them ends.

One reads frames and never sends, one waits for bells and sends what is new, one ends it where the
other side falls silent, does not read, or is signed in no more.
"""

import asyncio
from typing import Any

from litestar import WebSocket

from app import topics
from app.api import frames
from app.api.live_context import LiveContext
from app.api.live_socket.connection import Connection
from app.api.live_socket.following import Following
from app.api.live_socket.lease import Lease
from app.api.live_socket.needs import Live
from app.api.live_socket.outlet import Outlet
from app.api.live_socket.reading import Reader
from app.api.live_socket.sending import Sender
from app.api.live_socket.signed_in import SignedIn
from app.api.live_socket.unanswered import Unanswered
from app.auth.caller import Caller
from app.bus.memory import Bells
from app.conversation.people import Agent
from app.unbroken import unbroken

LOOK_EVERY_S = 5


async def serve(
    socket: WebSocket[Any, Any, Any], live: Live, who: Caller, hello: frames.Hello
) -> None:
    with live.bus.listening(*_heard_by(who)) as bells:
        connection = _connected(socket, live, SignedIn(live.store, who, hello.token), bells)
        reader, sender = Reader(socket, connection), Sender(connection, hello)
        try:
            await connection.lease.renew()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(reader.read())
                tasks.create_task(sender.send())
                tasks.create_task(_guard(reader, connection))
        finally:
            await connection.lease.give_up()


def _heard_by(who: Caller) -> list[str]:
    mine = topics.TEAM_READ if isinstance(who, Agent) else topics.place(who.id)
    return [topics.me(who.id), topics.LEAVING, topics.STOPPING, mine]


def _connected(
    socket: WebSocket[Any, Any, Any], live: Live, signed_in: SignedIn, bells: Bells
) -> Connection:
    who, outlet = signed_in.who, Outlet(socket)
    context = None if isinstance(who, Agent) else LiveContext(live.store, who)
    return Connection(
        live=live,
        signed_in=signed_in,
        lease=Lease(live.store, who),
        bells=bells,
        outlet=outlet,
        unanswered=Unanswered(bells.wake),
        following=Following(live, signed_in, outlet, bells, context),
        context=context,
    )


async def _guard(reader: Reader, connection: Connection) -> None:
    """A look now and then at what would end it, and at what is due."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        reader.must_speak()
        connection.outlet.must_be_read()
        await connection.signed_in.must_be()
        if connection.context is not None:
            await unbroken(connection.context.keep_due())
