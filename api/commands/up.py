"""`yilu up`: everything that is missing, and the server."""

import argparse

from api.commands.database import add_data_argument
from api.settings import port_number


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say where to listen and what to keep where."""
    parser.add_argument("--host", help="the address to listen on (default: 127.0.0.1, this machine only)")
    parser.add_argument("--port", type=port_number, help="the port to listen on (default: 8017)")
    parser.add_argument(
        "--tls", action="store_true", help="serve by HTTPS, with a certificate of a local authority"
    )
    parser.add_argument(
        "--no-drill", action="store_true", help="do not play the sample district's day against the server"
    )
    add_data_argument(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from api.commands import serving  # the whole server: seconds that no --help has to wait for

    return serving.run(args)
