"""Positions from thousands of phones, saved together: one transaction for all that came in meanwhile."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from api.fixes import FixFlag, PhoneFix, flag_of, worth_keeping
from api.settings import Settings
from api.store.database import driver_transaction
from api.store.positions import JudgedFix, Standing, forget_tracks, read_standings, save_fixes
from api.together import Together
from dispatch.policy import Policy

FORGET_EVERY_S = 3600.0
_MOST_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of what a phone sent."""

    kept: int
    flagged: tuple[tuple[datetime, FixFlag], ...] = ()
    on_shift: bool = True


@dataclass(frozen=True, slots=True)
class _Sent:
    person: UUID
    fixes: Sequence[PhoneFix]


class PositionIntake:
    """One per process. Whoever sends while a batch is being saved waits for the next one."""

    def __init__(
        self, engine: AsyncEngine, district: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._engine = engine
        self._district = district
        self._clock = clock
        self._together = Together(self._save, _MOST_AT_ONCE)

    async def take(self, person: UUID, fixes: Sequence[PhoneFix]) -> Taken:
        """Save somebody's fixes; returns after the commit. Positions are taken on shift only."""
        return await self._together.ask(_Sent(person, fixes))

    async def _save(self, batch: Sequence[_Sent]) -> list[Taken]:
        now = self._clock()
        async with driver_transaction(self._engine) as driver:
            standings = await read_standings(driver, self._district, {sent.person for sent in batch})
            latest: dict[UUID, PhoneFix] = {}
            judged = [
                judge(sent.person, sent.fixes, standings.get(sent.person), latest, now) for sent in batch
            ]
            await save_fixes(driver, self._district, [one for fixes in judged for one in fixes], now)
        return [
            _answer(sent, standings.get(sent.person), fixes)
            for sent, fixes in zip(batch, judged, strict=True)
        ]


def judge(
    person: UUID,
    fixes: Sequence[PhoneFix],
    standing: Standing | None,
    latest: dict[UUID, PhoneFix],
    now: datetime,
) -> list[JudgedFix]:
    """Judge what one phone sent; `latest` carries a person's last good fix from one batch to the next."""
    if standing is None or not standing.on_shift:
        return []
    judged: list[JudgedFix] = []
    good = latest.get(person, standing.latest)
    kept = good
    for fix in sorted(fixes, key=lambda one: one.at):
        flag = flag_of(fix, good, now)
        keeps = flag is not None or worth_keeping(fix, kept)
        judged.append(JudgedFix(person, fix, flag, standing.patrol, keeps))
        if flag is None:
            good = fix if good is None or good.at < fix.at else good
            kept = fix if keeps else kept
    if good is not None:
        latest[person] = good
    return judged


def _answer(sent: _Sent, standing: Standing | None, judged: Sequence[JudgedFix]) -> Taken:
    flagged = tuple((one.fix.at, one.flag) for one in judged if one.flag is not None)
    on_shift = standing is not None and standing.on_shift
    return Taken(len(judged) - len(flagged), flagged, on_shift)


async def forget_old_tracks(
    engine: AsyncEngine, settings: Settings, policy: Policy, now: datetime | None = None
) -> int:
    """Delete where people went longer ago than policy allows; return how many fixes that were."""
    before = (now or datetime.now(UTC)) - timedelta(days=policy.privacy.track_days)
    async with driver_transaction(engine) as driver:
        return await forget_tracks(driver, settings.district_code, before)
