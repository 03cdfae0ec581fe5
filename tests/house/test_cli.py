"""The command line as a person meets it."""

import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import pytest

from api import cli
from api.settings import checkout_folder

ROOT = checkout_folder()
assert ROOT is not None
HEAVY = {"numpy", "sqlalchemy", "fastapi", "geopandas", "numba", "uvicorn", "asyncpg"}


def yilu(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "api.cli", *words],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        cwd="/",
        env={**os.environ, **more},
    )


def test_help_lists_every_command_in_both_languages() -> None:
    told = yilu("--help")
    assert told.returncode == 0
    for command in cli.COMMANDS:
        assert f"  {command.name} " in told.stdout
        assert command.help in told.stdout
        assert command.help_zh in told.stdout


@pytest.mark.parametrize("words", [["--help"], ["up", "--help"]], ids=" ".join)
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    code = (
        "import atexit, sys; from api import cli; atexit.register(lambda: print(*sorted(sys.modules)));"
        f"cli.main({words})"
    )
    told = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(told.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("command", cli.COMMANDS, ids=lambda command: command.name)
def test_every_command_has_its_two_functions_and_its_own_help(
    command: cli.Command, capsys: pytest.CaptureFixture[str]
) -> None:
    module = import_module(f"api.commands.{command.module}")
    assert callable(module.run)
    with pytest.raises(SystemExit) as left:
        cli.main([command.name, "--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: yilu {command.name}")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["upp"], "yilu: there is no command 'upp': did you mean 'up'?"),
        (["xyzzy"], "yilu: there is no command 'xyzzy': see yilu --help"),
        (["up", "--prot", "1"], "yilu up: unrecognized arguments: --prot 1 (see yilu up --help)"),
        (["bench", "nothing"], "yilu: there is no benchmark 'nothing'"),
        (
            ["pictures", "nothing"],
            "yilu: there are no pictures of 'nothing'; there are command_centre",
        ),
    ],
)
def test_bad_input_gets_one_sentence_and_status_2(words: list[str], sentence: str) -> None:
    told = yilu(*words)
    assert told.returncode == 2
    assert told.stderr.startswith(sentence)
    assert len(told.stderr.splitlines()) == 1
    assert not told.stdout


def test_a_port_that_is_none_is_refused(tmp_path: Path) -> None:
    told = yilu("up", "--port", "70000", "--data", str(tmp_path))
    assert told.returncode == 2
    assert "--port" in told.stderr
    told = yilu("up", "--data", str(tmp_path), YILU_PORT="eighty")
    assert told.returncode == 2
    assert told.stderr == (
        "yilu: YILU_PORT='eighty' cannot be used: a port is a whole number from 1 to 65535.\n"
    )


def test_an_interrupt_ends_a_command_without_a_trace() -> None:
    waiting = "import sys, time; sys.modules['api.commands.doctor'] = sys; sys.add_arguments = time.sleep"
    code = f"{waiting}; from api import cli; print('ready'); raise SystemExit(cli.main(['doctor']))"
    process = subprocess.Popen(
        [sys.executable, "-P", "-u", "-c", code.replace("= time.sleep", "= lambda _: time.sleep(60)")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.5)  # past its imports
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said


class TestEntry:
    """The script `yilu`, which needs a Python and nothing else."""

    def test_it_answers_help_from_any_folder_and_through_a_link(self, tmp_path: Path) -> None:
        link = tmp_path / "bin with spaces" / "yilu"
        link.parent.mkdir()
        link.symlink_to(ROOT / "yilu")
        told = subprocess.run([link, "--help"], capture_output=True, text=True, cwd=tmp_path, check=False)
        assert told.returncode == 0, told.stderr
        assert "usage: yilu COMMAND" in told.stdout

    def test_it_sets_nothing_up_for_a_command_that_does_not_exist(self) -> None:
        told = subprocess.run([ROOT / "yilu", "serve"], capture_output=True, text=True, check=False)
        assert told.returncode == 2
        assert told.stderr.startswith("yilu: there is no command 'serve'")

    def test_without_a_python_it_says_what_to_install(self, tmp_path: Path) -> None:
        (tmp_path / "yilu").write_bytes((ROOT / "yilu").read_bytes())
        for tool in ("dirname", "readlink", "cat"):
            (tmp_path / tool).symlink_to(f"/usr/bin/{tool}")
        told = subprocess.run(
            ["/bin/sh", tmp_path / "yilu", "up"],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": str(tmp_path)},
        )
        assert told.returncode == 1
        assert "Python 3.11" in told.stderr
        assert "apt-get install python3" in told.stderr
