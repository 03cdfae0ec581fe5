"""The sample district's year: 23,965 patrols and 72,411 findings that end as the published figures say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dispatch.behaviour import Behaviour, ExactOutcomes, Nature
from dispatch.clocks import CITY_ZONE
from dispatch.disorder import CategoryRate, plan_disorder
from dispatch.history import History
from dispatch.history_packing import pack
from dispatch.lifecycle import Outcome
from dispatch.policy import Policy
from dispatch.ports import TravelTimes
from dispatch.sample import SamplePeople, sample_people
from dispatch.simulate import Simulation
from dispatch.situation import Situation
from dispatch.virtual_world import World
from geo.areas import Territory

SEED = 20
PATROLS = 23_965
FINDINGS = 72_411
TOTALS: Mapping[Outcome, int] = {Outcome.PERSUADED: 58_622, Outcome.ENFORCED: 1_883, Outcome.RECTIFIED: 265}
"""Published to date for 76 streets; about 60 are open at the end, the rest was passed on."""
LAST_DAY = date(2026, 11, 20)
DAYS = 365


@dataclass(frozen=True, slots=True)
class _Habit:
    """When a heading of the nine disorders shows itself."""

    weight: float
    peak_hour: float
    spread_h: float
    summer: float = 0.0
    weekend: float = 1.0


_HABITS: Mapping[str, _Habit] = {
    "stalls": _Habit(30, 18.0, 2.5, summer=0.8, weekend=1.3),
    "parking": _Habit(22, 8.5, 2.5),
    "rubbish": _Habit(12, 7.5, 4.0, summer=0.5),
    "posters": _Habit(9, 11.0, 4.0),
    "lines": _Habit(5, 14.0, 5.0, summer=0.3),
    "building": _Habit(2, 10.0, 4.0, summer=0.2, weekend=0.6),
    "digging": _Habit(3, 9.5, 3.0, summer=0.4, weekend=0.5),
    "dumping": _Habit(6, 20.5, 3.0, weekend=1.1),
    "shop_goods": _Habit(24, 16.0, 4.0, summer=0.3, weekend=1.2),
}


def category_rates(policy: Policy) -> list[CategoryRate]:
    """How often each category of the nine disorders turns up; its heading says when."""
    group = "nine_disorders/"
    by_heading: dict[str, list[str]] = {}
    for category in policy.categories.values():
        for name in category.groups:
            if name.startswith(group):
                by_heading.setdefault(name.removeprefix(group), []).append(category.code)
    rates = []
    for heading, codes in sorted(by_heading.items()):
        habit = _HABITS.get(heading, _Habit(3, 12, 5))
        for place, code in enumerate(sorted(codes), start=1):
            share = (1 / place) / sum(1 / n for n in range(1, len(codes) + 1))
            rates.append(
                CategoryRate(
                    code, habit.weight * share, habit.peak_hour, habit.spread_h, habit.summer, habit.weekend
                )
            )
    return rates


def sample_world(
    policy: Policy, territory: Territory, travel: Mapping[str, TravelTimes], at: datetime
) -> tuple[World, SamplePeople]:
    """The sample district with its people, as a simulation plays in it."""
    people = sample_people(territory, sorted(policy.departments))
    situation = Situation(policy, people.task_forces, people.responders(policy, at), travel)
    by_id = people.by_id
    return World(policy, territory, situation, lambda who, now: people.shift_at(by_id[who], now)), people


def midnight(day: date) -> datetime:
    """The beginning of a day in the city."""
    return datetime(day.year, day.month, day.day, tzinfo=CITY_ZONE)


def simulate_sample_year(
    policy: Policy,
    territory: Territory,
    travel: Mapping[str, TravelTimes],
    *,
    last_day: date = LAST_DAY,
    days: int = DAYS,
    seed: int = SEED,
    progress: Callable[[datetime], None] | None = None,
) -> Simulation:
    """Play the year that ends with `last_day`; a shorter stretch holds its share of the totals."""
    starts_at = midnight(last_day) - timedelta(days=days - 1)
    share = days / DAYS
    findings = round(FINDINGS * share)
    plan = plan_disorder(
        territory.streets,
        category_rates(policy),
        starts_at=starts_at,
        days=days,
        patrols=round(PATROLS * share),
        findings=findings,
        seed=seed,
    )
    nature = Nature(Behaviour(), seed)
    totals = {outcome: round(count * share) for outcome, count in TOTALS.items()}
    outcomes = ExactOutcomes(nature, totals, findings)
    world, _ = sample_world(policy, territory, travel, starts_at)
    simulation = Simulation(world, plan, nature, outcomes, starts_at=starts_at, seed=seed)
    simulation.play(midnight(last_day) + timedelta(days=1), progress)
    return simulation


def pack_sample_year(simulation: Simulation) -> History:
    """The year as a file holds it."""
    world = simulation.world
    people = sample_people(world.territory, sorted(world.policy.departments))
    first = simulation.plan.patrols[0].starts_at.astimezone(CITY_ZONE).date()
    return pack(simulation, [member.person for member in people.members], midnight(first), SEED)
