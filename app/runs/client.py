"""From where does a customer ask: by which access token, with what kind of app?"""

from msgspec import Struct

from selfservice.downgrade import App

PASSKEY = "passkey"
"""What an app that can use passkeys says it can."""


class Client(Struct, frozen=True, kw_only=True):
    sign_in: bytes  # the hash of the access token
    caps: frozenset[str] = frozenset()  # what the app says it can do
    app: App = App()
    """What it can draw; an app that says nothing of it, everything."""
