"""`warmline apply`: shows, asks, writes; says in one line what is wrong."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from migrations.run import upgrade

FILE = """
queues: [{name: cards}]
agents: [{email: ana@bank.example, name: Ana, queues: [cards]}]
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    file = tmp_path / "company.yaml"
    file.write_text(FILE)
    return file


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    url = f"sqlite:///{tmp_path / 'warmline.db'}"
    return {"WARMLINE_SECRET": "s" * 32, "WARMLINE_DATABASE_URL": url}


@pytest.fixture
def migrated(env: dict[str, str]) -> dict[str, str]:
    asyncio.run(upgrade(env["WARMLINE_DATABASE_URL"]))
    return env


def _applied(env: dict[str, str], file: Path, *options: str, says: str = "") -> Result:
    return CliRunner().invoke(main, ["apply", str(file), *options], env=env, input=says)


def test_a_dry_run_only_shows(company: Path, migrated: dict[str, str]) -> None:
    first = _applied(migrated, company, "--dry-run")
    assert first.exit_code == 0
    assert "+ queue cards" in first.output
    assert _applied(migrated, company, "--dry-run").output == first.output


def test_who_says_no_changes_nothing(company: Path, migrated: dict[str, str]) -> None:
    assert _applied(migrated, company, says="n\n").exit_code == 1
    assert "+ queue cards" in _applied(migrated, company, "--dry-run").output


def test_who_says_yes_sees_the_way_in_for_new_agents_once(
    company: Path, migrated: dict[str, str]
) -> None:
    said = _applied(migrated, company, says="y\n")
    assert said.exit_code == 0
    assert "ana@bank.example chooses a password at /desk/#invitation=" in said.output
    again = _applied(migrated, company, "--yes")
    assert again.output == "Nothing to change.\n"


def test_a_bad_file_is_refused_with_its_place(company: Path, migrated: dict[str, str]) -> None:
    company.write_text(FILE.replace("queues: [cards]", "queues: [loans]"))
    said = _applied(migrated, company, "--yes")
    assert said.exit_code == 1
    assert "company.yaml:3: agents[0].queues[0]: there is no queue loans" in said.output


def test_nothing_is_removed_unless_it_is_asked_for(company: Path, migrated: dict[str, str]) -> None:
    _applied(migrated, company, "--yes")
    company.write_text("agents: []")
    kept = _applied(migrated, company, "--yes").output
    assert "Nothing to change.\nNot in the file, stays as it is: queue cards, agent ana@b" in kept
    assert _applied(migrated, company, "--prune", "--dry-run").output == (
        "- agent ana@bank.example\nWarning: no agent serves the queue cards\n"
    )
    assert _applied(migrated, company, "--prune", "--yes").exit_code == 0
    assert "Nothing to change." in _applied(migrated, company, "--prune", "--yes").output


def test_a_database_that_is_not_up_to_date_is_refused(company: Path, env: dict[str, str]) -> None:
    said = _applied(env, company, "--yes")
    assert said.exit_code == 1
    assert "run `warmline migrate` first" in said.output
