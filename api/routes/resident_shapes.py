"""What passes between the residents' page and the server."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.case_items import LonLatPair
from api.instants import Instant
from api.routes.case_shapes import ClientId, Latitude, Longitude, PhotographName
from dispatch.findings import Kind
from dispatch.resident_rules import Service
from dispatch.words import Words

Ticket = Annotated[str, Field(min_length=8, max_length=100, description="From /resident/tickets.")]
Text = Annotated[str, Field(max_length=2000)]
ShortLine = Annotated[str, Field(max_length=200)]


class PuzzleShown(BaseModel):
    """A sum for the visitor's machine.

    Find a whole number such that SHA-256 of `puzzle`, a colon and the number begins with `bits` zero bits.
    """

    puzzle: str
    bits: int
    expires_at: datetime


class PuzzleAnswer(BaseModel):
    """The number that was found."""

    puzzle: Annotated[str, Field(max_length=200)]
    answer: Annotated[int, Field(ge=0, lt=2**53)]


class TicketGiven(BaseModel):
    """Good for one report and its photographs."""

    ticket: str
    expires_at: datetime


class ServiceShown(BaseModel):
    """Something that can be ordered."""

    id: str
    name: str
    name_en: str
    about: str
    about_en: str
    steps: list[str]
    steps_en: list[str]
    materials: list[str]
    materials_en: list[str]
    fee: str
    fee_en: str

    @classmethod
    def of(cls, service: Service) -> "ServiceShown":
        """Show a service of the policy."""
        steps, materials = service.steps, service.materials
        return cls(
            id=service.id,
            name=service.words.zh,
            name_en=service.words.en,
            about=service.about.zh,
            about_en=service.about.en,
            steps=[step.zh for step in steps],
            steps_en=[step.en for step in steps],
            materials=[thing.zh for thing in materials],
            materials_en=[thing.en for thing in materials],
            fee=service.fee.zh,
            fee_en=service.fee.en,
        )


class KindOffered(BaseModel):
    """A kind of case that a resident may begin."""

    kind: Kind
    common: list[str]
    """The categories to show first."""
    contact: bool
    """Whether a name and a number are needed."""


class ResidentForm(BaseModel):
    """Everything that the form is drawn from."""

    kinds: list[KindOffered]
    services: list[ServiceShown]
    photographs: int
    """How many one report may have."""
    nearby_m: float
    reopen_days: int
    contact_days: int
    """A name and a number are erased so many days after the case has ended."""
    messages: bool
    """Whether whoever leaves a number can be told of progress by text message."""


class FreeSlot(BaseModel):
    """A time at which somebody could come."""

    day: date
    slot: str
    left: int


class VisitTimes(BaseModel):
    """When somebody could come to a home in that community; null outside the district."""

    community: str | None
    times: list[FreeSlot]


class NearbyMatter(BaseModel):
    """An open matter, without names or words."""

    number: int
    category: str
    state: str
    reported_at: datetime
    at: LonLatPair
    street: str | None
    street_en: str | None
    distance_m: int


class SameHere(BaseModel):
    """Somebody saw the same."""

    ticket: Ticket
    description: Annotated[str, Field(max_length=500)] = ""


class ContactGiven(BaseModel):
    """How the resident can be reached: seen only by whoever handles the case."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    phone: Annotated[str, Field(min_length=5, max_length=24, pattern=r"^[0-9+() -]+$")]
    tell: bool = False
    """Whether he wants a message when something happens."""


class WishedVisit(BaseModel):
    """When somebody is to come."""

    day: date
    slot: Annotated[str, Field(max_length=20)]


class Language(StrEnum):
    """What a resident reads."""

    ZH = "zh"
    EN = "en"


class ResidentReport(BaseModel):
    """What a resident asks for."""

    ticket: Ticket
    client_id: ClientId
    kind: Kind = Kind.RESIDENT_REQUEST
    category: Annotated[str, Field(max_length=40)] = ""
    service: Annotated[str, Field(max_length=64)] = ""
    visit: WishedVisit | None = None
    lon: Longitude
    lat: Latitude
    place: ShortLine = ""
    """The place in the resident's own words: a building, a floor, beside what."""
    found_at: Instant
    description: Text = ""
    photographs: Annotated[list[PhotographName], Field(max_length=12)] = []
    contact: ContactGiven | None = None
    language: Language = Language.ZH


class ReportTaken(BaseModel):
    """The number and the code by which it is followed; whoever has them may rate and reopen."""

    new: bool
    number: int
    tracking: str


class Step(BaseModel):
    """Something that happened, without names."""

    at: datetime
    what: str
    post: str | None
    reason: str


class FollowedCase(BaseModel):
    """A case as whoever holds its number sees it."""

    number: int
    tracking: str
    may: Literal["own", "watch"]
    kind: Kind
    category: str
    state: str
    reported_at: datetime
    due_at: datetime | None
    outcome: str | None
    satisfaction: int | None
    description: str
    at: LonLatPair | None
    street: str | None
    photographs: list[str]
    """What the reporter sent."""
    done: list[str]
    """What the place looks like now, as those show it who settled it."""
    steps: list[Step]
    visit: WishedVisit | None
    continues_as: int | None
    """The number of the case that it was merged into."""
    tell: bool | None
    """Whether progress is told by text message; null where no number was left, or no gateway sends any."""
    can_rate: bool
    can_reopen: bool


class ResidentRating(BaseModel):
    """From 1, not at all content, to 5."""

    satisfaction: Annotated[int, Field(ge=1, le=5)]


class ResidentReason(BaseModel):
    """Why it is to be opened again."""

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


class MessagesWished(BaseModel):
    """Whether to send text messages from now on."""

    tell: bool


class CaseContact(BaseModel):
    """How whoever reported a case can be reached; all null where he left nothing."""

    case: UUID
    name: str | None
    phone: str | None
    address: str | None
    visit: WishedVisit | None


def both(words: Words) -> str:
    """A name in both languages: whoever handles the case may read either."""
    return f"{words.zh} / {words.en}"
