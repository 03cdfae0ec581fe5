"""A certificate of one's own for `yilu up --tls`: a local authority, and a certificate that it signs.

Phones take pictures and work offline only on pages that come by HTTPS. Where no public certificate is to be
had, the devices are told once to trust the authority's certificate; its key never leaves the data folder.
"""

import ipaddress
import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from api.commands import CommandError

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397
"""Browsers refuse certificates that last longer."""

RENEW_BEFORE_S = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files that a server by HTTPS needs, and the one that devices are told to trust."""

    certificate: Path
    key: Path
    authority: Path


def local_certificate(folder: Path, host: str) -> Certificate:
    """Return a certificate for this machine's names, made or renewed when there is none that will do."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    found = Certificate(folder / "server.pem", folder / "server.key", folder / "authority.pem")
    authority_key = folder / "authority.key"
    if not (found.authority.exists() and authority_key.exists()):
        _make_authority(found.authority, authority_key)
    names = names_of_this_machine(host)
    wanted = folder / "names"
    same_names = wanted.exists() and wanted.read_text().splitlines() == names
    if not (same_names and found.key.exists() and _lasts(found.certificate)):
        _make_server_certificate(found, authority_key, names)
        wanted.write_text("\n".join(names) + "\n")
    return found


def names_of_this_machine(host: str) -> list[str]:
    """Return the names and addresses under which browsers may come, as a certificate lists them."""
    names = {"DNS:localhost", "IP:127.0.0.1", f"DNS:{socket.gethostname()}"}
    with suppress(OSError):
        for *_, address in socket.getaddrinfo(socket.gethostname(), None):
            names.add(f"IP:{str(address[0]).split('%')[0]}")
    if route := _address_towards_others():
        names.add(f"IP:{route}")
    if host not in ("", "0.0.0.0", "::"):  # noqa: S104 - compared with, not bound to
        try:
            names.add(f"IP:{ipaddress.ip_address(host)}")
        except ValueError:
            names.add(f"DNS:{host}")
    return sorted(names)


def _address_towards_others() -> str | None:
    """Return our address in the local network: asking the way sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking, suppress(OSError):
        asking.connect(("192.0.2.1", 9))
        address: str = asking.getsockname()[0]
        return address
    return None


def _make_authority(certificate: Path, key: Path) -> None:
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
    key.chmod(0o600)
    subject = f"/O=Yilu/CN=Yilu local authority on {socket.gethostname()}"[:100]
    _openssl(
        *("req", "-x509", "-new", "-key", key, "-sha256", "-days", str(AUTHORITY_DAYS), "-out", certificate),
        *("-subj", subject, "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0"),
        *("-addext", "keyUsage=critical,keyCertSign,cRLSign"),
    )


def _make_server_certificate(found: Certificate, authority_key: Path, names: Sequence[str]) -> None:
    folder = found.key.parent
    request, extensions, aside = folder / "server.csr", folder / "server.ext", folder / "server.new"
    extensions.write_text(
        "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"
        f"subjectAltName={','.join(names)}\n"
    )
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", found.key)
    found.key.chmod(0o600)
    _openssl("req", "-new", "-key", found.key, "-subj", "/O=Yilu/CN=Yilu", "-out", request)
    _openssl(
        *("x509", "-req", "-in", request, "-CA", found.authority, "-CAkey", authority_key),
        *("-set_serial", f"0x{os.urandom(16).hex()}", "-days", str(SERVER_DAYS), "-sha256"),
        *("-extfile", extensions, "-out", aside),
    )
    aside.replace(found.certificate)
    request.unlink()
    extensions.unlink()


def _lasts(certificate: Path) -> bool:
    """Say whether the certificate is there and lasts for some weeks more."""
    if not certificate.exists():
        return False
    words = ("x509", "-checkend", str(RENEW_BEFORE_S), "-noout", "-in", str(certificate))
    return subprocess.run([_openssl_program(), *words], capture_output=True, check=False).returncode == 0


def _openssl_program() -> str:
    program = shutil.which("openssl")
    if program is None:
        raise CommandError("--tls needs the program openssl: install it (apt-get install openssl).")
    return program


def _openssl(*words: str | Path) -> None:
    done = subprocess.run([_openssl_program(), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CommandError(f"openssl {words[0]} failed: {done.stderr.strip()[-500:]}")
