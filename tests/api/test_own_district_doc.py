"""docs/own-district.md says what the commands and the tables are."""

import argparse
import re
from pathlib import Path

import pytest

from api.commands import export, import_
from geo.area_codes import Level
from geo.table_kinds import KINDS, TableKind

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "own-district.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("command", "name"), [(import_, "import"), (export, "export")])
def test_every_flag_stands_in_the_document_and_none_that_is_not(command, name):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    flags = {flag for action in parser._actions for flag in action.option_strings} - {"-h", "--help"}
    table = TEXT.partition(f"| flag of `{name}` |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(--[a-z-]+)`", table, re.MULTILINE)) == flags


@pytest.mark.parametrize("kind", list(TableKind))
def test_every_column_of_a_table_stands_in_the_document(kind):
    section = TEXT.partition(f"### {kind.value}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (yes)? ?\|", section, re.MULTILINE)
    assert rows == [
        (column.name, column.zh, "yes" if column.required else "") for column in KINDS[kind].columns
    ]


def test_every_level_and_table_has_its_line():
    for level in Level:
        assert f"--level {level}" in TEXT
    for kind in TableKind:
        assert f"yilu import {kind.value} " in TEXT
