"""A resident's report on its way to a finding: what is asked for, checked against policy, put into words."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import asyncpg

from api.actors import actor_of
from api.identity import Principal, Role
from api.ids import new_id
from api.refusals import ConflictingChangeError, TicketNeededError, TooManyReportsError, UnusableValueError
from api.resident_secrets import Puzzle, mark_of_address, new_key, read_ticket, solves
from api.routes.resident_shapes import FreeSlot, ResidentReport, VisitTimes, WishedVisit, both
from api.store import photos, residents
from api.store.cases import find_report
from dispatch.cases import RESIDENT, Actor
from dispatch.clocks import CITY_ZONE
from dispatch.findings import Finding, Kind, Source, Wish
from dispatch.ids import FindingId, PersonId
from dispatch.policy import Policy
from geo.area_codes import AreaCode
from geo.coordinates import LonLat

TICKETS_FOR_EACH_REPORT = 6
"""So many tickets may be taken for each report that is allowed: pages are opened and left again."""

A_RESIDENT = Actor(None, RESIDENT, "居民")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: from where, and by which account if he is signed in as a resident."""

    principal: Principal
    key: bytes
    address: str

    @property
    def mark(self) -> bytes:
        """What stands for where he comes from."""
        return mark_of_address(self.key, self.address)

    @property
    def account(self) -> PersonId | None:
        """His account, where he holds one as a resident."""
        is_resident = any(grant.role is Role.RESIDENT for grant in self.principal.grants)
        return PersonId(self.principal.account) if self.principal.account and is_resident else None


async def key_of(driver: asyncpg.Connection, district: str) -> bytes:
    """Return the key by which this district makes codes, drawing it the first time."""
    return await residents.find_key(driver, district) or await residents.keep_key(driver, district, new_key())


async def bits_for(driver: asyncpg.Connection, visitor: Visitor, policy: Policy, now: datetime) -> int:
    """How hard this visitor's sum is: harder with each report that came from there within the hour."""
    rules = policy.residents.puzzle
    in_hour, _, _ = await residents.count_reports(driver, visitor.principal.district, visitor.mark, now)
    return min(rules.bits + in_hour, rules.most_bits)


async def give_ticket(
    driver: asyncpg.Connection,
    visitor: Visitor,
    policy: Policy,
    puzzle: Puzzle | None,
    answer: int,
    now: datetime,
) -> Puzzle:
    """Take the answer to a sum; raises where it is wrong, old, shown before, or where too many came."""
    if puzzle is None or puzzle.expires_at <= now or not solves(puzzle, answer):
        raise TicketNeededError
    district = visitor.principal.district
    _, _, tickets = await residents.count_reports(driver, district, visitor.mark, now)
    if tickets >= policy.residents.limits.reports_an_hour * TICKETS_FOR_EACH_REPORT:
        raise TooManyReportsError
    until = puzzle.expires_at
    if not await residents.add_ticket(driver, district, puzzle.ticket, visitor.mark, now, until):
        raise TicketNeededError
    return puzzle


async def check_ticket(driver: asyncpg.Connection, visitor: Visitor, text: str, now: datetime) -> FindingId:
    """Return the id of a ticket that is good, or raise."""
    ticket = read_ticket(visitor.key, text)
    if ticket is None or not await residents.ticket_is_good(driver, visitor.principal.district, ticket, now):
        raise TicketNeededError
    return FindingId(ticket)


def finding_of(body: ResidentReport, visitor: Visitor, policy: Policy, now: datetime) -> Finding:
    """The finding that the report is; raises where policy offers no such thing."""
    rules = policy.residents
    if body.kind not in _offered(policy):
        raise UnusableValueError("Residents cannot ask for that kind here", "此处不受理该类事项")
    if rules.needs_contact(body.kind) and body.contact is None:
        raise UnusableValueError("Leave a name and a telephone number for this", "请填写称呼和联系电话")
    if len(body.photographs) > rules.limits.photographs:
        most = rules.limits.photographs
        raise UnusableValueError(f"At most {most} photographs go with a report", f"照片最多 {most} 张")
    category, head = _matter(body, policy)
    place = f"位置 / Place: {body.place.strip()}" if body.place.strip() and body.contact is None else ""
    return Finding(
        FindingId(new_id()),
        AreaCode(visitor.principal.district),
        visitor.account,
        body.client_id,
        Source.RESIDENT,
        body.kind,
        category,
        LonLat(body.lon, body.lat),
        body.found_at,
        now,
        "\n".join(line for line in (head, body.description.strip(), place) if line),
        tuple(body.photographs),
        Wish.HAND_ON,
    )


def _offered(policy: Policy) -> set[Kind]:
    return {*policy.residents.kinds, Kind.ORDER, Kind.VISIT}


