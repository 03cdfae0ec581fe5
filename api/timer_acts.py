"""What a timer does when it fires: one act by the system, in the transaction that consumes the timer."""

from uuid import UUID

import asyncpg

from api.casework import Casework
from api.dispatcher import StoreDispatcher
from api.store.cases import CaseFile, chief_phone, find_task
from api.store.timers import DueTimer, consume
from dispatch import use_cases
from dispatch.cases import THE_SYSTEM, Act
from dispatch.changes import Change, TimerKind
from dispatch.ids import DepartmentId
from dispatch.lifecycle import Action, guard


class TimerActs:
    """Fires timers through the same casework as people's acts."""

    def __init__(self, work: Casework, dispatcher: StoreDispatcher) -> None:
        self._work = work
        self._dispatcher = dispatcher

    async def fire(self, timer: DueTimer) -> None:
        """Do what the timer is for; one that finds its case elsewhere by now just goes."""

        async def run(file: CaseFile, act: Act, driver: asyncpg.Connection) -> Change | None:
            if not await consume(driver, timer):
                return None
            return await self._change(file, act, driver, timer)

        await self._work.act_within(timer.case_id, THE_SYSTEM, run)

    async def _change(
        self, file: CaseFile, act: Act, driver: asyncpg.Connection, timer: DueTimer
    ) -> Change | None:
        kind = TimerKind(timer.kind)
        if kind is TimerKind.OFFER_EXPIRES:
            return await self._expire(file, act, driver, UUID(timer.subject))
        if kind is TimerKind.LOOK_AGAIN:
            return await self._dispatcher.look_again(driver, file, act, self._work.policy)
        if kind is TimerKind.REPORT_IN_DUE:
            return _remind_department(file, act, timer.subject)
        action = Action.ESCALATE if kind in use_cases.ESCALATIONS else Action.REMIND
        if file.case.state not in guard(action):
            return None
        return use_cases.fire_clock_timer(file.case, kind, act)

    async def _expire(
        self, file: CaseFile, act: Act, driver: asyncpg.Connection, task_id: UUID
    ) -> Change | None:
        if file.case.task != task_id or file.case.state not in guard(Action.EXPIRE):
            return None
        task = await find_task(driver, file.case.district, task_id)
        assert task is not None
        phone = await chief_phone(driver, file.case.district, file.case.place.street)
        return use_cases.expire(file.case, task, act, phone)


def _remind_department(file: CaseFile, act: Act, subject: str) -> Change | None:
    whistle_id, _, department = subject.partition("/")
    whistle = next((one for one in file.whistles if str(one.id) == whistle_id), None)
    if whistle is None or file.case.state not in guard(Action.REMIND):
        return None
    return use_cases.remind_department(file.case, whistle, DepartmentId(department), act)
