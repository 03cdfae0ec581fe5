"""What the server draws from the system: time-ordered ids."""

import secrets
import time
from uuid import UUID

from dispatch.ids import time_ordered_uuid


def new_id() -> UUID:
    """Return a fresh id; ids of later milliseconds sort after earlier ones."""
    return time_ordered_uuid(time.time_ns() // 1_000_000, secrets.randbits(74))
