"""Settings: arguments before the environment, that before defaults; folders that all can enter."""

from pathlib import Path

import pytest

from api.commands.serving import announcement
from api.routes.pages import PAGES
from api.settings import SETTINGS, SettingError, Settings, data_folder, everybody_can_enter


def test_what_is_told_goes_before_the_environment_and_that_before_defaults(tmp_path: Path) -> None:
    assert Settings.read({}).port == 8017
    assert Settings.read({"YILU_PORT": "9000"}).port == 9000
    assert Settings.read({"YILU_PORT": "9000"}, port=9001).port == 9001
    assert Settings.read({"YILU_PORT": "9000"}, port=None).port == 9000
    assert Settings.read({"YILU_DATA": str(tmp_path)}).data_path == tmp_path
    assert Settings.read({"YILU_PORT": "  "}).port == 8017


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("YILU_PORT", "0", "a port is a whole number from 1 to 65535"),
        ("YILU_PORT", "８０", "a port is a whole number from 1 to 65535"),
        ("DATABASE_URL", "mysql://somewhere/db", "an address looks like postgresql://"),
        ("YILU_TLS", "maybe", "a switch is 1 or 0"),
        ("YILU_DATA", "one\ntwo", "a folder's name holds no line break"),
    ],
)
def test_a_value_that_cannot_be_used_is_said_with_what_would_do(
    variable: str, text: str, sentence: str
) -> None:
    with pytest.raises(SettingError, match=variable) as refused:
        Settings.read({variable: text})
    assert sentence in str(refused.value)


def test_every_setting_has_a_field_of_its_own() -> None:
    fields = [setting.field for setting in SETTINGS]
    assert len(set(fields)) == len(fields)
    assert set(fields) <= set(Settings.__dataclass_fields__)


def test_a_closed_folder_anywhere_above_keeps_others_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o700)
    assert not everybody_can_enter(home / "checkout" / ".yilu")
    assert everybody_can_enter(Path("/usr/share/not/there/yet"))


def test_the_shipped_data_is_found() -> None:
    assert (data_folder() / "policy").is_dir()
    assert (data_folder() / "boundaries").is_dir()


def test_every_page_that_is_built_is_announced_with_its_address(tmp_path: Path) -> None:
    for name in PAGES.values():
        (tmp_path / f"{name}.html").touch()
    settings = Settings(database_url="", data_path=tmp_path, pages_path=tmp_path, host="0.0.0.0", port=80)
    said = announcement(settings, {"operator": "/sign-in#link=secret"})
    for path in PAGES:
        assert f"http://127.0.0.1:80{path}" in said
    assert "http://127.0.0.1:80/sign-in#link=secret" in said
