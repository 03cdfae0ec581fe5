"""The drill: whether the district is being played now, its switch, and clearing away what it left."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction
from api.guards import require
from api.identity import Permission, Principal, Where, may
from api.refusals import ConflictingChangeError, NotAllowedError
from api.store import drill
from api.store.audit import record_by_driver

router = APIRouter(prefix="/api/v1/drill", tags=["drill"])

Anyone = Annotated[Principal, require(Permission.VIEW_TERRITORY)]
Runner = Annotated[Principal, require(Permission.RUN_DRILL)]


class DrillCard(BaseModel):
    """How the drill stands. While it plays, every page says so."""

    playing: bool
    """People and cases are being played against this server."""
    wanted: bool
    """The switch."""
    attached: bool
    """A process that can play is there: `yilu up` without `--no-drill`."""
    possible: bool
    """False once a real district was imported: then nothing is ever played."""
    pace: float
    """How many times faster than the clock."""
    phones: int
    """How many phones are to be awake all the time."""
    awake: int
    """How many are."""
    tally: dict[str, Any]
    """What its clients met since they began: requests, waiting times, how late they are for their plans."""
    cases: int
    """How many cases the drill has left; they can be cleared away."""
    began_at: datetime | None

    @classmethod
    def of(cls, state: drill.DrillState) -> "DrillCard":
        """The state as it is shown."""
        return cls.model_validate(state, from_attributes=True)


class DrillSwitch(BaseModel):
    """Whether the drill is wanted."""

    on: bool
    pace: Annotated[float, Field(ge=1, le=20, description="How many times faster than the clock.")] = (
        drill.GENTLE_PACE
    )
    phones: Annotated[int, Field(ge=1, le=500, description="How many phones are awake all the time.")] = (
        drill.GENTLE_PHONES
    )


class ClearedAway(BaseModel):
    """What was taken away."""

    cases: int
    findings: int
    events: int
    patrols: int


@router.get("")
async def read_drill(principal: Anyone, driver: DriverTransaction) -> DrillCard:
    """Say whether the district is being played, so that nobody takes a drill for the city."""
    return DrillCard.of(await drill.read_drill(driver, principal.district))


@router.put("")
async def switch_drill(body: DrillSwitch, principal: Runner, driver: DriverTransaction) -> DrillCard:
    """Switch the drill on or off; its people go home within seconds. Only where nothing real was imported."""
    _check_whole_district(principal)
    state = await drill.read_drill(driver, principal.district)
    if body.on and not state.possible:
        raise ConflictingChangeError(
            "A real district was imported, so nothing is played here any more",
            "已导入真实辖区，不再进行模拟演练",
        )
    if body.on and not state.attached:
        raise ConflictingChangeError(
            "No process is there that could play: start the server without --no-drill",
            "演练进程未运行，请在启动服务时去掉 --no-drill",
        )
    await drill.switch_drill(
        driver, principal.district, on=body.on, by=principal.name, pace=body.pace, phones=body.phones
    )
    await record_by_driver(driver, principal, "drill.on" if body.on else "drill.off")
    return DrillCard.of(await drill.read_drill(driver, principal.district))


@router.delete("/cases")
async def clear_drill(principal: Runner, driver: DriverTransaction) -> ClearedAway:
    """Clear away the drill's cases, patrols and tracks. What others reported stays; so does the audit log."""
    _check_whole_district(principal)
    gone = await drill.clear_drill(driver, principal.district)
    cleared = ClearedAway.model_validate(gone, from_attributes=True)
    await record_by_driver(driver, principal, "drill.clear", details=cleared.model_dump())
    return cleared


def _check_whole_district(principal: Principal) -> None:
    """Refuse whoever answers for a part only: the drill plays the whole district."""
    if not may(principal, Permission.RUN_DRILL, Where(principal.district)):
        raise NotAllowedError
