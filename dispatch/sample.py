"""The people of the sample district: 76 task forces, the grids' workers, the departments' contacts; invented.

Made from a territory and a seed alone, so that every machine has the same people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from random import Random
from uuid import UUID

from dispatch.cases import DEPARTMENT_CONTACT, OPERATOR, STREET_CHIEF, SUPERVISOR, Post
from dispatch.clocks import CITY_ZONE
from dispatch.ids import DepartmentId, PersonId, TaskForceId
from dispatch.policy import Policy
from dispatch.responders import Responder, Shift
from dispatch.sample_names import invented_name, invented_phone
from dispatch.task_forces import TaskForce
from geo.area_codes import AreaCode, Level
from geo.areas import Area, Territory
from geo.coordinates import LonLat
from geo.streets import Street, StreetId

SEED = 7
ALLEY_STEWARDS = 258
GRID_WORKERS = 201
_EVERY_DAY = frozenset(range(7))
_WEEKDAYS = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class WorkPattern:
    """On which weekdays (0 is Monday) somebody works, from when and for how many hours."""

    weekdays: frozenset[int]
    begins: time
    hours: float

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """The shift that begins on that day, if any."""
        if day.weekday() not in self.weekdays:
            return None
        begins = datetime.combine(day, self.begins, CITY_ZONE).astimezone(UTC)
        return begins, begins + timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the sample district."""

    person: PersonId
    name: str
    name_en: str
    post: Post
    area: AreaCode
    pattern: WorkPattern
    phone: str
    streets: frozenset[StreetId] = frozenset()
    station: LonLat | None = None
    department: DepartmentId | None = None


@dataclass(frozen=True)
class SamplePeople:
    """Everybody, and the task forces they make."""

    members: tuple[Member, ...]
    task_forces: tuple[TaskForce, ...]

    @cached_property
    def by_id(self) -> Mapping[PersonId, Member]:
        """Everybody by id."""
        return {member.person: member for member in self.members}

    def shift_at(self, member: Member, now: datetime) -> Shift | None:
        """The rostered shift that is on at that instant; night shifts reach into the next day."""
        today = now.astimezone(CITY_ZONE).date()
        for day in (today, today - timedelta(days=1)):
            span = member.pattern.on(day)
            if span and span[0] <= now < span[1]:
                return Shift(*span, station=member.station)
        return None

    def roster(self, first: date, days: int) -> list[tuple[Member, Shift]]:
        """Every shift that begins within those days."""
        lines = []
        for number in range(days):
            day = first + timedelta(days=number)
            for member in self.members:
                span = member.pattern.on(day)
                if span:
                    lines.append((member, Shift(*span, station=member.station)))
        return lines

    def responders(self, policy: Policy, now: datetime) -> list[Responder]:
        """Everybody who can be sent, as on the roster at that instant."""
        return [
            Responder(
                member.person,
                member.name,
                member.post,
                member.area,
                member.streets,
                shift=self.shift_at(member, now),
                station=member.station,
                capacity=policy.posts[member.post].capacity,
                department=member.department,
                phone=member.phone,
                name_en=member.name_en,
            )
            for member in self.members
            if member.post in policy.posts
        ]


_MORNING, _EVENING, _NIGHT = (time(7), 8.0), (time(14), 8.0), (time(22), 9.0)


