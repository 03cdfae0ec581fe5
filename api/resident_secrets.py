"""What a visitor without an account holds: a sum to do, a ticket for having done it, a number to follow by.

All three are made from one key of the district, so that any process knows them and nothing has to be kept
before somebody has worked for it.
"""

import base64
import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from api.ids import new_id

KEY_BYTES = 32
CODE_LENGTH = 16
"""Of 32 letters each: eighty bits, which nobody guesses and an old hand can still type."""

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011", "- ")


class Follow(StrEnum):
    """What the holder of a number may do: all that a reporter may, or only look."""

    OWN = "own"
    WATCH = "watch"


@dataclass(frozen=True, slots=True)
class Puzzle:
    """A sum: find a number that, put behind `text` and a colon, gives a hash with `bits` leading zeros."""

    text: str
    bits: int
    ticket: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Tracking:
    """A case's number and the code that only whoever was given it knows."""

    number: int
    code: str

    @property
    def text(self) -> str:
        """`24001-7K3Q-9XTM-…`: what a person reads out, types or keeps."""
        groups = [self.code[start : start + 4] for start in range(0, len(self.code), 4)]
        return "-".join((str(self.number), *groups))


def new_puzzle(key: bytes, bits: int, expires_at: datetime) -> Puzzle:
    """Make a sum that can be checked without having been kept."""
    ticket = new_id()
    return Puzzle(_puzzle_text(key, ticket, bits, expires_at), bits, ticket, expires_at)


def read_puzzle(key: bytes, text: str) -> Puzzle | None:
    """Return the sum if we made it."""
    try:
        name, bits, until, _ = text.split(".")
        puzzle = Puzzle(text, int(bits), UUID(hex=name), datetime.fromtimestamp(int(until), UTC))
    except (ValueError, OverflowError, OSError):
        return None
    ours = _puzzle_text(key, puzzle.ticket, puzzle.bits, puzzle.expires_at)
    return puzzle if hmac.compare_digest(ours.encode(), text.encode()) else None


def _puzzle_text(key: bytes, ticket: UUID, bits: int, expires_at: datetime) -> str:
    said = f"{ticket.hex}.{bits}.{int(expires_at.timestamp())}"
    return f"{said}.{_mark(key, 'puzzle', said)[:16]}"


def solves(puzzle: Puzzle, answer: int) -> bool:
    """Whether the visitor's machine has done the sum."""
    digest = hashlib.sha256(f"{puzzle.text}:{answer}".encode()).digest()
    return int.from_bytes(digest) >> (256 - puzzle.bits) == 0


def ticket_of(key: bytes, ticket: UUID) -> str:
    """What a visitor shows with each request after the sum."""
    return f"{ticket.hex}.{_mark(key, 'ticket', ticket.hex)}"


def read_ticket(key: bytes, text: str) -> UUID | None:
    """Return the ticket's id if we gave it out."""
    try:
        ticket = UUID(hex=text.partition(".")[0])
    except ValueError:
        return None
    return ticket if hmac.compare_digest(ticket_of(key, ticket).encode(), text.encode()) else None


def tracking_of(key: bytes, case: UUID, number: int, may: Follow) -> Tracking:
    """The number and code by which a case is followed."""
    digest = hmac.digest(key, f"follow {may} {case.hex}".encode(), hashlib.sha256)
    bits = int.from_bytes(digest[:10])
    return Tracking(number, "".join(_LETTERS[bits >> 5 * place & 31] for place in range(CODE_LENGTH)))


def read_tracking(text: str) -> Tracking | None:
    """Read what somebody typed: small letters, O for 0 and I for 1 are understood."""
    number, _, code = text.strip().partition("-")
    code = code.upper().translate(_READ_AS)
    if not (number.isascii() and number.isdecimal() and len(number) <= 15) or len(code) != CODE_LENGTH:
        return None
    return Tracking(int(number), code) if set(code) <= set(_LETTERS) else None


def follows(key: bytes, tracking: Tracking, case: UUID) -> Follow | None:
    """What the code lets its holder do with this case; None where it is not this case's."""
    for may in Follow:
        ours = tracking_of(key, case, tracking.number, may)
        if hmac.compare_digest(ours.code.encode(), tracking.code.encode()):
            return may
    return None


def mark_of_address(key: bytes, address: str) -> bytes:
    """Stands for where a request came from, so that nobody's address is kept; one home's network is one."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        known = address
    else:
        known = str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
    return hmac.digest(key, f"address {known}".encode(), hashlib.sha256)[:16]


def new_key() -> bytes:
    """Draw the district's key."""
    return secrets.token_bytes(KEY_BYTES)


def _mark(key: bytes, purpose: str, said: str) -> str:
    digest = hmac.digest(key, f"{purpose} {said}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
