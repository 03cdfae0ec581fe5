"""How long one decision takes, with the sample district's roads and 1,000 responders: `decide_us`."""

from statistics import median, quantiles
from time import perf_counter

from bench import Report
from bench.sample_work import NOW, SampleWork
from dispatch.decision import decide
from dispatch.situation import Situation

RESPONDERS = 1_000
CASES = 1_000


def run() -> dict[str, float]:
    """Median and 90th percentile of a decision in microseconds, travel times over the roads included."""
    work = SampleWork(RESPONDERS)
    situation = Situation(work.policy, work.people.task_forces, work.responders, work.travel)
    cases = work.cases(CASES)
    for case in cases[:20]:
        decide(case, situation, NOW)  # compiles the kernels
    took_us, found = [], 0
    for case in cases:
        begun = perf_counter()
        decision = decide(case, situation, NOW)
        took_us.append((perf_counter() - begun) * 1e6)
        found += decision.choice is not None
    return {
        "decide_us": round(median(took_us), 1),
        "decide_p90_us": round(quantiles(took_us, n=10)[-1], 1),
        "decide_responders": len(situation),
        "decide_found_pct": round(100 * found / len(cases), 1),
    }


def main() -> None:
    """Print the figures."""
    report = Report("decide", "One decision, sample district", ("figure", "value"))
    for name, value in run().items():
        report.add(name, value)
        report.count(name, value)
    report.print()


if __name__ == "__main__":
    main()
