"""What do the reader and the sender of one socket share?"""

from msgspec import Struct

from app.api.live_context import LiveContext
from app.api.live_socket.following import Following
from app.api.live_socket.lease import Lease
from app.api.live_socket.needs import Live
from app.api.live_socket.outlet import Outlet
from app.api.live_socket.signed_in import SignedIn
from app.api.live_socket.unanswered import Unanswered
from app.bus.memory import Bells


class Connection(Struct, frozen=True, kw_only=True):
    live: Live
    signed_in: SignedIn
    lease: Lease
    bells: Bells
    outlet: Outlet
    unanswered: Unanswered
    following: Following
    context: LiveContext | None  # of a customer
