"""Those who are sent in a simulation: they answer, set out, arrive, work and end it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from dispatch import use_cases
from dispatch.cases import Act, Actor, Case, Task
from dispatch.changes import Change
from dispatch.lifecycle import State
from dispatch.responders import Fix
from dispatch.virtual_desk import VirtualDesk
from dispatch.virtual_world import Play


class VirtualStaff:
    """What becomes of an offer, by the habits of whoever was asked."""

    def __init__(self, play: Play, desk: VirtualDesk) -> None:
        self._play = play
        self._desk = desk

    def await_answer(self, task: Task) -> None:
        """Let the one who was asked answer, or let the offer expire: then his phone was off."""
        play = self._play
        habits = play.nature.behaviour
        answers_at = play.time.now + play.nature.answer_time()
        if play.nature.happens(habits.accepts):
            play.time.at(self._heard_at(task, answers_at), lambda: self._accept(task))
        elif play.nature.happens(habits.declines / (1 - habits.accepts)):
            play.time.at(answers_at, lambda: self._decline(task, "正在处理其他事项"))

    def _heard_at(self, task: Task, answers_at: datetime) -> datetime:
        """When his answer gets through: later, where his phone has no network."""
        play = self._play
        if not play.interruptions.offline_share:
            return answers_at
        shift = play.world.shifts(task.responder, answers_at)
        return play.interruptions.back_on_line(task.responder, shift, answers_at)

    def _actor_of(self, task: Task) -> Actor:
        who = self._play.world.situation.find(task.responder)
        assert who is not None
        return Actor(who.person, who.post, who.name, who.area, who.department)

    def _act(self, task: Task, reason: str = "") -> Act:
        return self._play.act(self._actor_of(task), reason)

    def _stands(self, task: Task) -> Case | None:
        """The case, where this task is still the one in force."""
        case = self._play.store.cases[task.case]
        return case if case.task == task.id else None

    def _decline(self, task: Task, why: str) -> None:
        case = self._stands(task)
        if case is None or case.state is not State.OFFERED:
            return
        play = self._play
        current = play.store.tasks[task.id]
        play.save(play.carry_on(use_cases.decline(case, current, self._act(task, why))))

    def _accept(self, task: Task) -> None:
        case = self._stands(task)
        if case is None or case.state is not State.OFFERED:
            return
        play = self._play
        person, now = task.responder, play.time.now
        shift = play.world.shifts(person, now)
        sets_out = play.busy.free_at(person, now + timedelta(seconds=play.nature.behaviour.sets_out_s))
        sets_out = play.interruptions.back_from_break(person, shift, sets_out)
        arrives = sets_out + play.nature.travel_time(task.expected_s)
        done = arrives + play.nature.on_site_time(case.severity)
        if shift is None or done > shift.ends:
            self._decline(task, "即将下班，无法按时到场")
            return
        play.busy.take(person, done)
        play.travelled_s[person] = play.travelled_s.get(person, 0.0) + (arrives - sets_out).total_seconds()
        play.save(use_cases.accept(case, play.store.tasks[task.id], self._act(task)))
        play.time.at(sets_out, lambda: self._step(task, State.ACCEPTED, use_cases.on_my_way))
        play.time.at(arrives, lambda: self._arrive(task, done))

    def _step(self, task: Task, state: State, step: Callable[[Case, Task, Act], Change]) -> None:
        case = self._stands(task)
        if case is not None and case.state is state:
            self._play.save(step(case, self._play.store.tasks[task.id], self._act(task)))

    def _arrive(self, task: Task, done: datetime) -> None:
        play = self._play
        self._step(task, State.ACCEPTED, use_cases.arrive)
        case = self._stands(task)
        if case is None or case.state is not State.ON_SITE:
            return
        play.heard_from(task.responder, Fix(case.place.at, play.time.now))
        play.time.at(done, lambda: self._finish(task))

    def _finish(self, task: Task) -> None:
        play = self._play
        case = self._stands(task)
        if case is None or case.state is not State.ON_SITE:
            return
        if self._desk.takes_to_the_books(case, task):
            return
        actor, policy = self._actor_of(task), play.world.policy
        may = policy.may_enforce(actor.post, case.category, case.place.subdistrict)
        outcome = play.outcomes.after_dispatch(may_enforce=may)
        needed = policy.evidence_for(case.category, outcome)
        shown = tuple(f"drawn-{case.id.hex[-12:]}-{number}" for number in range(needed.photographs))
        act = self._act(task, "已到场处置" if needed.note else "")
        current = play.store.tasks[task.id]
        play.save(use_cases.resolve(case, current, act, policy, outcome, photographs=shown))
