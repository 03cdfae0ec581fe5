"""The work that benchmarks of dispatch are given: the sample district's people, and findings on streets."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from dispatch.cases import Act, Actor, Case, Place, Post
from dispatch.findings import Finding, Kind, Source
from dispatch.ids import FindingId, PersonId, seeded_ids
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.responders import Fix, Responder
from dispatch.sample import SamplePeople, sample_people
from dispatch.use_cases import report_finding
from geo.areas import Territory
from geo.coordinates import LonLat
from geo.road_readers import from_geodataframe
from geo.road_rules import Mode
from geo.sample import SampleDistrict, load
from geo.travel import Travel

DATA = Path(__file__).resolve().parent.parent / "data"
NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)


class SampleWork:
    """The sample district on a Wednesday morning, with so many responders on duty somewhere on the map."""

    def __init__(self, responders: int, seed: int = 1) -> None:
        self.chance = Random(seed)
        self.district: SampleDistrict = load(DATA / "boundaries")
        self.territory: Territory = self.district.territory()
        self.policy: Policy = load_policy(DATA / "policy")
        self.people: SamplePeople = sample_people(self.territory, list(self.policy.departments))
        self.network = from_geodataframe(self.district.roads)
        self.travel = {mode.value: Travel(self.network, mode) for mode in Mode}
        self.responders = self._on_duty(responders)
        self.ids = seeded_ids(seed, lambda: NOW)

    def _on_duty(self, number: int) -> list[Responder]:
        """So many people, those of the streets first, all on shift with a fresh fix."""
        known = [one for one in self.people.responders(self.policy, NOW) if one.station]
        known.sort(key=lambda one: one.post == "grid_leader")
        shift = next(one.shift for one in known if one.shift is not None)
        return [replace(one, shift=shift, fix=Fix(self._on_patrol(one), NOW)) for one in known[:number]]

    def _on_patrol(self, one: Responder) -> LonLat:
        """Somewhere along one of his streets, or not far from his post."""
        if one.streets:
            street = self.territory.street(self.chance.choice(sorted(one.streets)))
            point = street.centreline.interpolate(self.chance.random(), normalized=True)
            return LonLat(point.x, point.y)
        assert one.station is not None
        return LonLat(
            one.station.lon + self.chance.gauss(0, 0.002), one.station.lat + self.chance.gauss(0, 0.002)
        )

    def crossings(self, number: int) -> list[LonLat]:
        """So many crossings of the road network, by chance."""
        return [
            self.network.crossing(self.chance.randrange(self.network.node_count)).place for _ in range(number)
        ]

    def cases(self, number: int, categories: list[str] | None = None) -> list[Case]:
        """So many filed cases along the patrolled streets."""
        listed = categories or sorted(
            code for code, one in self.policy.categories.items() if "nine_disorders" in one.groups
        )
        cases = []
        while len(cases) < number:
            line = self.chance.choice(self.territory.streets).centreline
            point = line.interpolate(self.chance.random(), normalized=True)
            at = LonLat(point.x, point.y)
            location = self.territory.locate(*at)
            if location is not None:
                cases.append(self._filed(at, Place.located(at, location, 1), self.chance.choice(listed)))
        return cases

    def _filed(self, at: LonLat, place: Place, category: str) -> Case:
        finder = PersonId(self.ids())
        seen = Finding(
            FindingId(self.ids()), place.district, finder, str(self.ids()), Source.STAFF, Kind.PATROL_FINDING,
            category, at, NOW, NOW,
        )  # fmt: skip
        act = Act(Actor(finder, Post("alley_steward")), NOW, self.ids)
        return report_finding(seen, place, act, self.policy).case
