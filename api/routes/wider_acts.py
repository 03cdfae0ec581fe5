"""Acts on a case that have to read beyond it: who is asked, where it lies, which other case it duplicates."""

from typing import Annotated
from uuid import UUID

import asyncpg
from fastapi import APIRouter

from api.actors import actor_of
from api.case_access import demand, looking
from api.case_items import CaseItem
from api.dependencies import Engine
from api.guards import require
from api.identity import Permission, Principal
from api.routes.acts import ActBody, DeskAct, do_act, show
from api.routes.case_shapes import Latitude, Longitude
from api.routes.cases import CaseworkOfRequest
from api.store.cases import CaseFile, find_case_file
from api.store.database import driver_transaction
from api.store.saving import save_change
from dispatch import use_cases
from dispatch.cases import Act
from dispatch.changes import Change
from dispatch.errors import CaseNotFoundError
from dispatch.ids import PersonId
from geo.coordinates import LonLat

router = APIRouter(prefix="/api/v1/cases", tags=["acts"])


class NewPlace(ActBody):
    """Where it truly is."""

    lon: Longitude
    lat: Latitude


class Assignment(ActBody):
    """Whom to ask; nobody named means whom dispatch would ask."""

    responder: UUID | None = None


class Reassignment(ActBody):
    """Who shall have it instead."""

    responder: UUID


class MergeInto(ActBody):
    """The case that takes this one up."""

    into: UUID


@router.post("/{case_id}/assign")
async def assign(
    case_id: UUID,
    body: Assignment,
    principal: Annotated[Principal, require(Permission.DISPATCH)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> CaseItem:
    """Offer the case to somebody: the one named, or the one that dispatch would ask."""
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)

    async def offer(file: CaseFile, act: Act, driver: asyncpg.Connection) -> Change:
        responder = PersonId(body.responder) if body.responder else None
        return await work.dispatcher.offer_to(driver, file, act, work.policy, responder)

    await work.act_within(
        case_id,
        actor,
        offer,
        body.told(looking(principal, Permission.DISPATCH)),
    )
    return await show(engine, principal, case_id)


@router.post("/{case_id}/reassign")
async def reassign(
    case_id: UUID,
    body: Reassignment,
    principal: Annotated[Principal, require(Permission.DISPATCH)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> CaseItem:
    """Take the case from whoever holds it and offer it to somebody else, in one act and with a reason."""
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)

    async def hand_over(file: CaseFile, act: Act, driver: asyncpg.Connection) -> Change:
        return await work.dispatcher.hand_over(driver, file, act, work.policy, PersonId(body.responder))

    await work.act_within(case_id, actor, hand_over, body.told(looking(principal, Permission.DISPATCH)))
    return await show(engine, principal, case_id)


@router.post("/{case_id}/relocate")
async def relocate(
    case_id: UUID,
    body: NewPlace,
    principal: Annotated[Principal, require(Permission.SCREEN)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> CaseItem:
    """Give the case its true place."""
    place = await work.place_of(LonLat(body.lon, body.lat))
    desk = DeskAct(
        "relocate",
        Permission.SCREEN,
        lambda file, act, _policy, _body: use_cases.relocate(file.case, act, place),
        "",
    )
    return await do_act(engine, work, principal, case_id, desk, body)


@router.post("/{case_id}/merge")
async def merge(
    case_id: UUID,
    body: MergeInto,
    principal: Annotated[Principal, require(Permission.SCREEN)],
    engine: Engine,
    work: CaseworkOfRequest,
) -> CaseItem:
    """Merge the case into the one that it duplicates: both change, or neither."""
    async with driver_transaction(engine) as driver:
        actor = await actor_of(driver, principal)

    async def into(file: CaseFile, act: Act, driver: asyncpg.Connection) -> Change:
        other = await find_case_file(driver, principal.district, body.into)
        if other is None:
            raise CaseNotFoundError
        demand(principal, Permission.VIEW_CASES, other)
        both = use_cases.merge(file.case, other.case, act, work.policy)
        await save_change(driver, both.absorbing)
        return both.merged

    await work.act_within(
        case_id,
        actor,
        into,
        body.told(looking(principal, Permission.SCREEN)),
    )
    return await show(engine, principal, case_id)
