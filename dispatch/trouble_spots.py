"""Where disorder gathers: a few spots on each street over a thin background; drawn, or from a history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spot:
    """One place on one street, by its part of the way along; `category` by number, None for any."""

    street: int
    fraction: float
    spread_m: float
    weight: float
    category: int | None
    """None for the background, which holds every category."""
    opens_day: float
    closes_day: float
    trend_per_year: float


@dataclass(frozen=True, slots=True)
class KnownSpot:
    """A place on a street where a history found something again and again; `weight` is how often."""

    fraction: float
    spread_m: float
    weight: float
    category: str | None
    """None for what lies scattered along the street."""


def draw_spots(
    random: np.random.Generator, lengths_m: Sequence[float], busy: Floats, weights: Floats, days: int
) -> list[Spot]:
    """Invent spots: how many, how heavy, of which category, and when they come and go."""
    spots = []
    for street, length_m in enumerate(lengths_m):
        spots.append(Spot(street, 0.5, length_m, float(busy[street]) * 0.5, None, 0, days, 0.0))
        for _ in range(1 + int(random.poisson(2.2))):
            fate = random.random()
            opens = float(random.uniform(0.3, 0.9) * days) if fate < 0.12 else 0.0
            closes = float(random.uniform(0.2, 0.8) * days) if 0.12 <= fate < 0.2 else float(days)
            spots.append(
                Spot(
                    street,
                    float(random.uniform(0.05, 0.95)),
                    float(random.uniform(8, 30)),
                    float(busy[street] * random.lognormal(-0.6, 0.8)),
                    int(random.choice(len(weights), p=weights / weights.sum())),
                    opens,
                    closes,
                    float(random.normal(0.0, 0.5)),
                )
            )
    return spots


def place_spots(
    known: Mapping[int, Sequence[KnownSpot]], codes: Sequence[str], lengths_m: Sequence[float], days: int
) -> list[Spot]:
    """Take the spots of a history, by street number; a street without any gets a faint background."""
    number = {code: place for place, code in enumerate(codes)}
    spots = []
    for street, length_m in enumerate(lengths_m):
        for one in known.get(street) or (KnownSpot(0.5, length_m, 0.2, None),):
            category = number.get(one.category) if one.category is not None else None
            spots.append(Spot(street, one.fraction, one.spread_m, one.weight, category, 0, days, 0.0))
    return spots
