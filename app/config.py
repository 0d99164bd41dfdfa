"""The settings: one list, read from the environment, documented in docs/reference/settings.md."""

import os
import re
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

PREFIX = "WARMLINE_"
ANDROID = "android:apk-key-hash:"
_DOMAIN = re.compile(r"localhost|([a-z0-9-]+\.)+[a-z][a-z0-9-]+")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(:[0-9]{1,5})?")
UNSAFE_SECRETS = frozenset({"", "secret", "changeme", "change-me"})


class ConfigError(Exception):
    """A setting is missing or wrong; the message names its variable."""

    def __init__(self, variable: str, reason: str) -> None:
        super().__init__(f"{variable}: {reason}")
        self.variable = variable
        self.reason = reason


class Config(Struct, frozen=True, kw_only=True):
    """Everything that can be set. The variable of `data_dir` is WARMLINE_DATA_DIR, and so on."""

    secret: str
    """At least 32 characters. Seals sensitive answers and one-time codes; keep it for ever."""

    data_dir: Path = Path(".warmline")
    """Where the embedded database and the media socket live."""

    database_url: str = ""
    """postgresql://... or sqlite:///path. Empty: a SQLite file in data_dir."""

    bus_url: str = ""
    """redis://..., rediss://... or unix://...: carries bells between processes. Empty: Postgres."""

    edit_within_min: Annotated[int, Meta(ge=0)] = 15
    """So many minutes people may edit or delete a message of theirs; 0: never."""

    files_dir: str = ""
    """Folder of the files that people send; several servers share it. Empty: in data_dir."""

    files_max_bytes: Annotated[int, Meta(ge=1)] = 20 * 1024 * 1024
    """The largest file that may be sent."""

    files_per_day: Annotated[int, Meta(ge=0)] = 100
    """So many files one person may send within 24 hours; 0: none."""

    host: str = "127.0.0.1"
    """The address the server listens on."""

    port: Annotated[int, Meta(ge=0, le=65535)] = 8000
    """The TCP port of the API and the pages."""

    origins: str = ""
    """Origins that may open a WebSocket, besides the server's own; comma-separated."""

    rp_id: str = "localhost"
    """The domain that passkeys are for: the pages' own, or one above it. Keep it for ever."""

    rp_origins: str = ""
    """Origins whose passkeys count (https://app.bank.example); comma-separated. Empty: rp_id's."""

    public_url: str = ""
    """Base URL under which the company's back end fetches files from this server."""

    proxies: str = "127.0.0.1,::1"
    """Whose X-Forwarded-For and -Proto are believed: addresses and networks; comma-separated."""

    tls_cert: str = ""
    """File of the TLS certificate chain (PEM); empty: plain HTTP."""

    tls_key: str = ""
    """File of the certificate's private key (PEM)."""

    media_port: Annotated[int, Meta(ge=0, le=65535)] = 8400
    """The one UDP port of the media worker; 0 picks a free one."""

    media_addresses: str = "127.0.0.1"
    """Addresses announced for media, comma-separated; `own` stands for all of this machine."""

    host_keys: str = ""
    """File with the JWKS that signs the customers' tokens."""

    host_issuer: str = "bank"
    """The `iss` that customers' tokens must carry."""

    host_audience: str = "warmline"
    """The `aud` that customers' tokens must carry."""

    actions_url: str = ""
    """Base URL of the company's back end: actions and one-time codes are posted there."""

    actions_secret: str = ""
    """Shared secret that signs requests to the company's back end (whsec_...)."""

    actions_networks: str = ""
    """Networks beyond the public ones where that back end may be (10.0.0.0/8); comma-separated."""

    flows_dir: str = ""
    """Folder with the flows (*.yaml) that are published at start."""

    flows_reload: bool = False
    """Publish flows as soon as their files change; for development."""

    texts_dir: str = ""
    """Folder with the texts of the flows (en.ftl, ...)."""

    push_url: str = "https://fcm.googleapis.com"
    """Base URL of the FCM v1 API."""

    push_credentials: str = ""
    """Service account file (JSON) for FCM; empty: nothing is pushed."""

    drain_s: Annotated[int, Meta(ge=0)] = 60
    """How many seconds a server that was told to stop waits for calls to end."""

    demo_bank_url: str = ""
    """Told to the demo phone: where the example bank's own pages are."""

    demo_push_url: str = ""
    """Told to the demo phone: where the push double delivers to."""

    @property
    def resolved_files_dir(self) -> Path:
        return Path(self.files_dir) if self.files_dir else self.data_dir / "files"

    @property
    def on_postgres(self) -> bool:
        return self.resolved_database_url.startswith("postgres")

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'warmline.db'}"


def own_origins(config: Config) -> list[str]:
    """Those of the domain that passkeys are for, where a browser reaches this server itself."""
    here = f"{config.rp_id}:{config.port}"
    safe = [f"https://{config.rp_id}", f"https://{here}"]
    return [*safe, f"http://{here}"] if config.rp_id == "localhost" else safe


def environment(config: Config) -> dict[str, str]:
    """The variables that make `load` return this; for a server in a process of its own."""
    return {
        PREFIX + name.upper(): str(value) for name, value in msgspec.structs.asdict(config).items()
    }


def listed(setting: str) -> list[str]:
    """The parts of a comma-separated setting."""
    return [part.strip() for part in setting.split(",") if part.strip()]


def load(environ: Mapping[str, str] = os.environ) -> Config:
    """Read the settings; raises ConfigError naming the variable that is missing or wrong."""
    given = {
        field: environ[PREFIX + field.upper()]
        for field in Config.__struct_fields__
        if PREFIX + field.upper() in environ
    }
    _check_secret(given.get("secret", ""))
    _check_proxies(given.get("proxies", ""))
    _check_rp(given.get("rp_id", "localhost"), given.get("rp_origins", ""))
    try:
        return msgspec.convert(given, Config, strict=False, dec_hook=_read)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        raise ConfigError(PREFIX + place.rstrip("`").upper(), message) from None


def _read(kind: type, text: str) -> object:
    if kind is Path:
        return Path(text)
    raise NotImplementedError(kind)


def _check_secret(secret: str) -> None:
    if secret.lower() in UNSAFE_SECRETS or len(secret) < 32:
        raise ConfigError(PREFIX + "SECRET", "must be set to at least 32 random characters")


def _check_rp(domain: str, origins: str) -> None:
    """A browser uses a domain's passkeys only on its pages, and on those below it (WebAuthn 5.1.3).

    An app's origin is a hash of what signed it.
    """
    if not _DOMAIN.fullmatch(domain):
        raise ConfigError(PREFIX + "RP_ID", f"{domain!r} is not a domain: no address, no port")
    for one in listed(origins):
        found = _ORIGIN.fullmatch(one)
        below = found is not None and f".{found['host']}".endswith(f".{domain}")
        safe = found is not None and (found["scheme"] == "https" or found["host"] == "localhost")
        if not (below and safe) and not one.startswith(ANDROID):
            raise ConfigError(PREFIX + "RP_ORIGINS", f"{one!r} is no https origin of {domain}")


def _check_proxies(proxies: str) -> None:
    """Not `*`: then everybody could say where they come from."""
    for one in listed(proxies):
        try:
            ip_network(one)
        except ValueError as error:
            raise ConfigError(PREFIX + "PROXIES", str(error)) from None
