"""Days played to compare ways of dispatching: the same findings, told apart by whom each way sends."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from dispatch.behaviour import Behaviour, Nature, Outcomes
from dispatch.disorder import DisorderPlan, plan_disorder
from dispatch.fitting import Process
from dispatch.interruptions import Interruptions
from dispatch.policy import DispatchPolicy, Policy
from dispatch.simulate import Dealing, Simulation
from dispatch.virtual_world import Request, World
from geo.areas import Territory

BATCH_EVERY = timedelta(minutes=2)
BREAK_MINUTES = 30.0
OFFLINE_SHARE = 0.05
_REQUESTS_SEED = 1_000_003
"""Residents' troubles are drawn apart, so that the patrols' findings do not change with their number."""


class Way(StrEnum):
    """Ways of dispatching that can be compared."""

    NEAREST = "nearest"
    LEAST_LATE = "least_late"
    BATCH = "batch"


@dataclass(frozen=True, slots=True)
class Ground:
    """A district as rehearsals need it: its streets, how its findings come about, and its people on a day."""

    territory: Territory
    process: Process
    world: Callable[[Policy, datetime], World]


def rehearse(
    ground: Ground,
    policy: Policy,
    way: Way,
    *,
    starts_at: datetime,
    days: int,
    seed: int,
    progress: Callable[[datetime], None] | None = None,
) -> Simulation:
    """Play so many days from `starts_at`; breaks, refusals and phones without a network included."""
    process = ground.process
    plan = _plan(ground, starts_at, days, process.findings_a_day, seed)
    requests: tuple[Request, ...] = ()
    if round(process.requests_a_day * days) > 0:
        asked = _plan(ground, starts_at, days, process.requests_a_day, seed + _REQUESTS_SEED)
        requests = tuple(Request(one.at, one.place, one.category) for one in asked.sightings)
    nature = Nature(Behaviour(), seed)
    simulation = Simulation(
        ground.world(with_way(policy, way), starts_at),
        plan,
        nature,
        Outcomes(nature),
        starts_at=starts_at,
        seed=seed,
        requests=requests,
        interruptions=Interruptions(seed, BREAK_MINUTES, OFFLINE_SHARE),
        dealing=Dealing(BATCH_EVERY if way is Way.BATCH else None, hindsight=True),
    )
    simulation.play(starts_at + timedelta(days=days), progress)
    return simulation


def with_way(policy: Policy, way: Way) -> Policy:
    """The same rules with another way of choosing, in every area; what a batch leaves goes to the nearest."""
    chosen = DispatchPolicy.NEAREST if way is Way.BATCH else DispatchPolicy(way.value)
    rules = {area: replace(rule, policy=chosen) for area, rule in policy.dispatch.items()}
    return replace(policy, dispatch=rules)


def _plan(ground: Ground, starts_at: datetime, days: int, findings_a_day: float, seed: int) -> DisorderPlan:
    process = ground.process
    return plan_disorder(
        ground.territory.streets,
        process.rates,
        starts_at=starts_at,
        days=days,
        patrols=max(round(process.patrols_a_day * days), 1),
        findings=max(round(findings_a_day * days), 1),
        seed=seed,
        popularity=process.popularity or None,
        spots=process.spots,
        rhythm=process.rhythm,
    )
