"""Figures of a simulated stretch, and how sure they are over several seeds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from scipy import stats

from dispatch.cases import TaskState
from dispatch.policy import DispatchPolicy, Policy
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


def with_dispatch(policy: Policy, way: DispatchPolicy) -> Policy:
    """The same rules with another way of choosing, in every area."""
    rules = {area: replace(rule, policy=way) for area, rule in policy.dispatch.items()}
    return replace(policy, dispatch=rules)


def figures_of(simulation: Simulation) -> Figures:
    """The figures of one finished history; response is from the filing to the arrival."""
    cases = simulation.store.cases
    done = [task for task in simulation.store.tasks.values() if task.state is TaskState.DONE]
    first: dict[object, float] = {}
    for task in done:
        filed = cases[task.case].filed_at
        if filed is not None and task.arrived_at is not None:
            minutes = (task.arrived_at - filed).total_seconds() / 60
            first[task.case] = min(minutes, first.get(task.case, minutes))
    minutes_all = np.array(list(first.values()) or [0.0])
    dispatched = [case for case in cases.values() if case.filed_at is not None]
    late = sum(case.clock.is_late(simulation.time.now) for case in dispatched)
    per_person: dict[object, int] = {}
    for task in done:
        per_person[task.responder] = per_person.get(task.responder, 0) + 1
    return Figures(
        100.0 * late / max(len(dispatched), 1),
        float(minutes_all.mean()),
        float(np.percentile(minutes_all, 90)),
        sum(simulation.travelled_s.values()) / 3600,
        gini(list(per_person.values())),
    )


def gini(counts: Sequence[float]) -> float:
    """How unequally something is shared: 0 for all alike, towards 1 for one who has everything."""
    values = np.sort(np.asarray(counts, dtype=np.float64))
    if not len(values) or values.sum() == 0:
        return 0.0
    ranks = np.arange(1, len(values) + 1)
    return float((2 * ranks - len(values) - 1) @ values / (len(values) * values.sum()))
