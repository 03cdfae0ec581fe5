"""Everybody who could be sent, indexed by street and area, so that a decision looks at a few of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from dispatch.cases import Place, Ring
from dispatch.ids import PersonId
from dispatch.policy import Policy
from dispatch.ports import TravelTimes
from dispatch.responders import Fix, Responder, Shift
from dispatch.task_forces import TaskForce
from geo.area_codes import AreaCode
from geo.streets import StreetId


class Situation:
    """The people of a district as they are now. One process keeps one, and follows what changes."""

    def __init__(
        self,
        policy: Policy,
        task_forces: Iterable[TaskForce] = (),
        responders: Iterable[Responder] = (),
        travel: Mapping[str, TravelTimes] | None = None,
    ) -> None:
        """`travel` maps a mode (walk, ebike, drive) to its times; a missing mode takes another one's."""
        self.policy = policy
        self.travel = dict(travel or {})
        self._people: dict[PersonId, Responder] = {}
        self._of_area: defaultdict[AreaCode, dict[PersonId, None]] = defaultdict(dict)
        self._force_of_street: dict[StreetId, TaskForce] = {}
        self._named_for: defaultdict[StreetId, dict[PersonId, None]] = defaultdict(dict)
        for force in task_forces:
            self.put_task_force(force)
        for responder in responders:
            self.put(responder)

    def __len__(self) -> int:
        return len(self._people)

    def __iter__(self) -> Iterator[Responder]:
        return iter(self._people.values())

    def put(self, responder: Responder) -> None:
        """Take somebody in, or replace what was known of him."""
        before = self._people.get(responder.person)
        self._people[responder.person] = responder
        if before is not None:
            if before.area == responder.area and before.streets == responder.streets:
                return
            self._unlist(before)
        self._of_area[responder.area][responder.person] = None
        for street in responder.streets:
            self._named_for[street][responder.person] = None

    def remove(self, person: PersonId) -> None:
        """Forget somebody."""
        responder = self._people.pop(person, None)
        if responder is not None:
            self._unlist(responder)

    def _unlist(self, responder: Responder) -> None:
        self._of_area[responder.area].pop(responder.person, None)
        for street in responder.streets:
            self._named_for[street].pop(responder.person, None)

    def put_task_force(self, force: TaskForce) -> None:
        """Take a task force in, or replace the one of its street."""
        self._force_of_street[force.street] = force

    def find(self, person: PersonId) -> Responder | None:
        """The person, if he is one who can be sent."""
        return self._people.get(person)

    def task_force_of(self, street: StreetId | None) -> TaskForce | None:
        """The task force of a street."""
        return self._force_of_street.get(street) if street is not None else None

    def move(self, person: PersonId, fix: Fix) -> None:
        """A phone sent a position."""
        self._people[person] = replace(self._people[person], fix=fix)

    def take_place(self, person: PersonId, tasks: int = 1) -> None:
        """Count tasks more (or, below zero, fewer) that somebody holds."""
        known = self._people[person]
        self._people[person] = replace(known, load=max(known.load + tasks, 0))

    def put_on_shift(self, person: PersonId, shift: Shift | None) -> None:
        """Somebody goes on or off duty."""
        self._people[person] = replace(self._people[person], shift=shift)

    def in_ring(self, ring: Ring, place: Place, finder: PersonId | None = None) -> list[Responder]:
        """Everybody of a ring whose jurisdiction covers the place, whether or not he can be sent now."""
        match ring:
            case Ring.FINDER:
                mine = self._people.get(finder) if finder is not None else None
                return [mine] if mine is not None and has_jurisdiction(mine, place, self) else []
            case Ring.TASK_FORCE:
                return self._of_the_street(place)
            case Ring.GRID:
                return self._over(ring, place, (15, 12))
            case Ring.SUBDISTRICT:
                return self._over(ring, place, (9, 6, 12, 15))
            case Ring.WHISTLE:
                return []

    def _of_the_street(self, place: Place) -> list[Responder]:
        if place.street is None:
            return []
        force = self._force_of_street.get(place.street)
        people = dict.fromkeys((force.chief, *force.members)) if force else {}
        people |= self._named_for.get(place.street, {})
        posts = self.policy.rings[Ring.TASK_FORCE].posts
        return [
            known
            for person in people
            if (known := self._people.get(person)) is not None and known.post in posts
        ]

    def _over(self, ring: Ring, place: Place, lengths: tuple[int, ...]) -> list[Responder]:
        if place.area is None:
            return []
        posts = self.policy.rings[ring].posts
        found = []
        for length in lengths:
            if len(place.area) >= length:
                for person in self._of_area.get(AreaCode(place.area[:length]), ()):
                    known = self._people[person]
                    if known.post in posts:
                        found.append(known)
        return found


def has_jurisdiction(responder: Responder, place: Place, situation: Situation) -> bool:
    """Whether the place lies in his area, on a street he is named for, or on his task force's."""
    if place.area is not None and place.area.startswith(responder.area):
        return True
    if place.street is None:
        return False
    force = situation.task_force_of(place.street)
    return place.street in responder.streets or (force is not None and force.includes(responder.person))
