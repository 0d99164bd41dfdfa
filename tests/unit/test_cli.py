"""Does the command line say in one line what is wrong, and how to mend it?"""

import asyncio
import json
import os
import socket
from base64 import b64encode
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec import Struct

from app.cli import main
from app.config import load
from app.doctor import NotReady, ensure_ready

SECRET = "whsec_" + b64encode(b"k" * 24).decode()
FLOW = """
flow: order_card
title: Order a card
start: done
steps:
  done: {end: solved, screen: t:done}
"""


class Setting(Struct, frozen=True):
    """A setting that is wrong, and what is said of it."""

    name: str
    value: str
    said: str
    mend: str


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Everything that a server needs, in an otherwise empty environment and folder."""
    for name in os.environ:
        if name.startswith("WARMLINE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "order_card.yaml").write_text(FLOW)
    (tmp_path / "texts").mkdir()
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": []}) + " " * 4096)
    return {
        "WARMLINE_SECRET": "s" * 32,
        "WARMLINE_DATA_DIR": str(tmp_path / "deep" / "data"),
        "WARMLINE_PORT": "0",
        "WARMLINE_MEDIA_PORT": "0",
        "WARMLINE_HOST_KEYS": str(tmp_path / "jwks.json"),
        "WARMLINE_ACTIONS_URL": "https://bank.example",
        "WARMLINE_ACTIONS_SECRET": SECRET,
        "WARMLINE_FLOWS_DIR": str(tmp_path / "flows"),
        "WARMLINE_TEXTS_DIR": str(tmp_path / "texts"),
    }


def run(command: str, settings: dict[str, str]) -> Result:
    return CliRunner().invoke(main, command.split(), env=settings)


def refused(command: str, settings: dict[str, str]) -> str:
    """What is said by a command that cannot go on: one line, no traceback."""
    result = run(command, settings)
    assert (result.exit_code, type(result.exception)) == (1, SystemExit), result.output
    said: str = result.stderr
    assert said.startswith("Error: ")
    assert said.count("\n") == 1
    return said


def test_good_settings_are_ready_and_the_folder_is_made(settings: dict[str, str]) -> None:
    asyncio.run(ensure_ready(load(settings)))
    assert Path(settings["WARMLINE_DATA_DIR"]).is_dir()


@pytest.mark.parametrize(
    "wrong",
    [
        Setting("SECRET", "", "WARMLINE_SECRET", "32 random characters"),
        Setting("PORT", "http", "WARMLINE_PORT", "Expected `int`"),
        Setting("DATABASE_URL", "mysql://x:pw@host/db", "not mysql", "WARMLINE_DATABASE_URL"),
        Setting("DATABASE_URL", "nonsense", "nonsense", "WARMLINE_DATABASE_URL"),
        Setting("DATABASE_URL", "sqlite:////no/such/x.db", "unable to open", "DATABASE_URL"),
        Setting("DATABASE_URL", "sqlite:///jwks.json", "not a database", "DATABASE_URL"),
        Setting(
            "DATABASE_URL", "postgresql://u:pw@127.0.0.1:1/x", "Connect call failed", "DATABASE_URL"
        ),
        Setting("DATA_DIR", "jwks.json", "jwks.json", "WARMLINE_DATA_DIR"),
        Setting("ACTIONS_URL", "", "flows cannot act", "WARMLINE_ACTIONS_URL"),
        Setting("ACTIONS_URL", "ftp://bank.example", "http or https", "WARMLINE_ACTIONS_URL"),
        Setting("ACTIONS_SECRET", "short", "secret: is not base64", "WARMLINE_ACTIONS_SECRET"),
        Setting("ACTIONS_NETWORKS", "here", "here", "WARMLINE_ACTIONS_NETWORKS"),
        Setting("HOST_KEYS", "absent.json", "absent.json: No such file", "WARMLINE_HOST_KEYS"),
        Setting("HOST_KEYS", "flows/order_card.yaml", "is not a JWK set", "WARMLINE_HOST_KEYS"),
        Setting("FLOWS_DIR", "absent", "absent: is no folder", "WARMLINE_FLOWS_DIR"),
        Setting("TEXTS_DIR", "absent", "absent: is no folder", "WARMLINE_TEXTS_DIR"),
        Setting("TLS_CERT", "absent.pem", "No such file", "WARMLINE_TLS_CERT"),
        Setting("TLS_CERT", "jwks.json", "PEM", "WARMLINE_TLS_CERT"),
        Setting("MEDIA_ADDRESSES", "here", "'here'", "WARMLINE_MEDIA_ADDRESSES"),
        Setting("BUS_URL", "amqp://x:pw@host", "amqp: is none", "WARMLINE_BUS_URL"),
        Setting("PUSH_CREDENTIALS", "absent.json", "No such file", "WARMLINE_PUSH_CREDENTIALS"),
        Setting("PUSH_CREDENTIALS", "jwks.json", "jwks.json: ", "WARMLINE_PUSH_CREDENTIALS"),
    ],
)
def test_a_wrong_setting_is_one_line(settings: dict[str, str], wrong: Setting) -> None:
    said = refused("serve", {**settings, f"WARMLINE_{wrong.name}": wrong.value})
    assert wrong.said in said
    assert wrong.mend in said
    assert ":pw@" not in said


def test_sqlite_serves_one_process_and_nothing_is_begun(settings: dict[str, str]) -> None:
    said = refused("serve --workers 2", settings)
    assert "SQLite serves one process" in said
    assert "WARMLINE_DATABASE_URL" in said
    assert not Path(settings["WARMLINE_DATA_DIR"]).exists()


def test_a_broken_flow_is_one_line_with_its_place(settings: dict[str, str]) -> None:
    broken = Path(settings["WARMLINE_FLOWS_DIR"]) / "order_card.yaml"
    broken.write_text(FLOW.replace("start: done", "start: nowhere"))
    said = refused("serve", settings)
    assert str(broken) in said
    assert "nowhere" in said


def test_a_flow_that_is_no_yaml_is_one_line(settings: dict[str, str]) -> None:
    broken = Path(settings["WARMLINE_FLOWS_DIR"]) / "order_card.yaml"
    broken.write_text("flow: [\n  {")
    assert str(broken) in refused("serve", settings)


def test_broken_texts_are_one_line(settings: dict[str, str]) -> None:
    (Path(settings["WARMLINE_TEXTS_DIR"]) / "en.ftl").write_text("a = b\nnot fluent\n")
    assert "en.ftl, line 2" in refused("serve", settings)


@pytest.mark.parametrize(
    ("kind", "name"), [(socket.SOCK_STREAM, "PORT"), (socket.SOCK_DGRAM, "MEDIA_PORT")]
)
def test_a_taken_port_is_one_line(
    settings: dict[str, str], kind: socket.SocketKind, name: str
) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        port = other.getsockname()[1]
        said = refused("serve", {**settings, f"WARMLINE_{name}": str(port)})
    assert f"{port}: Address already in use" in said
    assert f"set WARMLINE_{name}" in said


def test_what_can_wait_does_not_keep_the_server_from_starting(settings: dict[str, str]) -> None:
    fewer = {
        name: value
        for name, value in settings.items()
        if name not in {"WARMLINE_HOST_KEYS", "WARMLINE_FLOWS_DIR", "WARMLINE_TEXTS_DIR"}
    }
    asyncio.run(ensure_ready(load(fewer)))
    with pytest.raises(NotReady, match="WARMLINE_ACTIONS_URL"):
        asyncio.run(ensure_ready(load({**fewer, "WARMLINE_ACTIONS_URL": ""})))


def test_migrate_makes_the_folder_and_may_be_repeated(settings: dict[str, str]) -> None:
    assert run("migrate", settings).output.startswith("empty -> ")
    assert run("migrate", settings).output.startswith("up to date: ")
    assert "WARMLINE_DATABASE_URL" in refused(
        "migrate", {**settings, "WARMLINE_DATABASE_URL": "mysql://h/x"}
    )


def test_doctor_says_how_to_mend_each(settings: dict[str, str]) -> None:
    result = run("doctor", {"WARMLINE_SECRET": "s" * 32, "WARMLINE_PORT": "0"})
    assert result.exit_code == 1
    lines = result.output.splitlines()
    wrong = [at for at, line in enumerate(lines) if line.startswith("FAIL")]
    named = {lines[at].removeprefix("FAIL  ").partition(":")[0] for at in wrong}
    assert {"host keys", "back end", "flows", "texts", "push", "database"} <= named
    assert all(lines[at + 1].startswith("      ") for at in wrong)
    assert not Path(".warmline").exists(), "looking leaves nothing behind"
