"""On the way, on the spot, and what is noted there."""

from collections.abc import Sequence
from dataclasses import replace

from dispatch.cases import Act, Case, Detail, Task
from dispatch.changes import Change
from dispatch.errors import ReasonMissingError
from dispatch.lifecycle import Action
from dispatch.use_cases.steps import demand_own, step, with_case


def on_my_way(case: Case, task: Task, act: Act) -> Change:
    """The responder sets out."""
    demand_own(task, act)
    return step(case, Action.ON_MY_WAY, act, task=replace(task, on_my_way_at=task.on_my_way_at or act.at))


def arrive(case: Case, task: Task, act: Act, *, away_m: float | None = None) -> Change:
    """The responder is there, that many metres from the place by his phone."""
    demand_own(task, act)
    details: dict[str, Detail] = {} if away_m is None else {"away_m": round(away_m)}
    return step(case, Action.ARRIVE, act, details=details, task=replace(task, arrived_at=act.at))


def note(case: Case, act: Act) -> Change:
    """Something worth writing down; the act's reason is the text."""
    if not act.reason.strip():
        raise ReasonMissingError(Action.NOTE.value)
    return step(case, Action.NOTE, act)


def keep_evidence(case: Case, task: Task, act: Act, photographs: Sequence[str]) -> Change:
    """What somebody did and saw although the case had gone on without him: kept with the case, moves nothing.

    His phone was out of reach while another changed the case; his own step came too late, his evidence not.
    """
    demand_own(task, act)
    if photographs:
        return photograph(case, act, photographs)
    return note(case, act)


def photograph(case: Case, act: Act, photographs: Sequence[str]) -> Change:
    """Photographs that were stored under these content hashes belong to the case."""
    new = tuple(name for name in dict.fromkeys(photographs) if name not in case.photographs)
    details: dict[str, Detail] = {"photographs": " ".join(new), "count": len(new)}
    return with_case(
        step(case, Action.PHOTOGRAPH, act, details=details), photographs=(*case.photographs, *new)
    )
