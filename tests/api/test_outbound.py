"""Which addresses are called, and how calls are signed."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from api.outbound import RefusedAddressError, check_target, is_public, new_signing_secret, signature_of


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
        "::7f00:1",
        "fec0::1",
        "64:ff9b:1::7f00:1",
    ],
)
def test_addresses_inside_are_inside_however_they_are_written(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_addresses_outside_are_outside(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/hook",
        "http://localhost:8017/",
        "http://[::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://0/",
        "file:///etc/passwd",
        "gopher://1.1.1.1/",
        "http://",
        "http://user@1.1.1.1/",
        "http://1.1.1.1:99999/",
        "http://no-such-host.invalid/",
        "//1.1.1.1/",
    ],
)
async def test_what_must_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddressError):
        await check_target(url, frozenset())


async def test_a_host_inside_is_called_when_it_is_allowed_by_name() -> None:
    target = await check_target("http://LOCALHOST:8080/hook", frozenset({"localhost"}))
    assert (target.host, target.port, target.secure) == ("localhost", 8080, False)
    assert target.ip in {"127.0.0.1", "::1"}
    with pytest.raises(RefusedAddressError):
        await check_target("http://127.0.0.1:8080/hook", frozenset({"localhost"}))


async def test_a_public_address_needs_no_leave() -> None:
    target = await check_target("https://1.1.1.1/hook", frozenset())
    assert (target.ip, target.port, target.secure) == ("1.1.1.1", 443, True)


def test_signatures_are_those_of_the_convention_s_own_libraries() -> None:
    """The vector stands in the tests of the reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    at = datetime.fromtimestamp(1614265330, UTC)
    signature = signature_of(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_the_signature() -> None:
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    secret = new_signing_secret()
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    assert len(key) == 32
    expected = hmac.new(key, b'id-1.1772352000.{"a":1}', hashlib.sha256).digest()
    assert signature_of(secret, "id-1", at, b'{"a":1}') == "v1," + base64.b64encode(expected).decode()
