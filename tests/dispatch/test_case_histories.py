"""Random legal and illegal acts by several people, against the plainest model of a case that there is."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from dispatch import use_cases as do
from dispatch.cases import LIVE_TASKS, Case, CaseEvent, Task
from dispatch.changes import Change, Timer, TimerKey
from dispatch.clocks import ClockState
from dispatch.decision import already_asked, decide
from dispatch.errors import DispatchError
from dispatch.ids import PersonId, TaskId
from dispatch.lifecycle import CLOCK_STANDS_STILL, TRANSITIONS, Action, Outcome, State
from tests.dispatch.world import (
    NOON,
    act,
    by_operator,
    finding,
    person,
    place,
    policy,
    responder,
    situation,
    task_force,
)

CREW = (2, 3, 4)


class Histories(RuleBasedStateMachine):
    """Applies changes in memory as the store and the simulator do, and looks for what must never be."""

    names = Bundle("names")

    @initialize()
    def start(self) -> None:
        self.now = NOON
        self.people = situation(
            [responder(number, "sanitation_company", capacity=2) for number in CREW], task_force(2, 3, 4)
        )
        self.cases: dict[int, Case] = {}
        self.tasks: dict[TaskId, Task] = {}
        self.timers: dict[TimerKey, Timer] = {}
        self.events: dict[int, list[CaseEvent]] = {}
        self.plain: dict[int, State] = {}

    def save(self, name: int, change: Change) -> None:
        """What one transaction does."""
        if not change.is_new:
            assert self.cases[name].state in change.expected
            assert self.cases[name].events == change.seen_events
        for who in change.reserve:
            self.people.take_place(who)
        for who in change.release:
            self.people.take_place(who, -1)
        for key in change.timers_cancelled:
            self.timers.pop(key, None)
        self.timers |= {timer.key: timer for timer in change.timers_set}
        self.tasks |= {task.id: task for task in change.tasks}
        self.cases[name] = change.case
        self.events.setdefault(name, []).extend(change.events)
        for event in change.events:
            if event.action is Action.REPORT:
                self.plain[name] = State.REPORTED
            else:
                self.plain[name] = TRANSITIONS.get((self.plain[name], event.action), self.plain[name])

    def attempt(self, name: int, action: Action, change: object) -> None:
        """An act that the rules may refuse; a refused one must leave everything as it was."""
        assert callable(change)
        before = self.cases[name]
        try:
            made = change(before)
        except DispatchError:
            assert self.cases[name] == before
            return
        assert isinstance(made, Change)
        assert made.events[0].action is action
        self.save(name, made)

    @rule(target=names, resident=st.booleans())
    def report(self, resident: bool) -> int:
        self.now += timedelta(minutes=1)
        name = len(self.cases)
        seen = finding(found_at=self.now)
        if resident:
            change = do.report(seen, place(), act(at=self.now), policy())
        else:
            change = do.report_finding(seen, place(), act(at=self.now), policy())
        self.save(name, change)
        return name

    @rule(name=names)
    def file(self, name: int) -> None:
        self.attempt(name, Action.FILE, lambda case: do.file(case, by_operator(self.now), policy()))

    @rule(name=names)
    def dispatch(self, name: int) -> None:
        asked = already_asked(task for task in self.tasks.values() if task.case == self.cases[name].id)
        case = self.cases[name]
        decision = decide(case, self.people, self.now, tried=asked)
        action = Action.OFFER if decision.choice else Action.NOBODY_FOUND
        self.attempt(
            name, action, lambda case: do.apply_decision(case, decision, act(None, at=self.now), policy())
        )

    @rule(
        name=names,
        who=st.sampled_from(CREW),
        verb=st.sampled_from(["accept", "decline", "expire", "withdraw"]),
    )
    def answer(self, name: int, who: int, verb: str) -> None:
        task = self.tasks.get(self.cases[name].task or TaskId(person(0)))
        if task is None:
            return
        doing = act(who, "sanitation_company", self.now, "no time")
        self.attempt(name, Action(verb), lambda case: getattr(do, verb)(case, task, doing))

    @rule(name=names, who=st.sampled_from(CREW), verb=st.sampled_from(["on_my_way", "arrive"]))
    def move(self, name: int, who: int, verb: str) -> None:
        task = self.tasks.get(self.cases[name].task or TaskId(person(0)))
        if task is not None:
            doing = act(who, "sanitation_company", self.now)
            self.attempt(name, Action(verb), lambda case: getattr(do, verb)(case, task, doing))

    @rule(name=names, who=st.sampled_from(CREW), outcome=st.sampled_from([None, *Outcome]))
    def resolve(self, name: int, who: int, outcome: Outcome | None) -> None:
        task = self.tasks.get(self.cases[name].task or TaskId(person(0)))
        doing = act(who, "sanitation_company", self.now, "done")
        self.attempt(
            name,
            Action.RESOLVE,
            lambda case: do.resolve(case, task, doing, policy(), outcome, photographs=["p"]),
        )

    @rule(name=names, verb=st.sampled_from(["send_back", "reopen", "dismiss", "pause", "suspend", "resume"]))
    def decide_above(self, name: int, verb: str) -> None:
        doing = by_operator(self.now)
        self.attempt(name, Action(verb), lambda case: getattr(do, verb)(case, doing, policy()))

    @rule(name=names)
    def verify(self, name: int) -> None:
        self.attempt(name, Action.VERIFY, lambda case: do.verify(case, by_operator(self.now)))

    @rule(name=names, into=names)
    def merge(self, name: int, into: int) -> None:
        try:
            both = do.merge(self.cases[name], self.cases[into], by_operator(self.now), policy())
        except DispatchError:
            return
        self.save(name, both.merged)
        self.save(into, both.absorbing)

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def states_are_those_of_the_plain_model(self) -> None:
        for name, case in getattr(self, "cases", {}).items():
            assert case.state is self.plain[name]
            assert [event.number for event in self.events[name]] == list(range(1, case.events + 1))
            assert self.events[name][-1].after is case.state

    @invariant()
    def loads_are_the_live_tasks_and_within_capacity(self) -> None:
        held: dict[PersonId, int] = {person(number): 0 for number in CREW}
        for task in getattr(self, "tasks", {}).values():
            if task.state in LIVE_TASKS:
                held[task.responder] += 1
        for number in CREW if hasattr(self, "people") else ():
            known = self.people.find(person(number))
            assert known is not None
            assert known.load == held[known.person] <= known.capacity

    @invariant()
    def clocks_stand_still_where_they_must_and_nothing_ends_unexplained(self) -> None:
        for case in getattr(self, "cases", {}).values():
            if case.state in CLOCK_STANDS_STILL:
                assert case.clock.state in (ClockState.STOPPED, ClockState.UNSET)
                assert not [key for key in self.timers if key.case == case.id and "escalate" in key.kind]
            if case.state in (State.RESOLVED, State.CLOSED):
                assert case.outcome is not None
            live = [t for t in self.tasks.values() if t.case == case.id and t.state in LIVE_TASKS]
            holding = case.state in (State.OFFERED, State.ACCEPTED, State.ON_SITE)
            assert len(live) == (1 if holding else 0)
            assert (case.holder is not None) == holding


TestHistories = pytest.mark.filterwarnings("default")(Histories.TestCase)
TestHistories.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
