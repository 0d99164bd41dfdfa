"""Can this installation serve? Looks at ports, database, media, pages; says how to mend each."""

import ipaddress
import json
import os
import socket
import sqlite3
import ssl
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from app.api.pages import DIST, PAGES
from app.auth.customer_token import BadHostKeys, HostTokens
from app.catalogue import flow_files
from app.config import Config, listed
from app.egress import BadBackend, Egress
from app.store.engine import open_database
from app.store.sql import SqlStore
from migrations.run import current, head
from push.access_token import service_account_grants
from rtc.addresses import own
from rtc.engine import WorkerLost
from rtc.relay.engine import RelayEngine
from rtc.relay.keeper import RelayConfig
from selfservice.errors import SelfServiceError
from selfservice.loading import load_all
from selfservice.texts import Catalogues

SQLITE = "sqlite:///"
BUSES = ("redis", "rediss", "unix")


class Finding(Struct, frozen=True, kw_only=True):
    what: str
    ok: bool
    found: str
    mend: str = ""
    bearable: bool = False
    """Wrong, but the server starts: something in it will not work."""


class NotReady(Exception):
    """The server cannot start; says what is wrong and how to mend it, in one line."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.what}: {finding.found}; {finding.mend}")


async def examine(config: Config) -> list[Finding]:
    """Every finding, good ones included."""
    database = await _database(config)
    return [*_quick(config), database, await _media(config), _pages()]


async def ensure_ready(config: Config) -> None:
    """Look at what a start needs. Raises NotReady with the first that is wrong."""
    _refuse(*_quick(config))
    await ensure_database(config)


async def ensure_database(config: Config) -> None:
    """Make the data folder, and reach the database, whatever its schema. Raises NotReady."""
    _refuse(_made_folder(config))
    _refuse(await _database(config, migrated=False))


def _refuse(*findings: Finding) -> None:
    for finding in findings:
        if not (finding.ok or finding.bearable):
            raise NotReady(finding)


def _quick(config: Config) -> list[Finding]:
    """What can be told without starting anything."""
    return [
        _port("API port", config.host, config.port, socket.SOCK_STREAM, "WARMLINE_PORT"),
        _port("media port", "0.0.0.0", config.media_port, socket.SOCK_DGRAM, "WARMLINE_MEDIA_PORT"),  # noqa: S104 - only probed
        _media_addresses(config),
        _certificate(config),
        _host_keys(config),
        _back_end(config),
        _flows(config),
        _texts(config),
        _push(config),
        _bus(config),
    ]


def _bus(config: Config) -> Finding:
    """Whether it can be spoken to shows in time: a start does not need it."""
    if not config.bus_url:
        return Finding(what="bus", ok=True, found="the database itself")
    scheme = config.bus_url.partition("://")[0]
    if scheme not in BUSES:
        mend = "set WARMLINE_BUS_URL to redis://, rediss:// or unix://, or leave it empty"
        return Finding(what="bus", ok=False, found=f"{scheme}: is none", mend=mend)
    if find_spec("redis") is None:
        mend = "install warmline[redis], or leave WARMLINE_BUS_URL empty"
        return Finding(what="bus", ok=False, found="the package redis is missing", mend=mend)
    return Finding(what="bus", ok=True, found=scheme)


def _made_folder(config: Config) -> Finding:
    folder = str(config.data_dir)
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        if not os.access(config.data_dir, os.W_OK | os.X_OK):
            raise PermissionError(0, "cannot be written to")
    except OSError as error:
        mend = "set WARMLINE_DATA_DIR to a folder that Warmline may write to"
        return Finding(what="data", ok=False, found=f"{folder}: {error.strerror}", mend=mend)
    return Finding(what="data", ok=True, found=folder)


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


async def _database(config: Config, *, migrated: bool = True) -> Finding:
    """Whether the database answers; with `migrated`, also whether its schema is the newest."""
    url = config.resolved_database_url
    shown = url.rpartition("@")[2]  # without a password
    file = Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None
    if migrated and file is not None and not file.exists():
        found = f"{file} is not there yet"
        return Finding(what="database", ok=False, found=found, mend="run: warmline migrate")
    try:
        if file is not None:
            _open(file)
        revision = await _revision(url)
    except Exception as error:  # whatever it is, the reader needs its words
        said = str(error).partition("\n")[0] or type(error).__name__
        mend = "check WARMLINE_DATABASE_URL and that the database runs"
        return Finding(what="database", ok=False, found=f"{shown}: {said}", mend=mend)
    if migrated and revision != head():
        found = f"{shown}: schema {revision or 'missing'}, {head()} is needed"
        return Finding(what="database", ok=False, found=found, mend="run: warmline migrate")
    return Finding(what="database", ok=True, found=f"{shown}, schema {revision or 'missing'}")


def _open(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA schema_version")


async def _revision(url: str) -> str | None:
    revision = await current(url)
    store = SqlStore(open_database(url), lambda topics: None)
    try:
        if revision is not None:
            await store.epoch()
    finally:
        await store.close()
    return revision


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


def _media_addresses(config: Config) -> Finding:
    try:
        for one in listed(config.media_addresses):
            if one != "own":
                ipaddress.ip_address(one)
    except ValueError as error:
        mend = "set WARMLINE_MEDIA_ADDRESSES to addresses of this machine, or to `own`"
        return _failed("media addresses", error, mend)
    return Finding(what="media addresses", ok=True, found=config.media_addresses)


def _certificate(config: Config) -> Finding:
    if not config.tls_cert:
        return Finding(what="certificate", ok=True, found="none: plain HTTP")
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(config.tls_cert, config.tls_key or None)
    except OSError as error:  # ssl.SSLError is one
        return _failed("certificate", error, "set WARMLINE_TLS_CERT and WARMLINE_TLS_KEY (PEM)")
    return Finding(what="certificate", ok=True, found=config.tls_cert)


def _host_keys(config: Config) -> Finding:
    mend = "set WARMLINE_HOST_KEYS to the JWKS file of your back end"
    if not config.host_keys:
        found = "not set: no customer can sign in"
        return Finding(what="host keys", ok=False, found=found, mend=mend, bearable=True)
    try:
        jwks = Path(config.host_keys).read_bytes()
        HostTokens(jwks, config.host_issuer, config.host_audience)
    except (OSError, BadHostKeys) as error:
        return _failed("host keys", error, mend, file=config.host_keys)
    return Finding(what="host keys", ok=True, found=config.host_keys)


def _back_end(config: Config) -> Finding:
    mend = "set WARMLINE_ACTIONS_URL, WARMLINE_ACTIONS_SECRET and WARMLINE_ACTIONS_NETWORKS"
    if not config.actions_url:
        return Finding(what="back end", ok=False, found="not set: flows cannot act", mend=mend)
    try:
        Egress(config.actions_url, config.actions_secret, listed(config.actions_networks))
    except BadBackend as error:
        return _failed("back end", error, mend)
    return Finding(what="back end", ok=True, found=config.actions_url)


def _flows(config: Config) -> Finding:
    if not config.flows_dir:
        mend = "set WARMLINE_FLOWS_DIR to the folder of your flows"
        found = "not set: nothing to do alone"
        return Finding(what="flows", ok=False, found=found, mend=mend, bearable=True)
    try:
        files = flow_files(_folder(config.flows_dir))
        loaded = load_all((str(path), path.read_text("utf-8")) for path in files)
    except (OSError, ValueError) as error:  # a FlowError says the place in the file
        return _failed("flows", error, "mend it, or set WARMLINE_FLOWS_DIR to another folder")
    flows = ", ".join(definition.flow for definition, _ in loaded)
    return Finding(what="flows", ok=True, found=flows or f"none in {config.flows_dir}")


def _texts(config: Config) -> Finding:
    if not config.texts_dir:
        mend = "set WARMLINE_TEXTS_DIR to the folder of their texts"
        found = "not set: flows without words"
        return Finding(what="texts", ok=False, found=found, mend=mend, bearable=True)
    try:
        names = [path.stem for path in sorted(_folder(config.texts_dir).glob("*.ftl"))]
        Catalogues(Path(config.texts_dir))
    except (OSError, ValueError, SelfServiceError) as error:
        return _failed("texts", error, "mend it, or set WARMLINE_TEXTS_DIR to another folder")
    return Finding(what="texts", ok=True, found=", ".join(names) or f"none in {config.texts_dir}")


def _push(config: Config) -> Finding:
    mend = "set WARMLINE_PUSH_CREDENTIALS to the service account's JSON file"
    if not config.push_credentials:
        found = "not set: no phone is notified"
        return Finding(what="push", ok=False, found=found, mend=mend, bearable=True)
    try:
        info = json.loads(Path(config.push_credentials).read_bytes())
        service_account_grants(info)
        info["project_id"]
    except (OSError, ValueError, TypeError, AttributeError, KeyError) as error:
        return _failed("push", error, mend, file=config.push_credentials)
    return Finding(what="push", ok=True, found=config.push_url)


def _folder(name: str) -> Path:
    if not Path(name).is_dir():
        raise NotADirectoryError(0, "is no folder", name)
    return Path(name)


def _failed(what: str, error: Exception, mend: str, file: str = "") -> Finding:
    """What went wrong, in the error's own words and in one line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    named = file or (error.filename if isinstance(error, OSError) else "")
    found = " ".join(f"{named}: {said}".removeprefix(": ").split())
    return Finding(what=what, ok=False, found=found, mend=mend)
