"""Figures of a simulated stretch, and how sure they are over several seeds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

import numpy as np
from scipy import stats

from dispatch.cases import Case, Task, TaskState
from dispatch.ids import CaseId
from dispatch.simulate import Simulation


@dataclass(frozen=True, slots=True)
class Figures:
    """What a way of dispatching comes to over one history."""

    late_pct: float
    response_mean_min: float
    response_p90_min: float
    travel_h: float
    unfairness: float
    """Gini coefficient of the tasks done among those who did any: 0 is all alike."""
    bound_late_pct: float
    """The bounds of `dispatch.hindsight`: what nobody can beat who sends people from where they stood."""
    bound_response_min: float
    bound_travel_h: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over seeds with its 95 % confidence interval."""

    mean: float
    half_width: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Estimate":
        """The mean of independent runs; one run alone has no interval."""
        if len(values) < 2:
            return cls(float(np.mean(values)), float("nan"))
        error = float(np.std(values, ddof=1)) / sqrt(len(values))
        return cls(float(np.mean(values)), float(stats.t.ppf(0.975, len(values) - 1)) * error)


def figures_of(simulation: Simulation) -> Figures:
    """The figures of one finished history; response is from the filing to the first arrival."""
    cases = simulation.store.cases
    done = [task for task in simulation.store.tasks.values() if task.state is TaskState.DONE]
    first: dict[CaseId, Task] = {}
    for task in done:
        if task.arrived_at is not None and cases[task.case].filed_at is not None:
            known = first.setdefault(task.case, task)
            first[task.case] = min(known, task, key=lambda one: one.arrived_at or task.offered_at)
    response, bound = (
        np.array([_minutes(answer(task, simulation)) for task in first.values()] or [0.0])
        for answer in (_response, _bound_response)
    )
    dispatched = [case for case in cases.values() if case.filed_at is not None]
    late = [case for case in dispatched if case.clock.is_late(simulation.time.now)]
    late_at_best = sum(case.id in first and _late_at_best(case, first[case.id], simulation) for case in late)
    per_person = Counter(task.responder for task in done)
    all_of_them = max(len(dispatched), 1)
    return Figures(
        100.0 * len(late) / all_of_them,
        float(response.mean()),
        float(np.percentile(response, 90)),
        sum((_travel(task) for task in done), timedelta()) / timedelta(hours=1),
        gini(list(per_person.values())),
        100.0 * late_at_best / all_of_them,
        float(bound.mean()),
        sum((_least_travel(task, simulation) for task in done), timedelta()) / timedelta(hours=1),
    )


def _minutes(span: timedelta) -> float:
    return span / timedelta(minutes=1)


def _response(task: Task, simulation: Simulation) -> timedelta:
    filed_at = simulation.store.cases[task.case].filed_at
    assert filed_at is not None
    assert task.arrived_at is not None
    return max(task.arrived_at - filed_at, timedelta())


def _bound_response(task: Task, simulation: Simulation) -> timedelta:
    """Nobody waits and nobody hesitates: only the way is left, or what was really needed if that is less."""
    return min(_least_travel(task, simulation), _response(task, simulation))


def _travel(task: Task) -> timedelta:
    if task.arrived_at is None or task.on_my_way_at is None:
        return timedelta()
    return task.arrived_at - task.on_my_way_at


def _least_travel(task: Task, simulation: Simulation) -> timedelta:
    """The way of the nearest who might have been asked, walked as fast as the real one was."""
    least = simulation.least_travel_s.get(task.id)
    if least is None or not task.expected_s or task.expected_s <= least:
        return _travel(task)
    return _travel(task) * (least / task.expected_s)


def _late_at_best(case: Case, task: Task, simulation: Simulation) -> bool:
    """Whether it would have been late even so: filed, the shortest way, and the work that it took."""
    if case.filed_at is None or case.clock.due is None or task.arrived_at is None or task.ended_at is None:
        return False
    worked = task.ended_at - task.arrived_at
    return case.filed_at + _bound_response(task, simulation) + worked > case.clock.due


def gini(counts: Sequence[float]) -> float:
    """How unequally something is shared: 0 for all alike, towards 1 for one who has everything."""
    values = np.sort(np.asarray(counts, dtype=np.float64))
    if not len(values) or values.sum() == 0:
        return 0.0
    ranks = np.arange(1, len(values) + 1)
    return float((2 * ranks - len(values) - 1) @ values / (len(values) * values.sum()))
