"""uvicorn's WebSockets, but what nobody reads does not pile up."""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class SocketProtocol(WebSocketsSansIOProtocol):
    def handle_ping(self) -> None:
        """uvicorn answers at once, also where the other side takes nothing."""
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()  # the pong, which is dropped
