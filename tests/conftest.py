"""What any test may ask for."""

import gc
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests import databases
from tests.aside import aside
from tests.pages.chromium import FLAGS, find_chromium

settings.register_profile("searching", deadline=None)
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.load_profile("repeatable")
"""No test depends on how busy the machine is; what Hypothesis draws is new each time under `--all` only."""


def pytest_collection_finish() -> None:
    """All modules and tests are here to stay: garbage is looked for among what comes after them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def database_server() -> Iterator[Callable[[str], str]]:
    """A PostGIS server: the function from a database's name to its address."""
    with databases.server() as url:
        yield url


@pytest.fixture(scope="session")
def database_template(database_server: Callable[[str], str]) -> str:
    """The name of a database that all migrations have run on, to be copied."""
    return aside(databases.prepare_template(database_server))


@pytest.fixture(scope="session")
def sample_template(database_server: Callable[[str], str], database_template: str) -> str:
    """The name of a database that holds the sample district, to be copied."""
    return aside(databases.prepare_sample(database_server, database_template))


@pytest.fixture
def database(database_server: Callable[[str], str], database_template: str) -> Iterator[str]:
    """The address of a database of this test's own, migrated and empty."""
    with databases.copied(database_server, database_template) as address:
        yield address


@pytest.fixture
def sample_database(database_server: Callable[[str], str], sample_template: str) -> Iterator[str]:
    """The address of a database of this test's own, with the sample district and nobody's work in it."""
    with databases.copied(database_server, sample_template) as address:
        aside(databases.load_sample(address))
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser: one a process, because Playwright wants to be alone in it."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium on this machine: apt install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()
