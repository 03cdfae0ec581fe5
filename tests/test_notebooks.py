"""Every notebook runs from top to bottom, and what is committed can be read on the web and calls nobody."""

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tests.pages.site import served_sample

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(path.name for path in FOLDER.glob("*.ipynb"))
_OUTSIDE = re.compile(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']?https?:""", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?")
_LARGEST_BYTES = 4_000_000
SERVER = "YILU_SERVER"


def outputs_of(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def said_in(notebook: nbformat.NotebookNode) -> list[str]:
    """What each cell says in plain text, in however many pieces it came; a picture says that it is one."""
    return [
        "".join(
            str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
            for output in cell.get("outputs", [])
            if output.get("name") != "stderr"
        )
        for cell in notebook.cells
    ]


def text_of(output: nbformat.NotebookNode) -> str:
    data = output.get("data", {})
    return str(output.get("text", "")) + str(data.get("text/plain", "")) + str(data.get("text/html", ""))


def test_there_are_notebooks() -> None:
    assert {
        "02_hotspots.ipynb",
        "03_one_road_one_task_force.ipynb",
        "04_bring_your_own_district.ipynb",
    } <= set(NOTEBOOKS)


@pytest.fixture
def server_for(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    """A server with the sample district, for the notebook that asks one."""
    name = request.node.callspec.params["name"]
    if SERVER not in (FOLDER / name).read_text("utf-8"):
        yield
        return
    with served_sample(request.getfixturevalue("sample_database"), tmp_path) as site:
        monkeypatch.setenv(SERVER, site.url)
        yield


IN_THE_GATE = {"04_bring_your_own_district.ipynb"}
"""It goes the whole way from files; what the others draw from has tests beside its code."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in IN_THE_GATE else [pytest.mark.slow]) for name in NOTEBOOKS],
)
def test_a_notebook_runs_and_says_again_what_is_committed(name: str, server_for: None) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    committed = said_in(notebook)
    resources = {"metadata": {"path": str(FOLDER.parent)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=resources).execute()
    assert not [output for output in outputs_of(notebook) if output.output_type == "error"]
    for now, before in zip(said_in(notebook), committed, strict=True):
        assert _NUMBER.sub("#", now) == _NUMBER.sub("#", before), "run it again and commit it"
        numbers = [[float(one) for one in _NUMBER.findall(text.replace(",", ""))] for text in (now, before)]
        assert numbers[0] == pytest.approx(numbers[1], rel=0.01, abs=1e-6), "run it again and commit it"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_what_is_committed_can_be_read(name: str) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert len([cell for cell in notebook.cells if cell.cell_type == "markdown"]) >= len(code) / 2
    outputs = outputs_of(notebook)
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [text_of(output) for output in outputs if output.get("name") == "stderr"]
    assert (FOLDER / name).stat().st_size < _LARGEST_BYTES


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_has_no_logic_of_its_own_and_calls_nobody(name: str) -> None:
    notebook = nbformat.read(FOLDER / name, as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert not re.findall(r"^\s*(?:def|class|while)\b", code, re.MULTILINE)
    assert not _OUTSIDE.search("".join(text_of(output) for output in outputs_of(notebook)))
    assert str(Path.home()) + "/" not in "".join(text_of(output) for output in outputs_of(notebook))
    assert str(FOLDER.parent) not in "".join(text_of(output) for output in outputs_of(notebook))
