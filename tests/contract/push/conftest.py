"""A push double on a free port, and everything that sends to it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from push.double import credentials
from push.double.server import Running, running
from push.fcm import open_fcm
from push.memory import MemoryDevices, MemoryOutbox
from tests.contract.push.world import VirtualClock, World


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service account with its key, which takes long to make and is the same for all tests."""
    directory = tmp_path_factory.mktemp("account")
    credentials.load_or_create(directory, "http://localhost:8002")
    return credentials.path_in(directory)


@pytest.fixture
def data(key: Path, tmp_path: Path) -> Path:
    """A data directory for a double."""
    shutil.copy(key, tmp_path)
    return tmp_path


@pytest.fixture
async def double(data: Path) -> AsyncIterator[Running]:
    async with running(data=data) as started:
        yield started


@pytest.fixture
async def world(double: Running) -> AsyncIterator[World]:
    clock, devices = VirtualClock(), MemoryDevices()
    account = double.provider.account.info
    async with open_fcm(account, clock=clock, base_url=double.url, timeout=3.0) as transport:
        yield World(
            double=double,
            transport=transport,
            clock=clock,
            devices=devices,
            outbox=MemoryOutbox(devices),
        )
