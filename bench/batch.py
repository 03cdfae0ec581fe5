"""Dealing out 1,000 cases to 1,000 responders at once: `batch_1000_ms`, `batch_saving_pct`.

The figures proper are of the harder question: everybody may take anything, each one case, and both sides
stand at crossings drawn by chance, so that every pair of the 1,000 × 1,000 counts. `batch_streets_*` has the
cases along the patrolled streets and the responders on patrol; `batch_rules_*` adds duty, jurisdiction,
capacity, deadlines and fairness.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from bench import Report, median_s
from bench.sample_work import NOW, SampleWork
from dispatch.assignment import NOBODY, assign
from dispatch.batch import first_come_first_served, gather, solve
from dispatch.situation import Situation

NUMBER = 1_000
_ROUNDS = 9
_ALONE_S = 7_200.0


def run() -> dict[str, float]:
    """All three questions on the sample district."""
    work = SampleWork(NUMBER)
    roads = work.travel["ebike"]
    anywhere = np.ascontiguousarray(roads.matrix(work.crossings(NUMBER), work.crossings(NUMBER)).T)
    cases = work.cases(NUMBER)
    places = [case.place.at for case in cases]
    fixes = [one.fix.at for one in work.responders if one.fix]
    seconds = np.ascontiguousarray(roads.matrix(fixes, places).T)
    streets = {name.replace("batch_", "batch_streets_"): value for name, value in _everybody(seconds).items()}
    figures = _everybody(anywhere) | streets
    situation = Situation(work.policy, work.people.task_forces, work.responders, work.travel)
    task = gather(cases, situation, NOW, {})
    took_ms, chosen = _timed(lambda: solve(task, work.policy.batch, NOW))
    slots = np.array([one.capacity - one.load for one in task.responders], np.int32)
    served = first_come_first_served(task.seconds, slots)
    return figures | {
        "batch_rules_ms": round(took_ms, 2),
        "batch_rules_pairs": int(np.isfinite(task.seconds).sum()),
        "batch_rules_left": int((chosen == NOBODY).sum()),
        "batch_rules_left_first_come": int((served == NOBODY).sum()),
    }


def _everybody(seconds: NDArray[np.float64]) -> dict[str, float]:
    people = seconds.shape[1]
    slots, none = np.ones(people, np.int32), np.zeros((people, 1))
    alone = np.full(len(seconds), _ALONE_S)
    took_ms, chosen = _timed(lambda: assign(seconds, alone, slots, none))
    peer_ms, _ = _timed(lambda: linear_sum_assignment(seconds)[1], rounds=3)
    rows, best = linear_sum_assignment(seconds)
    served = first_come_first_served(seconds, slots)
    ours_s, best_s, served_s = (_travel_s(seconds, one) for one in (chosen, best.astype(np.int32), served))
    assert len(rows) == len(seconds)
    return {
        "batch_1000_ms": round(took_ms, 2),
        "batch_saving_pct": round(100 * (1 - ours_s / served_s), 1),
        "batch_first_come_more_pct": round(100 * (served_s / ours_s - 1), 1),
        "batch_over_best_pct": round(100 * (ours_s / best_s - 1), 2),
        "batch_left": int((chosen == NOBODY).sum()),
        "batch_scipy_ms": round(peer_ms, 1),
    }


def _travel_s(seconds: NDArray[np.float64], chosen: NDArray[np.int32]) -> float:
    rows = np.flatnonzero(chosen != NOBODY)
    return float(seconds[rows, chosen[rows]].sum())


def _timed(work: Callable[[], NDArray[np.int32]], rounds: int = _ROUNDS) -> tuple[float, NDArray[np.int32]]:
    return median_s(work, repeat=rounds) * 1e3, work()


def main() -> None:
    """Print the figures."""
    figures = run()
    report = Report("batch", "1,000 cases × 1,000 responders, dealt out at once", ("figure", "value"))
    for name, value in figures.items():
        report.add(name, value)
        report.count(name, value)
    report.print()


if __name__ == "__main__":
    main()
