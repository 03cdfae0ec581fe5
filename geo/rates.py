"""Per what: counts as they are, per household, or per hour of patrol; small denominators are tamed."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.coordinates import FloatArray


class Measure(StrEnum):
    """What a hotspot is a hotspot of."""

    COUNT = "count"
    PER_HOUSEHOLD = "per household"
    PER_PATROL_HOUR = "per patrol hour"

    @property
    def column(self) -> str | None:
        """The column of the units that is divided by."""
        return {"per household": "households", "per patrol hour": "patrol_hours"}.get(self.value)

    @property
    def en(self) -> str:
        """What the number means, in English."""
        return {
            Measure.COUNT: "Number of findings. More patrols find more: compare with 'per patrol hour'.",
            Measure.PER_HOUSEHOLD: "Findings per 1,000 households; areas with few households are steadied.",
            Measure.PER_PATROL_HOUR: "Findings per 100 hours of patrol: corrected for where patrols went; "
            "areas that were hardly patrolled are steadied, those never patrolled are not judged.",
        }[self]

    @property
    def zh(self) -> str:
        """What the number means, in Chinese."""
        return {
            Measure.COUNT: "问题件数。巡查越多发现越多，请与“每巡查小时”对照。",
            Measure.PER_HOUSEHOLD: "每千户问题件数；户数少的区域已作平滑。",
            Measure.PER_PATROL_HOUR: "每百巡查小时问题件数：已按巡查投入校正；"
            "巡查很少的区域已作平滑，从未巡查的不作判断。",
        }[self]

    @property
    def scale(self) -> float:
        """What a rate is multiplied by to be read."""
        return {Measure.COUNT: 1.0, Measure.PER_HOUSEHOLD: 1000.0, Measure.PER_PATROL_HOUR: 100.0}[self]


@dataclass(frozen=True, slots=True)
class Rates:
    """The number to show per unit and the number to test; NaN where nothing is divided by.

    `third` is the third central moment that chance gives the tested numbers.
    """

    shown: FloatArray
    tested: FloatArray
    third: float


def rates(counts: FloatArray, exposure: FloatArray | None, scale: float = 1.0) -> Rates:
    """Counts over exposure, and the same made comparable between large and small exposures.

    A rate over few households swings widely by chance alone; a test that takes it at its word finds
    hotspots wherever few people live. What is tested is therefore the deviation from the overall rate
    in units of what chance and true differences together would give (Assunção and Reis 1999).
    The chance that is tested against is that of findings strewn at random in proportion to the exposure:
    its skewness is that of such counts, so that a few extreme units cannot hide themselves in it.
    """
    base = np.ones(len(counts)) if exposure is None else exposure
    known = np.isfinite(base) & (base > 0)
    shown = np.full(len(counts), np.nan)
    tested = np.full(len(counts), np.nan)
    count, base = counts[known], base[known]
    if not len(base) or not count.sum():
        shown[known] = 0.0
        return Rates(shown, tested, 0.0)
    rate = count / base
    overall = float(count.sum() / base.sum())
    spread = float((base * (rate - overall) ** 2).sum() / base.sum() - overall / base.mean())
    true_spread = max(spread, 0.0)
    deviation = np.sqrt(true_spread + overall / base)
    shown[known] = rate * scale
    tested[known] = (rate - overall) / deviation
    third = float((1.0 / np.sqrt(overall * base)).mean())
    return Rates(shown, tested, third)
