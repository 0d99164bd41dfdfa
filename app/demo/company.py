"""What the example company consists of: keys, addresses, and the settings that join them."""

import base64
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from app.config import Config
from app.demo.ports import Ports

ROOT = Path(__file__).parent.parent.parent
BANK = ROOT / "examples" / "bank"


class NoExample(Exception):
    """The example bank is part of the source, not of the installed package."""

    def __init__(self) -> None:
        super().__init__("the demo needs the source tree: clone the repository and run it there")


class Company(Struct, frozen=True, kw_only=True):
    """The demo's folder with everything in it."""

    data: Path
    ports: Ports
    bank_secret: str
    config: Config


def prepare(
    data: Path,
    ports: Ports,
    *,
    database_url: str = "",
    media_addresses: str = "own",
    https: tuple[Path, Path] | None = None,
) -> Company:
    """Make what is missing in the demo's folder, keep what is there."""
    if not BANK.is_dir():
        raise NoExample
    data.mkdir(parents=True, exist_ok=True)
    bank_secret = _kept(data / "bank.secret", _webhook_secret)
    _run("examples.bank", "keys", "--data", str(data / "bank"))
    push_url = f"http://localhost:{ports.push}"
    _run("push.double", "credentials", "--data", str(data / "push"), "--url", push_url)
    config = Config(
        secret=_kept(data / "server.secret", lambda: secrets.token_urlsafe(48)),
        data_dir=data,
        database_url=database_url,
        host="0.0.0.0" if https else "127.0.0.1",  # noqa: S104 - asked for: a real phone connects
        port=ports.server,
        public_url="" if https else f"http://localhost:{ports.server}",
        drain_s=0,  # Ctrl-C is meant
        tls_cert=str(https[0]) if https else "",
        tls_key=str(https[1]) if https else "",
        media_port=ports.media,
        media_addresses=media_addresses,
        host_keys=str(data / "bank" / "jwks.json"),
        actions_url=f"http://localhost:{ports.bank}",
        actions_secret=bank_secret,
        actions_networks="127.0.0.0/8,::1/128",
        flows_dir=str(BANK / "flows"),
        flows_reload=True,
        texts_dir=str(BANK / "texts"),
        push_url=push_url,
        push_credentials=_credentials(data / "push"),
        demo_bank_url="/demo/bank" if https else f"http://localhost:{ports.bank}",
        demo_push_url="/demo/push" if https else push_url,
    )
    return Company(data=data, ports=ports, bank_secret=bank_secret, config=config)


def _credentials(folder: Path) -> str:
    from push.double.credentials import path_in

    return str(path_in(folder))


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _kept(path: Path, make: Callable[[], str]) -> str:
    if path.exists():
        return path.read_text().strip()
    made = make()
    path.touch(mode=0o600)
    path.write_text(made)
    return made


def _run(module: str, *arguments: str) -> None:
    subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, *arguments], check=True, capture_output=True, cwd=ROOT
    )
