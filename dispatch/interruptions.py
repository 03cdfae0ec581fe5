"""What interrupts people's work in a simulation: breaks, and phones that lose the network for a while."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from dispatch.ids import PersonId
from dispatch.responders import Shift

_BREAK_BETWEEN = (0.35, 0.6)
"""A break begins somewhere in this part of the shift."""

Spell = tuple[datetime, datetime]


@dataclass(slots=True)
class Interruptions:
    """Drawn anew for each person and shift, from the seed alone: whoever asks when, gets the same."""

    seed: int
    break_minutes: float = 0.0
    offline_share: float = 0.0
    """The part of the time for which a phone has no network."""
    offline_minutes: float = 12.0
    _drawn: dict[tuple[PersonId, datetime], tuple[Spell | None, tuple[Spell, ...]]] = field(
        default_factory=dict
    )

    def back_from_break(self, person: PersonId, shift: Shift | None, at: datetime) -> datetime:
        """When he can set out: at once, or after the break in which he is."""
        rest = self._of(person, shift)[0] if self.break_minutes and shift else None
        return rest[1] if rest and rest[0] <= at < rest[1] else at

    def back_on_line(self, person: PersonId, shift: Shift | None, at: datetime) -> datetime:
        """When his phone hears of something: at once, or when the network is back."""
        for since, until in self._of(person, shift)[1] if self.offline_share and shift else ():
            if since <= at < until:
                return until
        return at

    def _of(self, person: PersonId, shift: Shift | None) -> tuple[Spell | None, tuple[Spell, ...]]:
        assert shift is not None
        key = (person, shift.begins)
        if key not in self._drawn:
            self._drawn[key] = self._draw(person, shift)
        return self._drawn[key]

    def _draw(self, person: PersonId, shift: Shift) -> tuple[Spell | None, tuple[Spell, ...]]:
        chance = Random(f"interruptions {self.seed} {person} {shift.begins.isoformat()}")
        lasts = shift.ends - shift.begins
        begins = shift.begins + lasts * chance.uniform(*_BREAK_BETWEEN)
        rest = (begins, begins + timedelta(minutes=self.break_minutes)) if self.break_minutes else None
        spells: list[Spell] = []
        at = shift.begins
        while self.offline_share:
            apart = self.offline_minutes * (1 / self.offline_share - 1)
            at += timedelta(minutes=chance.expovariate(1 / apart))
            if at >= shift.ends:
                break
            until = at + timedelta(minutes=chance.expovariate(1 / self.offline_minutes))
            spells.append((at, until))
            at = until
        return rest, tuple(spells)
