"""The edge and the wiring: HTTP, WebSocket, sign-in, database, jobs, configuration, commands."""
