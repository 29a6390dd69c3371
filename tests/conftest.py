"""How properties are drawn, and what every process of the suite does before its first test."""

import atexit
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from hypothesis import settings

from tests import tables
from tests.nursery import nursery
from tests.storage import postgres

settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


def _trust_nobody() -> None:
    """HTTP clients read all the world's certificates, 25 ms of a processor each time: here is but one."""
    folder = Path(tempfile.mkdtemp(prefix="signalbox-trust-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    trustme.CA().cert_pem.write_to_path(str(folder / "one.pem"))
    os.environ["SSL_CERT_FILE"] = str(folder / "one.pem")


_trust_nobody()


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """What the processes share loads beside this one, which collects on one processor alone.

    Nearly all of what collecting makes stays: garbage is looked for when it is done.
    """
    gc.disable()
    if session.config.getoption("processes", 1) > 1 and not session.config.option.collectonly:
        nursery()


def pytest_collection_finish() -> None:
    """Eighteen thousand tests are a large heap that stays: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 20)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _copied_tables() -> None:
    """Migrations run once: who tests them asks for `tables.APART`."""
    tables.use()


@pytest.fixture(scope="session", autouse=True)
def _shared_database() -> Iterator[None]:
    """Ends the PostgreSQL server that tests share, if any has started it."""
    yield
    postgres.SHARED.stop()
