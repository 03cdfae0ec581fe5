"""The phone by HTTPS with a certificate of one's own: a browser that was told to trust the authority does."""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Error

from api.commands.tls import Certificate, local_certificate
from api.main import create_app
from tests.pages.chromium import FLAGS, find_chromium
from tests.pages.site import Site
from tests.pages.trusted import find_store_library
from tests.pages.watched import ROOT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgis,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine"),
    pytest.mark.skipif(find_store_library() is None, reason="the browser's certificate store is not here"),
]


@contextmanager
def served_by_https(site: Site, made: Certificate) -> Iterator[str]:
    """The same district once more, by HTTPS."""
    app = create_app(site.settings, background=False)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, ssl_certfile=made.certificate, ssl_keyfile=made.key, log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.05)
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=20)


def test_a_phone_that_trusts_the_authority_works_by_https(
    site: Site, chromium: Browser, tmp_path: Path
) -> None:
    made = local_certificate(tmp_path / "tls", "127.0.0.1")
    home = tmp_path / "home"
    told = [sys.executable, "-m", "tests.pages.trusted", str(home), str(made.authority)]
    subprocess.run(told, check=True, cwd=ROOT)
    with served_by_https(site, made) as url:
        trusting = chromium.browser_type.launch(
            executable_path=find_chromium(), args=list(FLAGS), env={**os.environ, "HOME": str(home)}
        )
        page = trusting.new_page()
        page.goto(f"{url}/street")
        assert page.evaluate("() => isSecureContext && navigator.serviceWorker.ready.then(() => true)")
        trusting.close()
        stranger = chromium.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            stranger.goto(f"{url}/street")
        stranger.close()
