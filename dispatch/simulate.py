"""A day, a month or a year of a district in virtual time: real decisions and acts, invented habits.

Every case goes through the lifecycle table and `decide()`; what a change says is applied to a store in memory
with the same guards as the SQL. Nothing here knows the wall clock: the same seed gives the same history.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from dispatch import use_cases
from dispatch.behaviour import Nature, Outcomes
from dispatch.cases import OPERATOR, RESIDENT, THE_SYSTEM, Act, Actor, Case, Place, Ring, Task
from dispatch.changes import Change, Timer, TimerKind
from dispatch.choices import Decision
from dispatch.clocks import ClockState
from dispatch.decision import already_asked, choose_by_hand, decide
from dispatch.disorder import DisorderPlan, PlannedPatrol, Sighting
from dispatch.errors import DispatchError
from dispatch.findings import Finding, Kind, Source, Wish
from dispatch.ids import CaseId, FindingId, PersonId, seeded_ids
from dispatch.lifecycle import Action, State, guard
from dispatch.policy import Policy
from dispatch.responders import Fix, Responder, Shift
from dispatch.situation import Situation
from dispatch.virtual_store import VirtualStore, VirtualTime
from geo.areas import Territory
from geo.coordinates import LonLat

Shifts = Callable[[PersonId, datetime], Shift | None]
"""The roster: who is on duty at an instant."""

_TRY_PATROL_AGAIN = timedelta(minutes=10)
_OPERATOR_LOOKS_AGAIN = timedelta(minutes=30)
_OPERATOR_NAME = "值班员"


@dataclass(frozen=True, slots=True)
class Walk:
    """A patrol as it was walked."""

    id: UUID
    person: PersonId
    planned: PlannedPatrol
    started_at: datetime
    ended_at: datetime


@dataclass(slots=True)
class Busy:
    """Until when somebody's hands are full: walking, travelling or working; nobody is in two places."""

    until: dict[PersonId, datetime] = field(default_factory=dict)

    def free_at(self, person: PersonId, now: datetime) -> datetime:
        """When he can begin something else."""
        return max(self.until.get(person, now), now)

    def take(self, person: PersonId, until: datetime) -> None:
        """His time is taken until then."""
        self.until[person] = max(self.until.get(person, until), until)


@dataclass(frozen=True, slots=True)
class Request:
    """What a resident reports by himself."""

    at: datetime
    place: LonLat
    category: str


@dataclass(frozen=True, slots=True)
class World:
    """What a simulation is played in."""

    policy: Policy
    territory: Territory
    situation: Situation
    shifts: Shifts


