"""HTTP and WebSocket, one module per resource."""
