"""How people behave in the simulation: how soon they answer, how long they work, what they end with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from dispatch.lifecycle import Outcome


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Shares and times; all of it is meant to be changed by whoever compares policies."""

    settled_on_the_spot: float = 0.8
    passed_on_on_the_spot: float = 0.04
    accepts: float = 0.92
    declines: float = 0.05
    """Whoever neither accepts nor declines has his phone switched off: the offer expires."""
    answer_s: float = 45.0
    answer_spread: float = 0.6
    sets_out_s: float = 60.0
    slower_than_the_roads: float = 1.15
    on_site_minutes: Mapping[int, float] = field(
        default_factory=lambda: {1: 8.0, 2: 10.0, 3: 16.0, 4: 25.0, 5: 35.0}
    )
    on_site_spread: float = 0.45
    sent_back: float = 0.03
    check_minutes: float = 25.0
    put_on_the_books: float = 0.037
    days_on_the_books: float = 40.0
    screen_minutes: float = 6.0
    dismissed: float = 0.04
    evaluated: float = 0.7
    persuaded: float = 0.25
    enforced: float = 0.13
    rectified: float = 0.02
    """Of what was dispatched; the rest is passed on."""


class Nature:
    """Draws from a behaviour: one seed, one history."""

    def __init__(self, behaviour: Behaviour, seed: int) -> None:
        self.behaviour = behaviour
        self._chance = Random(f"behaviour {seed}")

    def happens(self, share: float) -> bool:
        """Whether something of that probability happens now."""
        return self._chance.random() < share

    def seconds(self, middle: float, spread: float) -> timedelta:
        """A time around the middle, never negative, now and then much longer."""
        return timedelta(seconds=round(self._chance.lognormvariate(0.0, spread) * middle, 1))

    def answer_time(self) -> timedelta:
        """From the offer to the answer."""
        return self.seconds(self.behaviour.answer_s, self.behaviour.answer_spread)

    def on_site_time(self, severity: int) -> timedelta:
        """From the arrival to the end."""
        return self.seconds(self.behaviour.on_site_minutes[severity] * 60, self.behaviour.on_site_spread)

    def travel_time(self, expected_s: float | None) -> timedelta:
        """How long the way really takes."""
        seconds = 600.0 if expected_s is None else expected_s
        factor = self.behaviour.slower_than_the_roads * self._chance.uniform(0.85, 1.25)
        return timedelta(seconds=round(seconds * factor, 1))

    def check_time(self) -> timedelta:
        """Until an operator has looked whether it is done."""
        return self.seconds(self.behaviour.check_minutes * 60, 0.7)

    def book_time(self) -> timedelta:
        """How long something stays on the books."""
        return timedelta(days=self._chance.expovariate(1 / self.behaviour.days_on_the_books))

    def pick(self, count: int) -> int:
        """One of so many, each as likely."""
        return self._chance.randrange(count)

    def score(self) -> int:
        """How content somebody is."""
        return self._chance.choices((5, 4, 3, 2, 1), (70, 22, 5, 2, 1))[0]


class Outcomes:
    """How cases end. Shares by default; a subclass may hold to exact totals."""

    def __init__(self, nature: Nature) -> None:
        self.nature = nature

    def on_the_spot(self) -> Outcome | None:
        """How the finder ends it at once; None where he hands it on."""
        shares = self.nature.behaviour
        if not self.nature.happens(shares.settled_on_the_spot):
            return None
        passed_on = self.nature.happens(shares.passed_on_on_the_spot)
        return Outcome.PASSED_ON if passed_on else Outcome.PERSUADED

    def after_dispatch(self, *, may_enforce: bool) -> Outcome:
        """How the one who was sent ends it."""
        shares = self.nature.behaviour
        if may_enforce and self.nature.happens(shares.enforced):
            return Outcome.ENFORCED
        if self.nature.happens(shares.rectified):
            return Outcome.RECTIFIED
        return Outcome.PERSUADED if self.nature.happens(shares.persuaded) else Outcome.PASSED_ON

    def taken_back(self, outcome: Outcome) -> None:
        """A case that had ended so is to be done again."""


class ExactOutcomes(Outcomes):
    """Ends cases so that the totals come out exactly: draws without putting back.

    What is settled on the spot is settled, so its numbers are simply dealt. What is dispatched may still be
    open at the end: the rarer outcomes are dealt out over all but the last `spare` dispatched cases.
    """

    def __init__(
        self, nature: Nature, totals: Mapping[Outcome, int], findings: int, *, spare: int = 150
    ) -> None:
        super().__init__(nature)
        shares = nature.behaviour
        self._spot = round(findings * shares.settled_on_the_spot)
        self._dispatched = findings - self._spot - spare
        self._unseen = findings
        self._left = {
            Outcome.ENFORCED: totals[Outcome.ENFORCED],
            Outcome.RECTIFIED: totals[Outcome.RECTIFIED],
        }
        on_the_spot = round(self._spot * (1 - shares.passed_on_on_the_spot))
        self._persuaded_spot = min(on_the_spot, totals[Outcome.PERSUADED])
        self._left[Outcome.PERSUADED] = totals[Outcome.PERSUADED] - self._persuaded_spot
        self._resolved = 0
        self._could_enforce = 0

    def on_the_spot(self) -> Outcome | None:
        """Deal the on-the-spot numbers over all findings."""
        settle = self.nature.happens(self._spot / max(self._unseen, 1))
        self._unseen -= 1
        if not settle:
            return None
        persuaded = self.nature.happens(self._persuaded_spot / max(self._spot, 1))
        self._spot -= 1
        self._persuaded_spot -= persuaded
        return Outcome.PERSUADED if persuaded else Outcome.PASSED_ON

    def after_dispatch(self, *, may_enforce: bool) -> Outcome:
        """Deal the rest over what is dispatched; what may be enforced by few is dealt over those few."""
        ahead = max(self._dispatched - self._resolved, 1)
        self._resolved += 1
        self._could_enforce += may_enforce
        eligible = max(self._could_enforce / self._resolved, 0.02)
        for outcome, chances in (
            (Outcome.ENFORCED, ahead * eligible if may_enforce else 0.0),
            (Outcome.RECTIFIED, float(ahead)),
            (Outcome.PERSUADED, float(ahead)),
        ):
            if chances > 0 and self._left[outcome] and self.nature.happens(self._left[outcome] / chances):
                self._left[outcome] -= 1
                return outcome
        return Outcome.PASSED_ON

    def taken_back(self, outcome: Outcome) -> None:
        """Put the outcome back among those to be dealt."""
        self._resolved -= 1
        if outcome in self._left:
            self._left[outcome] += 1

    @property
    def undealt(self) -> int:
        """How many stated outcomes found no case; zero when the totals came out."""
        return sum(self._left.values()) + self._persuaded_spot + self._spot