class Simulation:
    """One history. Build it, `play` it, read `store.record`, `walks` and `store.cases`."""

    def __init__(
        self,
        world: World,
        plan: DisorderPlan,
        nature: Nature,
        outcomes: Outcomes,
        *,
        starts_at: datetime,
        seed: int,
        requests: Sequence[Request] = (),
    ) -> None:
        self.world = world
        self.plan = plan
        self.nature = nature
        self.outcomes = outcomes
        self.time = VirtualTime(starts_at)
        self.store = VirtualStore(world.situation)
        self.busy = Busy()
        self.walks: list[Walk] = []
        self.travelled_s: dict[PersonId, float] = {}
        self._ids = seeded_ids(seed, lambda: self.time.now)
        self._operator = Actor(PersonId(UUID(int=1)), OPERATOR, _OPERATOR_NAME)
        self._was_on_the_books: set[CaseId] = set()
        self._seen: dict[int, list[Sighting]] = {}
        for sighting in plan.sightings:
            self._seen.setdefault(sighting.patrol, []).append(sighting)
        for number, patrol in enumerate(plan.patrols):
            self.time.at(patrol.starts_at, self._patrol(number, patrol))
        for request in requests:
            self.time.at(request.at, self._request(request))

    def play(self, until: datetime, progress: Callable[[datetime], None] | None = None) -> None:
        """Let everything happen up to that instant."""
        self.time.run_until(until, progress)

    # -- patrols ------------------------------------------------------------------------------------

    def _patrol(self, number: int, patrol: PlannedPatrol) -> Callable[[], None]:
        def begin() -> None:
            walker = self._walker(patrol)
            now = self.time.now
            if walker is None:
                self.time.at(now + _TRY_PATROL_AGAIN, begin)
                return
            ends = now + patrol.lasts
            self.busy.take(walker.person, ends)
            walk = Walk(self._ids(), walker.person, patrol, now, ends)
            self.walks.append(walk)
            late = now - patrol.starts_at
            for sighting in self._seen.pop(number, ()):
                self.time.at(sighting.at + late, self._find(sighting, walk, walker))

        return begin

    def _walker(self, patrol: PlannedPatrol) -> Responder | None:
        """One of the street's people, else of the subdistrict's, on duty for the whole walk and free."""
        force = self.world.situation.task_force_of(patrol.street)
        if force is None:
            return None
        ready = [
            who for who in map(self.refreshed, (*force.members, force.chief)) if self._can_walk(who, patrol)
        ]
        if not ready:
            others = (who.person for who in self.world.situation if who.area.startswith(force.subdistrict))
            ready = [who for who in map(self.refreshed, others) if self._can_walk(who, patrol)]
        return ready[self.nature.pick(len(ready))] if ready else None

    def _can_walk(self, who: Responder | None, patrol: PlannedPatrol) -> bool:
        now = self.time.now
        return (
            who is not None
            and who.shift is not None
            and who.shift.covers(now)
            and who.shift.ends >= now + patrol.lasts
            and self.busy.free_at(who.person, now) <= now
        )

    def refreshed(self, person: PersonId) -> Responder | None:
        """The person with the shift that the roster gives him now."""
        who = self.world.situation.find(person)
        if who is None:
            return None
        if who.shift is None or not who.shift.covers(self.time.now):
            shift = self.world.shifts(person, self.time.now)
            if shift is not who.shift:
                self.world.situation.put_on_shift(person, shift)
                return self.world.situation.find(person)
        return who

    # -- findings -----------------------------------------------------------------------------------

    def _find(self, sighting: Sighting, walk: Walk, walker: Responder) -> Callable[[], None]:
        def found() -> None:
            now = self.time.now
            self.world.situation.move(walker.person, Fix(sighting.place, now))
            outcome = self.outcomes.on_the_spot()
            finding = Finding(
                FindingId(self._ids()),
                self.world.territory.areas[0].code,
                walker.person,
                f"sim-{len(self.store.record.findings)}",
                Source.STAFF,
                Kind.PATROL_FINDING,
                sighting.category,
                sighting.place,
                now,
                now,
                wish=Wish.HAND_ON if outcome is None else Wish.SETTLE,
                outcome=outcome,
                patrol=str(walk.id),
            )
            actor = Actor(walker.person, walker.post, walker.name, walker.area, walker.department)
            case = self._report(finding, actor, reason="已移交责任单位" if outcome else "")
            if case.state is State.REPORTED:
                wait = self.nature.seconds(self.nature.behaviour.screen_minutes * 60, 0.6)
                self.time.at(now + wait, lambda: self._place_and_file(case.id, walk.planned))

        return found

    def _place_and_file(self, case_id: CaseId, patrol: PlannedPatrol) -> None:
        """A phone's position outside the district: the operator puts the case on the patrol's street."""
        case = self.store.cases[case_id]
        middle = self.world.territory.street(patrol.street).centreline.interpolate(0.5, normalized=True)
        place = self._place(LonLat(middle.x, middle.y))
        moved = use_cases.relocate(case, self._act(self._operator, "定位偏移，按巡查街巷更正"), place)
        if not moved.case.unassigned:
            filed = use_cases.file(moved.case, self._act(self._operator), self.world.policy)
            self._save(self._carry_on(moved.then(filed)))

    def _request(self, request: Request) -> Callable[[], None]:
        def reported() -> None:
            now = self.time.now
            resident = PersonId(self._ids())
            finding = Finding(
                FindingId(self._ids()),
                self.world.territory.areas[0].code,
                resident,
                f"sim-{len(self.store.record.findings)}",
                Source.RESIDENT,
                Kind.RESIDENT_REQUEST,
                request.category,
                request.place,
                now,
                now,
            )
            case = self._report(finding, Actor(resident, RESIDENT, "居民"))
            wait = self.nature.seconds(self.nature.behaviour.screen_minutes * 60, 0.6)
            self.time.at(now + wait, lambda: self._screen(case.id))

        return reported

    def _report(self, finding: Finding, actor: Actor, reason: str = "") -> Case:
        place = self._place(finding.at)
        act = self._act(actor, reason)
        change = use_cases.report_finding(finding, place, act, self.world.policy)
        self._save(self._carry_on(change))
        return change.case

    def _place(self, at: LonLat) -> Place:
        territory = self.world.territory
        location = territory.locate(at.lon, at.lat)
        if location is not None:
            return Place.located(at, location, territory.version)
        nearest, away_m = territory.nearest_area(at.lon, at.lat)
        return Place(at, territory.areas[0].code, None, None, territory.version, nearest.code, away_m)

    def _screen(self, case_id: CaseId) -> None:
        case = self.store.cases[case_id]
        if case.state is not State.REPORTED:
            return
        policy = self.world.policy
        if case.unassigned or self.nature.happens(self.nature.behaviour.dismissed):
            self._save(use_cases.dismiss(case, self._act(self._operator, "不属于受理范围"), policy))
            return
        self._save(self._carry_on(use_cases.file(case, self._act(self._operator), policy)))

    # -- deciding -----------------------------------------------------------------------------------

    def _act(self, actor: Actor, reason: str = "") -> Act:
        return Act(actor, self.time.now, self._ids, reason, self.time.now)

    def _by_system(self) -> Act:
        return Act(THE_SYSTEM, self.time.now, self._ids)

    def _carry_on(self, change: Change) -> Change:
        case = change.case
        if case.state is not State.FILED or case.clock.state is ClockState.SUSPENDED:
            return change
        decision = self.decide(case, change)
        return change.then(use_cases.apply_decision(case, decision, self._by_system(), self.world.policy))

    def decide(self, case: Case, change: Change | None = None) -> Decision:
        """Whom to ask now; overridden where another policy is compared."""
        for ring in (Ring.TASK_FORCE, Ring.GRID, Ring.SUBDISTRICT):
            for who in self.world.situation.in_ring(ring, case.place):
                self.refreshed(who.person)
        tasks = {task.id: task for task in self.store.tasks_of_case(case.id)}
        tasks |= {task.id: task for task in (change.tasks if change else ())}
        return decide(case, self.world.situation, self.time.now, tried=already_asked(tasks.values()))

    def _save(self, change: Change) -> None:
        for timer in self.store.apply(change):
            self.time.at(timer.at, self._fire(timer))
        last = change.events[-1]
        case = change.case
        if last.action is Action.OFFER:
            task = self.store.task_of(case)
            assert task is not None
            self._await_answer(task)
        elif last.action is Action.NOBODY_FOUND:
            self.time.at(self.time.now + _OPERATOR_LOOKS_AGAIN, lambda: self._operator_helps(case.id))
        elif case.state is State.RESOLVED:
            self.time.at(self.time.now + self.nature.check_time(), lambda: self._check(case.id))
        elif case.state is State.CLOSED and case.kind is not Kind.PATROL_FINDING:
            self._evaluate(case)

    # -- the one who was asked ----------------------------------------------------------------------

    def _await_answer(self, task: Task) -> None:
        habits = self.nature.behaviour
        answers_at = self.time.now + self.nature.answer_time()
        if self.nature.happens(habits.accepts):
            self.time.at(answers_at, lambda: self._accept(task))
        elif self.nature.happens(habits.declines / (1 - habits.accepts)):
            self.time.at(answers_at, lambda: self._decline(task, "正在处理其他事项"))

    def _actor_of(self, task: Task) -> Actor:
        who = self.world.situation.find(task.responder)
        assert who is not None
        return Actor(who.person, who.post, who.name, who.area, who.department)

    def _stands(self, task: Task) -> Case | None:
        """The case, where this task is still the one in force."""
        case = self.store.cases[task.case]
        return case if case.task == task.id else None

    def _decline(self, task: Task, why: str) -> None:
        case = self._stands(task)
        if case is None or case.state is not State.OFFERED:
            return
        current = self.store.tasks[task.id]
        self._save(self._carry_on(use_cases.decline(case, current, self._act(self._actor_of(task), why))))

    def _accept(self, task: Task) -> None:
        case = self._stands(task)
        if case is None or case.state is not State.OFFERED:
            return
        person, now = task.responder, self.time.now
        sets_out = self.busy.free_at(person, now + timedelta(seconds=self.nature.behaviour.sets_out_s))
        arrives = sets_out + self.nature.travel_time(task.expected_s)
        done = arrives + self.nature.on_site_time(case.severity)
        shift = self.world.shifts(person, now)
        if shift is None or done > shift.ends:
            self._decline(task, "即将下班，无法按时到场")
            return
        self.busy.take(person, done)
        self.travelled_s[person] = self.travelled_s.get(person, 0.0) + (arrives - sets_out).total_seconds()
        self._save(use_cases.accept(case, self.store.tasks[task.id], self._act(self._actor_of(task))))
        self.time.at(sets_out, lambda: self._step(task, State.ACCEPTED, use_cases.on_my_way))
        self.time.at(arrives, lambda: self._arrive(task, done))

    def _step(self, task: Task, state: State, step: Callable[[Case, Task, Act], Change]) -> None:
        case = self._stands(task)
        if case is not None and case.state is state:
            self._save(step(case, self.store.tasks[task.id], self._act(self._actor_of(task))))

    def _arrive(self, task: Task, done: datetime) -> None:
        self._step(task, State.ACCEPTED, use_cases.arrive)
        case = self._stands(task)
        if case is None or case.state is not State.ON_SITE:
            return
        self.world.situation.move(task.responder, Fix(case.place.at, self.time.now))
        self.time.at(done, lambda: self._finish(task))

    def _finish(self, task: Task) -> None:
        case = self._stands(task)
        if case is None or case.state is not State.ON_SITE:
            return
        actor = self._actor_of(task)
        if case.id not in self._was_on_the_books and self.nature.happens(
            self.nature.behaviour.put_on_the_books
        ):
            self._put_on_the_books(case, task)
            return
        policy = self.world.policy
        may = policy.may_enforce(actor.post, case.category, case.place.subdistrict)
        outcome = self.outcomes.after_dispatch(may_enforce=may)
        needed = policy.evidence_for(case.category, outcome)
        shown = tuple(f"drawn-{case.id.hex[-12:]}-{number}" for number in range(needed.photographs))
        act = self._act(actor, "已到场处置" if needed.note else "")
        current = self.store.tasks[task.id]
        self._save(use_cases.resolve(case, current, act, policy, outcome, photographs=shown))

    # -- the desk -----------------------------------------------------------------------------------

    def _put_on_the_books(self, case: Case, task: Task) -> None:
        self._was_on_the_books.add(case.id)
        policy = self.world.policy
        suspended = use_cases.suspend(case, self._act(self._operator, "需列入整治计划"), policy)
        current = self.store.tasks[task.id]
        act = self._act(self._operator, "挂账期间撤回人员")
        self._save(suspended.then(use_cases.withdraw(suspended.case, current, act)))
        self.time.at(self.time.now + self.nature.book_time(), lambda: self._off_the_books(case.id))

    def _off_the_books(self, case_id: CaseId) -> None:
        case = self.store.cases[case_id]
        if case.clock.state is ClockState.SUSPENDED:
            change = use_cases.resume(case, self._act(self._operator), self.world.policy)
            self._save(self._carry_on(change))

    def _check(self, case_id: CaseId) -> None:
        case = self.store.cases[case_id]
        if case.state is not State.RESOLVED:
            return
        if case.reworked == 0 and self.nature.happens(self.nature.behaviour.sent_back):
            assert case.outcome is not None
            self.outcomes.taken_back(case.outcome)
            act = self._act(self._operator, "现场仍有遗留")
            self._save(self._carry_on(use_cases.send_back(case, act, self.world.policy)))
            return
        self._save(use_cases.verify(case, self._act(self._operator)))

    def _evaluate(self, case: Case) -> None:
        if case.reporter is not None and self.nature.happens(self.nature.behaviour.evaluated):
            act = self._act(Actor(case.reporter, RESIDENT, "居民"))
            self.store.apply(use_cases.evaluate(case, act, self.nature.score()))

    def _operator_helps(self, case_id: CaseId) -> None:
        """Nobody was found by itself: an operator gives it to whoever of the subdistrict may take it."""
        case = self.store.cases[case_id]
        if case.state is not State.FILED or case.clock.state is ClockState.SUSPENDED:
            return
        for ring in (Ring.SUBDISTRICT, Ring.GRID, Ring.TASK_FORCE):
            for who in self.world.situation.in_ring(ring, case.place):
                self.refreshed(who.person)
                try:
                    choice = choose_by_hand(
                        case, who.person, self.world.situation, self.time.now, _OPERATOR_NAME
                    )
                except DispatchError:
                    continue
                self._save(use_cases.offer(case, choice, self._act(self._operator)))
                return
        self.time.at(self.time.now + _OPERATOR_LOOKS_AGAIN, lambda: self._operator_helps(case_id))

    # -- what happens by itself ---------------------------------------------------------------------

    def _fire(self, timer: Timer) -> Callable[[], None]:
        def fire() -> None:
            if not self.store.consume(timer):
                return
            case = self.store.cases[timer.key.case]
            change = self._timed(case, timer)
            if change is not None:
                self._save(change)

        return fire

    def _timed(self, case: Case, timer: Timer) -> Change | None:
        kind, act = timer.key.kind, self._by_system()
        if kind is TimerKind.OFFER_EXPIRES:
            task = self.store.task_of(case)
            if task is None or str(task.id) != timer.key.subject or case.state is not State.OFFERED:
                return None
            return self._carry_on(use_cases.expire(case, task, act))
        if kind is TimerKind.LOOK_AGAIN:
            return self._look_again(case, act)
        action = Action.ESCALATE if kind in use_cases.ESCALATIONS else Action.REMIND
        if case.state not in guard(action):
            return None
        return use_cases.fire_clock_timer(case, kind, act)

    def _look_again(self, case: Case, act: Act) -> Change | None:
        if case.state is not State.FILED or case.clock.state is ClockState.SUSPENDED:
            return None
        decision = self.decide(case)
        if decision.choice is None:
            return None
        return use_cases.apply_decision(case, decision, act, self.world.policy)
