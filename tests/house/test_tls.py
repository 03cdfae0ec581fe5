"""Certificates of one's own: a client that trusts the authority trusts the server, and renews by itself."""

import shutil
import socket
import ssl
import threading
from pathlib import Path

import pytest

from api.commands.tls import local_certificate, names_of_this_machine

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine")


def greet(folder: Path, name: str) -> str:
    """Let a client that trusts the authority meet a server with the certificate, under `name`."""
    made = local_certificate(folder, "127.0.0.1")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(made.certificate, made.key)
    near, far = socket.socketpair()
    near.settimeout(10)
    far.settimeout(10)

    def serve() -> None:
        try:
            with serving.wrap_socket(far, server_side=True) as secure:
                secure.sendall(b"welcome")
        except ssl.SSLError:
            pass  # the client did not like the certificate, which is its right

    server = threading.Thread(target=serve)
    server.start()
    try:
        trusting = ssl.create_default_context(cafile=str(made.authority))
        with trusting.wrap_socket(near, server_hostname=name) as secure:
            return secure.recv(7).decode()
    finally:
        near.close()
        server.join()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_device_that_holds_the_authority_trusts_the_server(tmp_path: Path, name: str) -> None:
    assert greet(tmp_path / "tls", name) == "welcome"


def test_another_name_is_not_vouched_for(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        greet(tmp_path / "tls", "elsewhere.example")


def test_it_is_made_once_and_again_only_for_other_names(tmp_path: Path) -> None:
    first = local_certificate(tmp_path / "tls", "127.0.0.1")
    text, authority = first.certificate.read_text(), first.authority.read_text()
    assert local_certificate(tmp_path / "tls", "127.0.0.1").certificate.read_text() == text
    other = local_certificate(tmp_path / "tls", "yilu.example")
    assert other.certificate.read_text() != text
    assert other.authority.read_text() == authority


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    made = local_certificate(tmp_path / "tls", "127.0.0.1")
    for secret in (made.key, made.key.with_name("authority.key")):
        assert secret.stat().st_mode & 0o077 == 0


def test_a_name_and_an_address_are_listed_as_what_they_are() -> None:
    assert "DNS:yilu.example" in names_of_this_machine("yilu.example")
    assert "IP:10.0.0.7" in names_of_this_machine("10.0.0.7")
    assert "IP:127.0.0.1" in names_of_this_machine("0.0.0.0")
