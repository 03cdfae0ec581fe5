"""The command line: one table of commands, each in a module that is imported only when it is called.

Standard library only, so that `yilu --help` answers at once, on a checkout where nothing is set up yet.
"""

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from api.commands import CommandError


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, its module under api.commands, and a line of help in both languages."""

    name: str
    module: str
    help: str
    help_zh: str
    for_developers: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("up", "up", "set up what is missing, and serve everything", "安装所需，启动全部服务"),
    Command(
        "import",
        "import_",
        "boundaries, roads, streets, people, past cases",
        "导入边界、道路、人员、案件等",
    ),
    Command("export", "export", "write them back, or a template of each", "导出数据或模板"),
    Command("coverage", "coverage", "who is within 5, 10, 15 minutes of a centre", "十五分钟服务圈覆盖"),
    Command(
        "simulate", "simulate", "days in virtual time; compare ways of dispatching", "模拟与派单策略比较"
    ),
    Command("report", "report", "a report on a map, in one file", "导出地图报告（单个文件）"),
    Command(
        "db",
        "db",
        "the database: status, backup, restore, psql, verify-audit",
        "数据库：状态、备份、恢复、控制台、审计校验",
    ),
    Command("call", "call", "whatever the API of a server names, from a shell", "命令行调用接口"),
    Command("keys", "keys", "the keys that secrets are encrypted with: rotate", "更换加密密钥"),
    Command("policy", "policy", "check the rules, preview what they change", "检查规则，预览变更影响"),
    Command("doctor", "doctor", "what is found, what is missing, what to do", "检查环境，说明缺什么、怎么办"),
    Command("reset", "reset", "delete the data folder, after asking", "清空数据目录（先询问）"),
    Command("test", "test", "the whole gate: style, types, tests, pages, wheel", "全部检查与测试", True),
    Command("check", "check", "lint, types and layers only", "仅代码检查", True),
    Command("bench", "bench", "measure one thing: yilu bench NAME", "性能测量", True),
    Command("pictures", "pictures", "take the pictures in docs/pictures anew", "重新拍摄文档图片", True),
)
"""Every command. A command's module has `add_arguments(parser)` and `run(args) -> int`."""


class Parser(argparse.ArgumentParser):
    """A parser that answers bad input with one sentence."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line, and leave with status 2."""
        sys.stderr.write(f"{self.prog}: {message} (see {self.prog} --help)\n")
        sys.exit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the status to exit with."""
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except CommandError as failure:
        sys.stderr.write(f"yilu: {failure}\n")
        return failure.status
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return 130
    except BrokenPipeError:
        # whoever read our output has left; nothing more can be said to him
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _run(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if words[0] in ("-V", "--version"):
        print(f"yilu {_version()}")
        return 0
    command = find_command(words[0])
    module = importlib.import_module(f"api.commands.{command.module}")
    parser = Parser(
        prog=f"yilu {command.name}",
        description=f"{_sentence(command.help)}  {command.help_zh}。",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.add_arguments(parser)
    status: int = module.run(parser.parse_args(words[1:]))
    return status


def find_command(name: str) -> Command:
    """Return the command called `name`, or say which may have been meant."""
    for command in COMMANDS:
        if command.name == name:
            return command
    near = difflib.get_close_matches(name, [command.name for command in COMMANDS], n=1)
    hint = f"did you mean '{near[0]}'?" if near else "see yilu --help"
    raise CommandError(f"there is no command '{name}': {hint}", status=2)


def overview() -> str:
    """Return the text of `yilu --help`."""
    lines = [
        "yilu 一路: live dispatch and 15-minute coverage for a city district",
        "",
        "usage: yilu COMMAND …",
        "",
    ]
    for title, developers in (("commands", False), ("for developers", True)):
        lines.append(f"{title}:")
        lines += [
            f"  {command.name:<10} {command.help}  {command.help_zh}"
            for command in COMMANDS
            if command.for_developers == developers
        ]
        lines.append("")
    return "\n".join([*lines, "yilu COMMAND --help says more. Settings: docs/operating.md."])


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # 30 ms that only this line needs

    try:
        return version("yilu")
    except PackageNotFoundError:
        return "(checkout)"


if __name__ == "__main__":
    sys.exit(main())
