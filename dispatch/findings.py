"""What was seen: a finding never changes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dispatch.ids import FindingId, PersonId
from dispatch.lifecycle import Outcome
from geo.area_codes import AreaCode
from geo.coordinates import LonLat


class Kind(StrEnum):
    """What a case grew out of. One engine serves all; policy says what differs."""

    PATROL_FINDING = "patrol_finding"
    HAZARD_CHECK = "hazard_check"
    RESIDENT_REQUEST = "resident_request"
    ORDER = "order"
    WISH = "wish"
    DISPUTE = "dispute"
    VISIT = "visit"


class Source(StrEnum):
    """The way a finding came in."""

    STAFF = "staff"
    RESIDENT = "resident"
    OPERATOR = "operator"
    HOTLINE = "hotline"
    PARTNER_SYSTEM = "partner_system"
    SENSOR = "sensor"
    IMPORTED = "imported"
    """Another system's past, brought in as history."""


class Entered(StrEnum):
    """Where the finder had gone in: the three entries and one patrol of a grid worker."""

    HOME = "home"
    BUILDING = "building"
    UNIT = "unit"
    """A shop, an office, a works, a school."""
    STREET = "street"


class Wish(StrEnum):
    """What the finder wants to happen next."""

    SETTLE = "settle"
    KEEP = "keep"
    HAND_ON = "hand_on"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem as somebody reported it; `found_at` is the phone's time, `received_at` the server's.

    `client_id` was made by the phone: with the submitter it tells a retry from a second report.
    """

    id: FindingId
    district: AreaCode
    submitter: PersonId | None
    client_id: str
    source: Source
    kind: Kind
    category: str
    at: LonLat
    found_at: datetime
    received_at: datetime
    description: str = ""
    photographs: tuple[str, ...] = ()
    wish: Wish = Wish.HAND_ON
    outcome: Outcome | None = None
    patrol: str | None = None
    entered: Entered | None = None
    """None where he did not say."""
    drill: bool = False
    """Seen in a drill: played by the simulator against the real server, not in the city."""
