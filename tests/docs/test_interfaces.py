"""docs/interfaces.md, example by example, as a reader would run them."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pytest
import uvicorn

from api.client import Client, RefusedError
from api.identity import Grant, Role
from api.main import create_app
from api.outbound import new_signing_secret, signature_of
from api.settings import Settings
from tests.api import small_district
from tests.api.people_here import DISTRICT, client_of, make_account
from tests.api.serving import engine_in, serving

pytestmark = pytest.mark.postgis

PAGE = (Path(__file__).parents[2] / "docs" / "interfaces.md").read_text("utf-8")
YILU = Path(__file__).parents[2] / "yilu"
EXAMPLES = re.findall(r"```(sh|python)\n(.*?)```", PAGE, re.DOTALL)


class Server(NamedTuple):
    """Where it is, and a token for it."""

    address: str
    token: str


async def furnish(database: str, data_path: Path) -> str:
    async with serving(database, data_path) as (app, _):
        await small_district.load(engine_in(app))
        account = await make_account(app, "program", Grant(Role.OPERATOR, DISTRICT))
        owner = await client_of(app, account)
        scopes = ["view_cases", "report", "export", "view_territory", "view_statistics"]
        made = await owner.post("/api/v1/tokens", json={"name": "examples", "scopes": scopes})
        token: str = made.json()["token"]
        return token


@pytest.fixture
def server(database: str, tmp_path: Path) -> Iterator[Server]:
    token = asyncio.run(furnish(database, tmp_path))
    app = create_app(Settings(database_url=database, data_path=tmp_path, district_code=DISTRICT))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=running.run, name="server")
    thread.start()
    while not running.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield Server(f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}", token)
    running.should_exit = True
    thread.join()


RUN = (
    "/ogc/collections",
    "ogr2ogr",
    "/hotspots/tiles/",
    "/open311/v2/requests.json",
    "pd.read_csv",
    "yilu.pages",
    "yilu call",
    "def is_genuine",
)
"""Words by which the tests below find what they run."""


def example(words: str) -> str:
    """The one example that has these words in it."""
    assert words in RUN
    (found,) = [code for _, code in EXAMPLES if words in code]
    return found


def told_by(server: Server, words: str, folder: Path | None = None) -> str:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed (Debian: curl)")
    return subprocess.run(
        ["sh", "-ec", example(words)],
        env={
            **os.environ,
            "ADDRESS": server.address,
            "TOKEN": server.token,
            "PATH": f"{YILU.parent}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    ).stdout


def shell(server: Server, words: str) -> Any:
    return json.loads(told_by(server, words))


def test_no_example_is_left_out() -> None:
    assert sorted(map(example, RUN)) == sorted(code for _, code in EXAMPLES)
    assert PAGE.count("```") == 2 * len(EXAMPLES), "an example is in a language that no test runs"


def test_a_tile_of_hotspots_is_a_file_that_gdal_reads(server: Server, tmp_path: Path) -> None:
    told_by(server, "/hotspots/tiles/", tmp_path)
    assert len(gpd.read_file(tmp_path / "hot.mvt", layer="areas")) == 16


def run(server: Server, words: str) -> dict[str, Any]:
    names: dict[str, Any] = {"ADDRESS": server.address, "TOKEN": server.token}
    exec(compile(example(words), "docs/interfaces.md", "exec"), names)
    return names


def test_the_examples_do_what_the_page_says(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(shell(server, "/ogc/collections")["features"]) == 2
    sent = shell(server, "/open311/v2/requests.json")
    assert shell(server, "/open311/v2/requests.json") == sent
    assert run(server, "pd.read_csv")["cases"]["category"].tolist() == ["E0401"]
    capsys.readouterr()
    with Client(server.address, server.token) as yilu:
        case = yilu.call("read_cases")["items"][0]
        assert case["id"] == sent[0]["service_request_id"]
        assert "report_finding" in yilu.names()
        with pytest.raises(RefusedError) as refused:
            yilu.call("list_audit")
        assert refused.value.status == 404
        assert refused.value.problem["detail_zh"]
    run(server, "yilu.pages")
    called = shell(server, "yilu call")["items"]
    assert [one["id"] for one in called] == [sent[0]["service_request_id"]]


@pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="ogr2ogr is not installed (Debian: gdal-bin)")
def test_gdal_carries_the_cases_away_as_the_page_says(server: Server, tmp_path: Path) -> None:
    shell(server, "/open311/v2/requests.json")
    assert "Feature Count: 1" in told_by(server, "ogr2ogr", tmp_path)


def test_a_receiver_checks_a_signature_as_the_page_says(server: Server) -> None:
    is_genuine = run(server, "def is_genuine")["is_genuine"]
    at, secret = datetime.now(UTC), new_signing_secret()
    headers = {
        "webhook-id": "1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature_of(secret, "1", at, b"{}"),
    }
    assert is_genuine(secret, headers, b"{}")
    assert not is_genuine(secret, headers, b"{ }")
    assert not is_genuine(new_signing_secret(), headers, b"{}")
