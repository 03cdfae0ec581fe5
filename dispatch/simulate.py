"""A day, a month or a year of a district in virtual time: real decisions and acts, invented habits.

Every case goes through the lifecycle table and `decide()`; what a change says is applied to a store in memory
with the same guards as the SQL. Nothing here knows the wall clock: the same seed gives the same history.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch import use_cases
from dispatch.batch import plan_batch
from dispatch.behaviour import Nature, Outcomes
from dispatch.cases import THE_SYSTEM, Act, Actor, Case, Place, Ring
from dispatch.changes import Change, Timer, TimerKind
from dispatch.choices import Decision
from dispatch.clocks import ClockState
from dispatch.decision import already_asked, decide
from dispatch.disorder import DisorderPlan
from dispatch.findings import Kind
from dispatch.hindsight import least_travel_s
from dispatch.ids import CaseId, PersonId, TaskId, seeded_ids
from dispatch.interruptions import Interruptions
from dispatch.lifecycle import Action, State, guard
from dispatch.responders import Fix, Responder
from dispatch.virtual_desk import OPERATOR_LOOKS_AGAIN, VirtualDesk
from dispatch.virtual_finders import VirtualFinders
from dispatch.virtual_staff import VirtualStaff
from dispatch.virtual_store import VirtualStore, VirtualTime
from dispatch.virtual_world import Busy, Request, Walk, World
from geo.coordinates import LonLat


@dataclass(frozen=True, slots=True)
class Dealing:
    """How cases get to people in a simulation, beyond what policy says."""

    batch_every: timedelta | None = None
    """Cases wait and are dealt out together this often; None: each is decided upon at once."""
    hindsight: bool = False
    """Note for each offer how near somebody was who knew all that was to come."""


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
        interruptions: Interruptions | None = None,
        dealing: Dealing = Dealing(),
    ) -> None:
        self.world = world
        self.plan = plan
        self.nature = nature
        self.outcomes = outcomes
        self.time = VirtualTime(starts_at)
        self.store = VirtualStore(world.situation)
        self.busy = Busy()
        self.travelled_s: dict[PersonId, float] = {}
        self.new_id = seeded_ids(seed, lambda: self.time.now)
        self.interruptions = interruptions or Interruptions(seed)
        self.dealing = dealing
        self.least_travel_s: dict[TaskId, float] = {}
        """Of each offer the way of the nearest who might have been asked; filled for hindsight only."""
        self._desk = VirtualDesk(self)
        self._staff = VirtualStaff(self, self._desk)
        self._finders = VirtualFinders(self, self._desk, plan, requests)
        self._to_deal: dict[CaseId, None] = {}

    @property
    def walks(self) -> list[Walk]:
        """The patrols that were walked, in the order in which they began."""
        return self._finders.walks

    def play(self, until: datetime, progress: Callable[[datetime], None] | None = None) -> None:
        """Let everything happen up to that instant."""
        self.time.run_until(until, progress)

    # -- who is where --------------------------------------------------------------------------------

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

    def place(self, at: LonLat) -> Place:
        """Where a point lies; outside every area the nearest one is named."""
        territory = self.world.territory
        location = territory.locate(at.lon, at.lat)
        if location is not None:
            return Place.located(at, location, territory.version)
        nearest, away_m = territory.nearest_area(at.lon, at.lat)
        return Place(at, territory.areas[0].code, None, None, territory.version, nearest.code, away_m)

    def heard_from(self, person: PersonId, fix: Fix) -> None:
        """A phone sends where it is; without a network nobody hears of it."""
        now, drawn = self.time.now, self.interruptions
        if drawn.offline_share and drawn.back_on_line(person, self.world.shifts(person, now), now) > now:
            return
        self.world.situation.move(person, fix)

    # -- deciding -----------------------------------------------------------------------------------

    def act(self, actor: Actor, reason: str = "") -> Act:
        """An act of somebody's at this instant."""
        return Act(actor, self.time.now, self.new_id, reason, self.time.now)

    def _by_system(self) -> Act:
        return Act(THE_SYSTEM, self.time.now, self.new_id)

    def carry_on(self, change: Change) -> Change:
        """The change, with an offer on top where a filed case wants somebody, or it waits for the deal."""
        case = change.case
        if not _wants_somebody(case):
            return change
        if self.dealing.batch_every is not None:
            self._wait_for_the_deal(case.id, self.dealing.batch_every)
            return change
        decision = self.decide(case, change)
        return change.then(use_cases.apply_decision(case, decision, self._by_system(), self.world.policy))

    def decide(self, case: Case, change: Change | None = None) -> Decision:
        """Whom to ask now."""
        self._refresh_around(case)
        tasks = {task.id: task for task in self.store.tasks_of_case(case.id)}
        tasks |= {task.id: task for task in (change.tasks if change else ())}
        return decide(case, self.world.situation, self.time.now, tried=already_asked(tasks.values()))

    def _refresh_around(self, case: Case) -> None:
        for ring in (Ring.TASK_FORCE, Ring.GRID, Ring.SUBDISTRICT):
            for who in self.world.situation.in_ring(ring, case.place):
                self.refreshed(who.person)

    def _wait_for_the_deal(self, case: CaseId, every: timedelta) -> None:
        if not self._to_deal:
            self.time.at(self.time.now + every, self._deal)
        self._to_deal[case] = None

    def _deal(self) -> None:
        """Deal out all that waits at once; what the plan leaves is decided upon alone."""
        waiting = [case for name in self._to_deal if _wants_somebody(case := self.store.cases[name])]
        self._to_deal.clear()
        for case in waiting:
            self._refresh_around(case)
        tried = {case.id: already_asked(self.store.tasks_of_case(case.id)) for case in waiting}
        plan = plan_batch(waiting, self.world.situation, self.time.now, tried)
        for case, choice in plan.offers:
            self.save(use_cases.offer(case, choice, self._by_system()))
        for case in plan.left:
            decision = self.decide(case)
            self.save(use_cases.apply_decision(case, decision, self._by_system(), self.world.policy))

    def save(self, change: Change) -> None:
        """Take a change in, and let happen what follows from it."""
        for timer in self.store.apply(change):
            self.time.at(timer.at, self._fire(timer))
        last = change.events[-1]
        case = change.case
        if last.action is Action.OFFER:
            task = self.store.task_of(case)
            assert task is not None
            if self.dealing.hindsight:
                least = least_travel_s(case, self.world.situation, self.time.now)
                if least is not None:
                    self.least_travel_s[task.id] = least
            self._staff.await_answer(task)
        elif last.action is Action.NOBODY_FOUND:
            self.time.at(self.time.now + OPERATOR_LOOKS_AGAIN, lambda: self._desk.help(case.id))
        elif case.state is State.RESOLVED:
            self.time.at(self.time.now + self.nature.check_time(), lambda: self._desk.check(case.id))
        elif case.state is State.CLOSED and case.kind is not Kind.PATROL_FINDING:
            self._desk.evaluate(case)

    # -- what happens by itself ---------------------------------------------------------------------

    def _fire(self, timer: Timer) -> Callable[[], None]:
        def fire() -> None:
            if not self.store.consume(timer):
                return
            case = self.store.cases[timer.key.case]
            change = self._timed(case, timer)
            if change is not None:
                self.save(change)

        return fire

    def _timed(self, case: Case, timer: Timer) -> Change | None:
        kind, act = timer.key.kind, self._by_system()
        if kind is TimerKind.OFFER_EXPIRES:
            task = self.store.task_of(case)
            if task is None or str(task.id) != timer.key.subject or case.state is not State.OFFERED:
                return None
            return self.carry_on(use_cases.expire(case, task, act))
        if kind is TimerKind.LOOK_AGAIN:
            return self._look_again(case, act)
        action = Action.ESCALATE if kind in use_cases.ESCALATIONS else Action.REMIND
        if case.state not in guard(action):
            return None
        return use_cases.fire_clock_timer(case, kind, act)

    def _look_again(self, case: Case, act: Act) -> Change | None:
        if not _wants_somebody(case):
            return None
        if self.dealing.batch_every is not None:
            self._wait_for_the_deal(case.id, self.dealing.batch_every)
            return None
        decision = self.decide(case)
        if decision.choice is None:
            return None
        return use_cases.apply_decision(case, decision, act, self.world.policy)


def _wants_somebody(case: Case) -> bool:
    """Whether a case is filed and not put on the books."""
    return case.state is State.FILED and case.clock.state is not ClockState.SUSPENDED
