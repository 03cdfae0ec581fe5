"""What docs/operating.md, CONTRIBUTING and the changelog name exists, and what exists is named."""

import re
import subprocess
from pathlib import Path

import pytest

from api.cli import COMMANDS
from api.settings import SETTINGS, checkout_folder

found = checkout_folder()
assert found is not None
ROOT: Path = found
OPERATING = (ROOT / "docs" / "operating.md").read_text()
PAGES = sorted(
    path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if "node_modules" not in path.parts
)


def test_every_setting_stands_in_the_table_with_its_meaning() -> None:
    listed = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+) \|$", OPERATING, re.MULTILINE))
    assert listed == {setting.variable: setting.meaning for setting in SETTINGS}


def test_every_default_that_the_table_names_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    from api.settings import Settings

    for setting in SETTINGS:
        monkeypatch.delenv(setting.variable, raising=False)
    defaults = Settings.read({})
    told = {"port": "8017", "host": "127.0.0.1", "district_code": "990101"}
    for setting in SETTINGS:
        if setting.field in told:
            assert (
                f"(`{told[setting.field]}`" in setting.meaning
                or f"`{told[setting.field]}`" in setting.meaning
            )
            assert str(getattr(defaults, setting.field)) == told[setting.field]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    known = {command.name for command in COMMANDS}
    code = re.findall(r"```.*?```|`[^`\n]+`", page.read_text(), re.DOTALL)
    named = {word for text in code for word in re.findall(r"(?:^|\s|`)(?:\./)?yilu ([a-z]+)", text)}
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_inside_the_checkout_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_picture_is_shown_and_together_they_are_no_burden() -> None:
    pictures = {path.resolve(): path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    shown = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in re.findall(r"!\[[^]]*\]\(([^)\s]+)\)", page.read_text())
    }
    assert set(pictures) == shown
    assert sum(pictures.values()) < 6_000_000


def test_what_is_locked_names_no_host() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / lock).read_text().splitlines()
        assert not [line for line in lines if "://" in line], lock
    assert '"resolved"' not in (ROOT / "web" / "package-lock.json").read_text()
    tracked = subprocess.run(
        ["git", "ls-files", "uv.lock"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert tracked.stdout == ""
