"""The desk of a simulation: screening, placing, the books, checking, helping where nobody was found."""

from datetime import timedelta
from uuid import UUID

from dispatch import use_cases
from dispatch.cases import OPERATOR, RESIDENT, Act, Actor, Case, Ring, Task
from dispatch.clocks import ClockState
from dispatch.decision import choose_by_hand
from dispatch.disorder import PlannedPatrol
from dispatch.errors import DispatchError
from dispatch.ids import CaseId, PersonId
from dispatch.lifecycle import State
from dispatch.virtual_world import Play
from geo.coordinates import LonLat

OPERATOR_LOOKS_AGAIN = timedelta(minutes=30)
_NAME = "值班员"


class VirtualDesk:
    """One operator who never sleeps; habits say how soon he gets to a thing."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self._operator = Actor(PersonId(UUID(int=1)), OPERATOR, _NAME)
        self._was_on_the_books: set[CaseId] = set()

    def _act(self, reason: str = "") -> Act:
        return self._play.act(self._operator, reason)

    def place_and_file(self, case_id: CaseId, patrol: PlannedPatrol) -> None:
        """A phone's position outside the district: the operator puts the case on the patrol's street."""
        play = self._play
        case = play.store.cases[case_id]
        middle = play.world.territory.street(patrol.street).centreline.interpolate(0.5, normalized=True)
        place = play.place(LonLat(middle.x, middle.y))
        moved = use_cases.relocate(case, self._act("定位偏移，按巡查街巷更正"), place)
        if not moved.case.unassigned:
            filed = use_cases.file(moved.case, self._act(), play.world.policy)
            play.save(play.carry_on(moved.then(filed)))

    def screen(self, case_id: CaseId) -> None:
        """A resident's report is filed, or dismissed."""
        play = self._play
        case = play.store.cases[case_id]
        if case.state is not State.REPORTED:
            return
        policy = play.world.policy
        if case.unassigned or play.nature.happens(play.nature.behaviour.dismissed):
            play.save(use_cases.dismiss(case, self._act("不属于受理范围"), policy))
            return
        play.save(play.carry_on(use_cases.file(case, self._act(), policy)))

    def takes_to_the_books(self, case: Case, task: Task) -> bool:
        """Now and then what is found on the spot needs a plan and money first."""
        play = self._play
        if case.id in self._was_on_the_books or not play.nature.happens(
            play.nature.behaviour.put_on_the_books
        ):
            return False
        self._was_on_the_books.add(case.id)
        suspended = use_cases.suspend(case, self._act("需列入整治计划"), play.world.policy)
        current = play.store.tasks[task.id]
        act = self._act("挂账期间撤回人员")
        play.save(suspended.then(use_cases.withdraw(suspended.case, current, act)))
        play.time.at(play.time.now + play.nature.book_time(), lambda: self._off_the_books(case.id))
        return True

    def _off_the_books(self, case_id: CaseId) -> None:
        play = self._play
        case = play.store.cases[case_id]
        if case.clock.state is ClockState.SUSPENDED:
            play.save(play.carry_on(use_cases.resume(case, self._act(), play.world.policy)))

    def check(self, case_id: CaseId) -> None:
        """What is said to be done is closed, or sent back once."""
        play = self._play
        case = play.store.cases[case_id]
        if case.state is not State.RESOLVED:
            return
        if case.reworked == 0 and play.nature.happens(play.nature.behaviour.sent_back):
            assert case.outcome is not None
            play.outcomes.taken_back(case.outcome)
            act = self._act("现场仍有遗留")
            play.save(play.carry_on(use_cases.send_back(case, act, play.world.policy)))
            return
        play.save(use_cases.verify(case, self._act()))

    def evaluate(self, case: Case) -> None:
        """Whoever reported it says how content he is, if he says anything."""
        play = self._play
        if case.reporter is not None and play.nature.happens(play.nature.behaviour.evaluated):
            act = play.act(Actor(case.reporter, RESIDENT, "居民"))
            play.store.apply(use_cases.evaluate(case, act, play.nature.score()))

    def help(self, case_id: CaseId) -> None:
        """Nobody was found by itself: an operator gives it to whoever of the subdistrict may take it."""
        play = self._play
        case = play.store.cases[case_id]
        if case.state is not State.FILED or case.clock.state is ClockState.SUSPENDED:
            return
        situation = play.world.situation
        for ring in (Ring.SUBDISTRICT, Ring.GRID, Ring.TASK_FORCE):
            for who in situation.in_ring(ring, case.place):
                play.refreshed(who.person)
                try:
                    choice = choose_by_hand(case, who.person, situation, play.time.now, _NAME)
                except DispatchError:
                    continue
                play.save(use_cases.offer(case, choice, self._act()))
                return
        play.time.at(play.time.now + OPERATOR_LOOKS_AGAIN, lambda: self.help(case_id))
