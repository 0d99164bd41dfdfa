"""Can this installation serve? Looks at ports, database, media, pages; says how to mend each."""

import socket
from pathlib import Path

from msgspec import Struct

from app.api.pages import DIST, PAGES
from app.config import Config, listed
from app.store.engine import open_database
from app.store.sql import SqlStore
from migrations.run import current, head
from rtc.addresses import own
from rtc.engine import WorkerLost
from rtc.relay.engine import RelayConfig, RelayEngine


class Finding(Struct, frozen=True, kw_only=True):
    what: str
    ok: bool
    found: str
    mend: str = ""


async def examine(config: Config) -> list[Finding]:
    """Every finding, good ones included."""
    return [
        _port("API port", config.host, config.port, socket.SOCK_STREAM, "WARMLINE_PORT"),
        _port("media port", "0.0.0.0", config.media_port, socket.SOCK_DGRAM, "WARMLINE_MEDIA_PORT"),  # noqa: S104 - only probed
        await _database(config),
        await _media(config),
        _pages(),
        _host_keys(config),
        _back_end(config),
        _push(config),
    ]


def _port(what: str, host: str, port: int, kind: socket.SocketKind, variable: str) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            mend = f"stop what uses it (it may be Warmline itself), or set {variable}"
            return Finding(what=what, ok=False, found=f"{port}: {error.strerror}", mend=mend)
    return Finding(what=what, ok=True, found=f"{port} is free")


async def _database(config: Config) -> Finding:
    url = config.resolved_database_url
    shown = url.rpartition("@")[2]  # without a password
    try:
        revision = await current(url)
        store = SqlStore(open_database(url), lambda topics: None)
        try:
            if revision is not None:
                await store.epoch()
        finally:
            await store.close()
    except Exception as error:  # whatever it is, the reader needs its words
        mend = "check WARMLINE_DATABASE_URL and that the database runs"
        return Finding(what="database", ok=False, found=f"{shown}: {error}", mend=mend)
    if revision != head():
        found = f"{shown}: schema {revision or 'missing'}, {head()} is needed"
        return Finding(what="database", ok=False, found=found, mend="run: warmline migrate")
    return Finding(what="database", ok=True, found=f"{shown}, schema {revision}")


async def _media(config: Config) -> Finding:
    addresses: list[str] = []
    for one in listed(config.media_addresses):
        addresses += own() if one == "own" else (one,)
    try:
        async with RelayEngine(RelayConfig(addresses=tuple(addresses), port=0)):
            pass
    except WorkerLost as error:
        mend = "set WARMLINE_MEDIA_ADDRESSES to addresses of this machine, or to `own`"
        return Finding(what="media", ok=False, found=str(error), mend=mend)
    return Finding(what="media", ok=True, found=f"a worker starts; announced: {addresses}")


def _pages() -> Finding:
    missing = [page for page in PAGES if not (DIST / page / "index.html").is_file()]
    if missing:
        found = f"not built: {', '.join(missing)}"
        return Finding(what="pages", ok=False, found=found, mend="run: make build")
    return Finding(what="pages", ok=True, found=", ".join(PAGES))


def _host_keys(config: Config) -> Finding:
    if not config.host_keys or not Path(config.host_keys).is_file():
        mend = "set WARMLINE_HOST_KEYS to the JWKS file of your back end"
        found = config.host_keys or "not set: no customer can sign in"
        return Finding(what="host keys", ok=False, found=found, mend=mend)
    return Finding(what="host keys", ok=True, found=config.host_keys)


def _back_end(config: Config) -> Finding:
    if not config.actions_url:
        mend = "set WARMLINE_ACTIONS_URL and WARMLINE_ACTIONS_SECRET"
        return Finding(what="back end", ok=False, found="not set: flows cannot act", mend=mend)
    return Finding(what="back end", ok=True, found=config.actions_url)


def _push(config: Config) -> Finding:
    if not config.push_credentials:
        mend = "set WARMLINE_PUSH_CREDENTIALS to the service account's JSON file"
        return Finding(what="push", ok=False, found="not set: no phone is notified", mend=mend)
    return Finding(what="push", ok=True, found=config.push_url)
