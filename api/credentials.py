"""What proves who somebody is: passwords (argon2), random secrets kept as digests, one-time codes."""

import base64
import hashlib
import hmac
import secrets
import struct
from typing import NamedTuple
from urllib.parse import quote, urlencode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 200
TOKEN_PREFIX = "yilu_"  # noqa: S105 - not a secret: it lets scanners recognise one that leaked
CODE_DIGITS = 6
CODE_PERIOD_S = 30
CODE_DRIFT_STEPS = 1
"""A phone's clock may be one period off, either way."""

_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
_NOBODYS_HASH = _HASHER.hash(secrets.token_urlsafe())
_COMMON = frozenset(
    {"1234567890", "0123456789", "12345678910", "123456789a", "a123456789", "1q2w3e4r5t", "qwertyuiop"}
    | {"password12", "password123", "woaini1314", "5201314520", "iloveyou12", "administrator"}
)


class WeakPasswordError(ValueError):
    """A password that would be guessed."""

    def __init__(self, reason: str, reason_zh: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reason_zh = reason_zh


class Secret(NamedTuple):
    """A random secret: shown once, kept as a digest only."""

    text: str
    digest: bytes


def check_password_strength(password: str, name: str) -> None:
    """Refuse a password that is short, common, one character over and over, or the account's own name."""
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise WeakPasswordError(
            f"A password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters",
            f"密码长度须为 {MIN_PASSWORD_LENGTH} 至 {MAX_PASSWORD_LENGTH} 个字符",
        )
    plain = password.casefold()
    if plain in _COMMON or len(set(plain)) < 4 or plain.strip("0123456789!@#.") == name.casefold():
        raise WeakPasswordError(
            "This password is easily guessed; choose another", "此密码容易被猜到，请换一个"
        )


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password (64 MiB, about a tenth of a second)."""
    return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether the password is right; takes as long when there is no such account or it has no password."""
    try:
        right = _HASHER.verify(password_hash or _NOBODYS_HASH, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def new_secret(prefix: str = "") -> Secret:
    """Draw a secret of 256 bits."""
    text = prefix + secrets.token_urlsafe(32)
    return Secret(text, digest_of(text))


def digest_of(text: str) -> bytes:
    """Return what is kept of a random secret; a plain hash is enough, for nobody can guess 256 bits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def new_code_key() -> str:
    """Draw the key that a phone's authenticator and we share, in base 32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def code_at(key: str, step: int, digits: int = CODE_DIGITS) -> str:
    """Return the one-time code of one period (RFC 6238 with SHA-1, as authenticators expect)."""
    mac = hmac.digest(base64.b32decode(key), struct.pack(">Q", step), "sha1")
    offset = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(key: str, code: str, unix_s: float, last_step: int = -1) -> int | None:
    """Return the period whose code this is, if it is near enough to now and was not used before."""
    now = int(unix_s // CODE_PERIOD_S)
    for step in range(now - CODE_DRIFT_STEPS, now + CODE_DRIFT_STEPS + 1):
        if step > last_step and hmac.compare_digest(code_at(key, step).encode(), code.encode()):
            return step
    return None


def enrolment_address(key: str, issuer: str, account: str) -> str:
    """Return the `otpauth:` address that an authenticator reads from a QR code."""
    label = quote(f"{issuer}:{account}", safe="")
    return f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': issuer})}"
