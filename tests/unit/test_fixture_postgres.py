"""Does each test get a real, empty Postgres database of its own?"""

import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.fixtures.postgres import execute, with_database

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.timeout(60)  # the first one starts the server


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_starts_with_an_empty_database(postgres_url: str, turn: int) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("CREATE TABLE mine (turn int)")  # the second would find the first's
    await connection.execute("INSERT INTO mine VALUES ($1)", turn)
    assert await connection.fetchval("SELECT array_agg(turn) FROM mine") == [turn]
    await connection.close()


async def test_the_url_is_one_that_sqlalchemy_reads(postgres_url: str) -> None:
    engine = create_async_engine(postgres_url.replace("postgresql:", "postgresql+asyncpg:", 1))
    async with engine.connect() as connection:
        name = await connection.scalar(text("SELECT current_database()"))
    await engine.dispose()
    assert name in postgres_url


def test_a_database_can_be_had_outside_async_tests_too(postgres_url: str) -> None:
    execute(postgres_url, "CREATE TABLE mine (n int)")
    with pytest.raises(asyncpg.DuplicateTableError):
        execute(postgres_url, "CREATE TABLE mine (n int)")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://me:pw@db:5432/postgres", "postgresql://me:pw@db:5432/t"),
        ("postgresql://me@/postgres?host=/run/pg", "postgresql://me@/t?host=/run/pg"),
        ("postgresql+asyncpg://db", "postgresql+asyncpg://db/t"),
    ],
)
def test_another_database_of_the_same_server(url: str, expected: str) -> None:
    assert with_database(url, "t") == expected


def test_a_server_that_cannot_be_reached_fails_the_test_by_name(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(postgres_url): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.fixtures.postgres", "-q", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "WARMLINE_TEST_POSTGRES_URL": "postgresql://no@127.0.0.1:1/no"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ERROR at setup of test_it" in done.stdout
    assert "PostgreSQL gives this test no database: ConnectionRefusedError" in done.stdout
