"""Those who find in a simulation: patrols that walk their streets, and residents who report."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from dispatch import use_cases
from dispatch.cases import RESIDENT, Actor, Case
from dispatch.disorder import DisorderPlan, PlannedPatrol, Sighting
from dispatch.findings import Finding, Kind, Source, Wish
from dispatch.ids import FindingId, PersonId
from dispatch.lifecycle import Outcome, State
from dispatch.responders import Fix, Responder
from dispatch.virtual_desk import VirtualDesk
from dispatch.virtual_world import Play, Request, Walk
from geo.coordinates import LonLat

_TRY_PATROL_AGAIN = timedelta(minutes=10)


class VirtualFinders:
    """What is planned to be walked and reported, and what becomes a finding on the way."""

    def __init__(
        self, play: Play, desk: VirtualDesk, plan: DisorderPlan, requests: Sequence[Request]
    ) -> None:
        self.walks: list[Walk] = []
        self._play = play
        self._desk = desk
        self._seen: dict[int, list[Sighting]] = {}
        for sighting in plan.sightings:
            self._seen.setdefault(sighting.patrol, []).append(sighting)
        for number, patrol in enumerate(plan.patrols):
            play.time.at(patrol.starts_at, self._patrol(number, patrol))
        for request in requests:
            play.time.at(request.at, self._request(request))

    def _patrol(self, number: int, patrol: PlannedPatrol) -> Callable[[], None]:
        def begin() -> None:
            play = self._play
            walker = self._walker(patrol)
            now = play.time.now
            if walker is None:
                play.time.at(now + _TRY_PATROL_AGAIN, begin)
                return
            ends = now + patrol.lasts
            play.busy.take(walker.person, ends)
            walk = Walk(play.new_id(), walker.person, patrol, now, ends)
            self.walks.append(walk)
            late = now - patrol.starts_at
            for sighting in self._seen.pop(number, ()):
                play.time.at(sighting.at + late, self._find(sighting, walk, walker))

        return begin

    def _walker(self, patrol: PlannedPatrol) -> Responder | None:
        """One of the street's people, else of the subdistrict's, on duty for the whole walk and free."""
        situation = self._play.world.situation
        force = situation.task_force_of(patrol.street)
        if force is None:
            return None
        ready = self._ready((*force.members, force.chief), patrol)
        if not ready:
            others = (who.person for who in situation if who.area.startswith(force.subdistrict))
            ready = self._ready(tuple(others), patrol)
        return ready[self._play.nature.pick(len(ready))] if ready else None

    def _ready(self, people: Sequence[PersonId], patrol: PlannedPatrol) -> list[Responder]:
        known = map(self._play.refreshed, people)
        return [who for who in known if who is not None and self._can_walk(who, patrol)]

    def _can_walk(self, who: Responder, patrol: PlannedPatrol) -> bool:
        now = self._play.time.now
        return (
            who.shift is not None
            and who.shift.covers(now)
            and who.shift.ends >= now + patrol.lasts
            and self._play.busy.free_at(who.person, now) <= now
        )

    def _find(self, sighting: Sighting, walk: Walk, walker: Responder) -> Callable[[], None]:
        def found() -> None:
            play = self._play
            play.heard_from(walker.person, Fix(sighting.place, play.time.now))
            outcome = play.outcomes.on_the_spot()
            finding = self._finding(
                walker.person, Kind.PATROL_FINDING, sighting.category, sighting.place, outcome, str(walk.id)
            )
            actor = Actor(walker.person, walker.post, walker.name, walker.area, walker.department)
            case = self._report(finding, actor, "已移交责任单位" if outcome else "")
            if case.state is State.REPORTED:
                self._after_a_look(lambda: self._desk.place_and_file(case.id, walk.planned))

        return found

    def _request(self, request: Request) -> Callable[[], None]:
        def reported() -> None:
            resident = PersonId(self._play.new_id())
            finding = self._finding(resident, Kind.RESIDENT_REQUEST, request.category, request.place)
            case = self._report(finding, Actor(resident, RESIDENT, "居民"))
            self._after_a_look(lambda: self._desk.screen(case.id))

        return reported

    def _finding(
        self,
        finder: PersonId,
        kind: Kind,
        category: str,
        at: LonLat,
        outcome: Outcome | None = None,
        patrol: str | None = None,
    ) -> Finding:
        play = self._play
        now = play.time.now
        return Finding(
            FindingId(play.new_id()),
            play.world.territory.areas[0].code,
            finder,
            f"sim-{len(play.store.record.findings)}",
            Source.RESIDENT if kind is Kind.RESIDENT_REQUEST else Source.STAFF,
            kind,
            category,
            at,
            now,
            now,
            wish=Wish.HAND_ON if outcome is None else Wish.SETTLE,
            outcome=outcome,
            patrol=patrol,
        )

    def _report(self, finding: Finding, actor: Actor, reason: str = "") -> Case:
        play = self._play
        act = play.act(actor, reason)
        change = use_cases.report_finding(finding, play.place(finding.at), act, play.world.policy)
        play.save(play.carry_on(change))
        return change.case

    def _after_a_look(self, act: Callable[[], None]) -> None:
        """What the desk does once it has looked at a report."""
        play = self._play
        wait = play.nature.seconds(play.nature.behaviour.screen_minutes * 60, 0.6)
        play.time.at(play.time.now + wait, act)