class _Hiring:
    """Names people one after another, with ids and numbers that follow from the seed."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(f"people of the sample district {seed}")
        self.members: list[Member] = []

    def hire(
        self,
        post: Post,
        area: AreaCode,
        pattern: WorkPattern,
        *,
        streets: frozenset[StreetId] = frozenset(),
        station: LonLat | None = None,
        department: DepartmentId | None = None,
    ) -> Member:
        """One more person."""
        name, name_en = invented_name(self.chance)
        member = Member(
            PersonId(UUID(int=self.chance.getrandbits(128), version=4)),
            name,
            name_en,
            post,
            area,
            pattern,
            invented_phone(len(self.members)),
            streets,
            station,
            department,
        )
        self.members.append(member)
        return member

    def some_days(self, days: int) -> frozenset[int]:
        """So many weekdays, by chance."""
        return frozenset(self.chance.sample(range(7), days))

    def any_shift(self, *, nights: bool = False) -> WorkPattern:
        """Six days a week, early or late (or at night)."""
        begins, hours = self.chance.choice((_MORNING, _EVENING, _NIGHT) if nights else (_MORNING, _EVENING))
        return WorkPattern(self.some_days(6), begins, hours)


_OFFICE = WorkPattern(_WEEKDAYS, time(8, 30), 9.5)
_ROUND_THE_CLOCK = WorkPattern(_EVERY_DAY, time(0), 24.0)


def sample_people(
    territory: Territory, departments: Sequence[DepartmentId], seed: int = SEED
) -> SamplePeople:
    """Everybody of a district with those areas and streets."""
    hiring = _Hiring(seed)
    district = next(area for area in territory.areas if area.level is Level.DISTRICT)
    forces: list[TaskForce] = []
    for subdistrict in _on(territory, Level.SUBDISTRICT):
        streets = sorted(
            (street for street in territory.streets if street.subdistrict == subdistrict.code),
            key=lambda street: street.id,
        )
        forces += _man_subdistrict(hiring, subdistrict, streets, len(territory.streets))
    _man_grids(hiring, territory)
    for department in departments:
        hiring.hire(DEPARTMENT_CONTACT, district.code, _ROUND_THE_CLOCK, department=department)
    for shift in (_MORNING, _EVENING, _NIGHT) * 4:
        hiring.hire(OPERATOR, district.code, WorkPattern(_EVERY_DAY, *shift))
    for post, number in (("planner", 2), ("administrator", 1), ("auditor", 1)):
        for _ in range(number):
            hiring.hire(Post(post), district.code, _OFFICE)
    return SamplePeople(tuple(hiring.members), tuple(forces))


def _on(territory: Territory, level: Level) -> list[Area]:
    return sorted((area for area in territory.areas if area.level is level), key=lambda area: area.code)


def _man_subdistrict(
    hiring: _Hiring, subdistrict: Area, streets: Sequence[Street], all_streets: int
) -> list[TaskForce]:
    """The posts that a subdistrict shares among its streets, then each street's own people."""
    code, middle = subdistrict.code, _middle(subdistrict)
    beats = [streets[start : start + 3] for start in range(0, len(streets), 3)]
    police = {
        beat[0].id: [
            hiring.hire(
                Post("area_police"),
                code,
                hiring.any_shift(nights=True),
                streets=_ids(beat),
                station=_along(beat[0]),
            )
            for _ in range(2)
        ]
        for beat in beats
    }
    traffic = [
        hiring.hire(Post("traffic_police"), code, hiring.any_shift(), streets=_ids(streets), station=middle)
        for _ in range(3)
    ]
    squad = [
        hiring.hire(
            Post("enforcement_squad"), code, hiring.any_shift(), streets=_ids(streets), station=middle
        )
        for _ in range(8)
    ]
    for _ in range(4):
        hiring.hire(Post("subdistrict_officer"), code, hiring.any_shift(), station=middle)
    hiring.hire(SUPERVISOR, code, _OFFICE, station=middle)
    forces: list[TaskForce] = []
    for beat in beats:
        for street in beat:
            shared = [*police[beat[0].id], *traffic, *squad]
            forces.append(_man_street(hiring, street, shared, all_streets, len(forces)))
    return forces


def _man_street(
    hiring: _Hiring, street: Street, shared: Sequence[Member], all_streets: int, number: int
) -> TaskForce:
    """A chief, its own sweepers and stewards, and the shared people who come."""
    mine, at = frozenset({street.id}), _along(street)
    chief = hiring.hire(STREET_CHIEF, street.subdistrict, _OFFICE, streets=mine, station=at)
    own = [
        hiring.hire(
            Post("sanitation_company"),
            street.subdistrict,
            WorkPattern(hiring.some_days(6), time(6), 12.0),
            streets=mine,
            station=at,
        )
    ]
    hired = sum(member.post == "alley_steward" for member in hiring.members)
    chiefs = sum(member.post == STREET_CHIEF for member in hiring.members)
    own += [
        hiring.hire(
            Post("alley_steward"),
            street.subdistrict,
            WorkPattern(hiring.some_days(5), time(hiring.chance.choice((7, 9, 13, 16))), 5.0),
            streets=mine,
            station=at,
        )
        for _ in range(ALLEY_STEWARDS * chiefs // all_streets - hired)
    ]
    members = tuple(member.person for member in (*shared, *own))
    identity = TaskForceId(UUID(int=hiring.chance.getrandbits(128), version=4))
    return TaskForce(
        identity, street.id, f"{street.name}专班", street.subdistrict, chief.person, members, number % 8
    )


def _man_grids(hiring: _Hiring, territory: Territory) -> None:
    """A leader for every grid; the grid workers and community workers by community."""
    for grid in _on(territory, Level.GRID):
        pattern = WorkPattern(hiring.some_days(6), time(hiring.chance.choice((8, 17))), 4.0)
        hiring.hire(Post("grid_leader"), grid.code, pattern, station=_middle(grid))
    communities = _on(territory, Level.COMMUNITY)
    for number, community in enumerate(communities):
        at = _middle(community)
        before = GRID_WORKERS * number // len(communities)
        for _ in range(GRID_WORKERS * (number + 1) // len(communities) - before):
            hiring.hire(Post("grid_worker"), community.code, hiring.any_shift(), station=at)
        for _ in range(2):
            hiring.hire(
                Post("community_worker"),
                community.code,
                WorkPattern(hiring.some_days(5), *_MORNING),
                station=at,
            )


def _ids(streets: Sequence[Street]) -> frozenset[StreetId]:
    return frozenset(street.id for street in streets)


def _middle(area: Area) -> LonLat:
    point = area.shape.representative_point()
    return LonLat(point.x, point.y)


def _along(street: Street) -> LonLat:
    point = street.centreline.interpolate(0.5, normalized=True)
    return LonLat(point.x, point.y)
