"""`yilu call`: whatever a server's API document names, from a shell."""

import argparse
import json
import os
import sys
from typing import Any

import httpx

from api.client import Client, RefusedError
from api.commands import CommandError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which operation, with which values, of which server."""
    parser.add_argument("name", nargs="?", help="of the operation; without one all names are listed")
    parser.add_argument(
        "values", nargs="*", metavar="NAME=VALUE", help="a name that comes often makes a list; JSON is read"
    )
    parser.add_argument("--address", default="http://127.0.0.1:8017", help="of the server")
    parser.add_argument("--pages", action="store_true", help="every item of a list, each on a line")


def run(args: argparse.Namespace) -> int:
    """Call, and print the answer; the token comes from YILU_TOKEN, where others cannot read it."""
    values = _values(args.values)
    try:
        with Client(args.address, os.environ.get("YILU_TOKEN", "")) as yilu:
            if args.name is None:
                print("\n".join(yilu.names()))
            elif args.name not in yilu.names():
                raise CommandError(
                    f"the server has no operation {args.name!r}; 'yilu call' lists all.", status=2
                )
            elif args.pages:
                for item in yilu.pages(args.name, **values):
                    print(json.dumps(item, ensure_ascii=False))
            else:
                _show(yilu.call(args.name, **values))
    except RefusedError as refused:
        raise CommandError(str(refused)) from refused
    except KeyError as missing:
        raise CommandError(f"{args.name} needs {missing.args[0]}=…", status=2) from missing
    except (httpx.TransportError, httpx.InvalidURL) as failure:
        raise CommandError(
            f"{args.address} cannot be reached ({failure}): is 'yilu up' running?"
        ) from failure
    return 0


def _show(answer: Any) -> None:
    if isinstance(answer, bytes):
        sys.stdout.buffer.write(answer)
    else:
        print(json.dumps(answer, ensure_ascii=False, indent=2))


def _values(told: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for pair in told:
        name, equals, text = pair.partition("=")
        if not (equals and name):
            raise CommandError(f"{pair!r} says nothing; write it like state=filed.", status=2)
        value = _read(text)
        if name in values:
            before = values[name]
            values[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            values[name] = value
    return values


def _read(text: str) -> Any:
    """JSON where it is some; a number stays as it was written, for ids and codes may look like one."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(found, int | float) and not isinstance(found, bool) else found