def _matter(body: ResidentReport, policy: Policy) -> tuple[str, str]:
    """The category, and the line that a case of this kind begins with."""
    rules = policy.residents
    if body.kind is Kind.ORDER:
        service = rules.services.get(body.service)
        if service is None:
            raise UnusableValueError(
                "There is no such service; choose one of the list", "没有这项服务，请从列表中选择"
            )
        return service.category, f"点单 / Order: {both(service.words)}"
    if body.kind is Kind.VISIT:
        if body.visit is None:
            raise UnusableValueError("Choose a day and a time for the visit", "请选择上门日期和时段")
        when = f"{body.visit.day.isoformat()} {body.visit.slot}"
        return rules.visits.category, f"预约上门 / Visit: {when}"
    if body.kind is not Kind.RESIDENT_REQUEST and body.category not in rules.kinds[body.kind].common:
        raise UnusableValueError("Choose what it is about", "请选择事项类别")
    return policy.category(body.category).code, ""


def digest_of(body: ResidentReport) -> str:
    """What tells two reports under one id apart; each try brings a ticket of its own."""
    said = body.model_dump_json(exclude={"ticket", "photographs"})
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Intake:
    """What is written beside a resident's case, in the case's own transaction."""

    body: ResidentReport
    visitor: Visitor
    policy: Policy
    finding: Finding
    community: str | None
    now: datetime

    async def acts(self, driver: asyncpg.Connection) -> Actor:
        """Spend the ticket, keep the contact and the visit; return who reports."""
        district = self.finding.district
        known = await find_report(driver, district, self.finding.submitter, self.finding.client_id)
        if known is None:
            await self._spend(driver)
            await self._keep_contact(driver)
            await self._book(driver)
        if self.visitor.account is None:
            return A_RESIDENT
        return replace(await actor_of(driver, self.visitor.principal), post=RESIDENT)

    async def _spend(self, driver: asyncpg.Connection) -> None:
        district = self.finding.district
        ticket = await check_ticket(driver, self.visitor, self.body.ticket, self.now)
        in_hour, in_day, _ = await residents.count_reports(driver, district, self.visitor.mark, self.now)
        limits = self.policy.residents.limits
        if in_hour >= limits.reports_an_hour or in_day >= limits.reports_a_day:
            raise TooManyReportsError
        for name in self.body.photographs:
            if not await photos.was_uploaded_by(driver, district, name, [ticket]):
                raise UnusableValueError(
                    "A photograph was not uploaded under this ticket; upload it again", "照片需要重新上传"
                )
        if not await residents.use_ticket(driver, district, ticket, self.now):
            raise TicketNeededError

    async def _keep_contact(self, driver: asyncpg.Connection) -> None:
        given = self.body.contact
        if given is None:
            return
        contact = residents.Contact(
            given.name.strip(),
            given.phone.strip(),
            self.body.place.strip(),
            self.body.language.value,
            given.tell,
        )
        await residents.save_contact(driver, self.finding.district, self.finding.id, contact)

    async def _book(self, driver: asyncpg.Connection) -> None:
        wished = self.body.visit
        if self.body.kind is not Kind.VISIT or wished is None:
            return
        rules = self.policy.residents.visits
        if self.community is None:
            raise UnusableValueError("Visits are made within the district only", "仅受理本辖区内的上门预约")
        if (wished.day, wished.slot) not in open_slots(self.policy, self.now):
            raise UnusableValueError("Nobody comes at that time; choose another", "该时段不可预约，请另选")
        visit = residents.BookedVisit(self.community, wished.day, wished.slot)
        if not await residents.book_visit(
            driver, self.finding.district, self.finding.id, visit, rules.each_slot
        ):
            raise ConflictingChangeError(
                "That time has just been taken; choose another", "该时段刚被约满，请另选"
            )


def open_slots(policy: Policy, now: datetime) -> list[tuple[date, str]]:
    """Every day and slot that could be booked now, whether it has room or not."""
    rules = policy.residents.visits
    today = now.astimezone(CITY_ZONE).date()
    days = (today + timedelta(days=number) for number in range(rules.days_ahead + 1))
    return [
        (day, slot.name)
        for day in days
        if policy.calendar.is_working_day(day)
        for slot in rules.slots
        if datetime.combine(day, slot.opens, CITY_ZONE) >= now + rules.ahead
    ]


async def visit_times(
    driver: asyncpg.Connection, district: str, community: str | None, policy: Policy, now: datetime
) -> VisitTimes:
    """The slots of a community, with how many visits each still takes."""
    slots = open_slots(policy, now) if community else []
    if not slots or community is None:
        return VisitTimes(community=community, times=[])
    booked = await residents.list_booked(driver, district, community, slots[0][0], slots[-1][0])
    most = policy.residents.visits.each_slot
    free = [
        FreeSlot(day=day, slot=slot, left=max(most - booked.get((day, slot), 0), 0)) for day, slot in slots
    ]
    return VisitTimes(community=community, times=free)


def visit_shown(visit: residents.BookedVisit | None) -> WishedVisit | None:
    """A booked visit as it is shown."""
    return WishedVisit(day=visit.day, slot=visit.slot) if visit else None
