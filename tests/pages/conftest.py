"""What the tests of the pages ask for: a served sample district, one for each file of tests."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from api.guards import SESSION_COOKIE
from tests import databases
from tests.pages.site import Site, served_sample
from tests.pages.watched import ROOT, WatchedPage

OpenPage = Callable[..., WatchedPage]

expect.set_options(timeout=20_000)
"""What is expected may take its time on a busy machine; where all is well nobody waits for it."""


@pytest.fixture(scope="module")
def site(
    database_server: Callable[[str], str], sample_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The sample district, served: what one file's tests do to it, no other file's tests meet."""
    assert (ROOT / "api" / "pages" / "index.html").is_file(), "the pages are not built: npm run build in web/"
    with (
        databases.copied(database_server, sample_template) as address,
        served_sample(address, tmp_path_factory.mktemp("site")) as site,
    ):
        yield site


@pytest.fixture
def open_page(site: Site, chromium: Browser) -> Iterator[OpenPage]:
    """Open pages of the site in fresh profiles; none may complain or ask anything of another server."""
    opened: list[WatchedPage] = []

    def open_(
        address: str = "/",
        *,
        size: tuple[int, int] = (1366, 768),
        language: str = "zh",
        theme: str = "light",
        map_drawn: bool = True,
        session: str = "",
        **context_options: object,
    ) -> WatchedPage:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            **context_options,  # type: ignore[arg-type]  # whatever a test needs of Playwright's own options
        )
        for key, value in {"yilu.language": language, "yilu.theme": theme}.items():
            context.add_init_script(
                f"localStorage.getItem('{key}') ?? localStorage.setItem('{key}', '{value}')"
            )
        if session:
            context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": site.url}])
        watched = WatchedPage(context.new_page(), site.url)
        opened.append(watched)
        return watched.open(address, map_drawn=map_drawn)

    yield open_
    complaints = [complaint for watched in opened for complaint in watched.complaints]
    outside = [address for watched in opened for address in watched.outside]
    for watched in opened:
        watched.page.context.close()
    assert not outside, f"requests left the server: {outside}"
    assert not complaints, f"the page complained: {complaints}"
