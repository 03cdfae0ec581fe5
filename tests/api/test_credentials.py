"""Passwords, secrets and one-time codes."""

import base64

import pytest

from api.credentials import (
    CODE_PERIOD_S,
    WeakPasswordError,
    check_password_strength,
    code_at,
    digest_of,
    enrolment_address,
    hash_password,
    matching_step,
    new_code_key,
    new_secret,
    password_matches,
)

RFC_KEY = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("unix_s", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standards_own_table(unix_s: int, code: str) -> None:
    assert code_at(RFC_KEY, unix_s // CODE_PERIOD_S, digits=8) == code


def test_a_code_is_taken_once_and_only_near_its_time() -> None:
    step = 1_000_000
    now = step * CODE_PERIOD_S + 5
    code = code_at(RFC_KEY, step)
    assert matching_step(RFC_KEY, code, now) == step
    assert matching_step(RFC_KEY, code, now + CODE_PERIOD_S) == step
    assert matching_step(RFC_KEY, code, now - CODE_PERIOD_S) == step
    assert matching_step(RFC_KEY, code, now, last_step=step) is None
    assert matching_step(RFC_KEY, code, now + 2 * CODE_PERIOD_S) is None
    assert matching_step(RFC_KEY, "not a code", now) is None
    assert matching_step(RFC_KEY, "１２３４５６", now) is None


def test_a_password_is_recognised_and_nothing_else_is() -> None:
    kept = hash_password("长街短巷各有人管")
    assert kept.startswith("$argon2id$")
    assert password_matches("长街短巷各有人管", kept)
    assert not password_matches("长街短巷各有人", kept)
    assert not password_matches("\ud800 half a character", kept)
    assert not password_matches("anything", None)
    assert not password_matches("anything", "not a hash")


@pytest.mark.parametrize(
    "password", ["", "short", "1234567890", "aaaaaaaaaaaaaa", "operator123", "x" * 201, "qwertyuiop"]
)
def test_a_password_that_would_be_guessed_is_refused(password: str) -> None:
    with pytest.raises(WeakPasswordError) as refused:
        check_password_strength(password, "operator")
    assert refused.value.reason
    assert refused.value.reason_zh


def test_a_long_unusual_password_is_taken() -> None:
    check_password_strength("seven alleys and a river", "operator")


def test_secrets_are_unlike_each_other_and_kept_as_digests() -> None:
    one, other = new_secret("yilu_"), new_secret("yilu_")
    assert one.text != other.text
    assert one.text.startswith("yilu_")
    assert digest_of(one.text) == one.digest
    assert one.text.encode() not in one.digest


def test_an_authenticator_can_read_the_key() -> None:
    key = new_code_key()
    assert len(base64.b32decode(key)) == 20
    address = enrolment_address(key, "一路", "operator")
    assert address.startswith("otpauth://totp/%E4%B8%80%E8%B7%AF%3Aoperator?secret=")
    assert key in address
