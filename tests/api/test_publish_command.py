"""`warmline flow publish` says what would become of whom, and makes it live."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.catalogue import Catalogue
from app.cli import main
from app.store.engine import open_database
from app.store.sql import SqlStore
from migrations.run import upgrade
from tests.unit.selfservice.test_linking import DISPUTE, FREEZE

SECRETS = {"WARMLINE_SECRET": "x" * 40, "WARMLINE_ACTIONS_SECRET": "whsec_" + "A" * 32}


@pytest.fixture
def url(tmp_path: Path) -> str:
    found = f"sqlite:///{tmp_path / 'w.db'}"
    asyncio.run(upgrade(found))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    flows = tmp_path / "flows"
    flows.mkdir()
    (flows / "freeze.yaml").write_text(FREEZE)
    (flows / "dispute.yaml").write_text(DISPUTE)
    return flows


def publish(url: str, *arguments: str, given: str | None = None) -> Result:
    env = {**SECRETS, "WARMLINE_DATABASE_URL": url}
    return CliRunner().invoke(main, ["flow", "publish", *arguments], env=env, input=given)


def live(url: str) -> dict[str, str]:
    async def look() -> dict[str, str]:
        store, catalogue = SqlStore(open_database(url), lambda topics: None), Catalogue()
        try:
            await catalogue.refresh(store)
        finally:
            await store.close()
        return {one.flow: one.version for one in catalogue.all_live()}

    return asyncio.run(look())


def test_nothing_is_live_before_somebody_says_yes(url: str, folder: Path) -> None:
    shown = publish(url, "--dry-run", str(folder))
    assert shown.exit_code == 0, shown.output
    assert "freeze, version" in shown.output
    assert "0 in flight" in shown.output
    assert publish(url, str(folder), given="n\n").exit_code == 1
    assert live(url) == {}
    done = publish(url, str(folder), given="y\n")
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Live.")
    assert live(url).keys() == {"dispute", "freeze"}
    again = publish(url, str(folder))
    assert (again.exit_code, "is live already" in again.output) == (0, True)


def test_a_called_flow_takes_its_callers_along(url: str, folder: Path) -> None:
    publish(url, "--yes", str(folder))
    before = live(url)
    file = folder / "freeze.yaml"
    file.write_text(FREEZE.replace("Freeze it", "Freeze this card"))
    done = publish(url, "--yes", "--policy", "migrate", str(file))
    assert done.output.splitlines()[-1] == "Live. 0 runs follow.", done.output
    after = live(url)
    assert {name for name in before if before[name] != after[name]} == {"dispute", "freeze"}


def test_what_cannot_be_published(url: str, folder: Path) -> None:
    (folder / "bad.yaml").write_text(FREEZE.replace("goto: kept", "goto: gone"))
    wrong = publish(url, "--yes", str(folder))
    assert wrong.exit_code == 1
    assert "bad.yaml:" in wrong.output
    assert "there is no step `gone`" in wrong.output
    assert live(url) == {}
    renamed = publish(url, "--yes", "--rename", "old", str(folder / "freeze.yaml"))
    assert (renamed.exit_code, "OLD=NEW" in renamed.output) == (2, True)
    empty = publish(f"{url}.other", "--yes", str(folder / "freeze.yaml"))
    assert (empty.exit_code, "migrate" in empty.output) == (1, True)
