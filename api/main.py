"""The server: settings are built once and handed down; everything that lives is owned by the lifespan."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import Access
from api.actors import Reporters
from api.assessments import Assessments
from api.background import repeat
from api.casework import Casework
from api.chores import chores_of
from api.coverage_desk import CoverageDesk
from api.dispatcher import StoreDispatcher
from api.district_watch import DistrictWatch
from api.edge import SECURITY_HEADERS, BodyEdge, RefusedBodyError, SecurityHeaders
from api.errors import Problem, UnexpectedFailures, install_problem_handlers, problem_of
from api.garbage import PUT_ASIDE_EVERY_S, WhatStays
from api.guards import SECURITY_SCHEMES
from api.hotspot_board import HotspotBoard
from api.intake import Intake
from api.keyring import Keyring
from api.live import TICK_S, LiveHub
from api.oidc import provider_of
from api.open311 import PREFIX
from api.open311 import told as open311_told
from api.position_intake import FORGET_EVERY_S, PositionIntake, forget_old_tracks
from api.resident_chores import TELL_EVERY_S, forget_old_contacts, tell_residents
from api.roads_watch import LOOK_EVERY_S, RoadsWatch
from api.routes import (
    accounts,
    acts,
    admin,
    audit,
    bulk_acts,
    case_board,
    cases,
    classification,
    coverage,
    district,
    drawn_tiles,
    drill,
    exports,
    features,
    findings,
    hands,
    health,
    hotspots,
    live,
    notices,
    open311,
    open311_updates,
    own_account,
    patrols,
    photos,
    plans,
    positions,
    provider,
    replay,
    reports,
    residents,
    rosters,
    shapes,
    shifts,
    sign_in,
    staff,
    statistics,
    street_watch,
    task_help,
    tasks,
    tiles,
    today,
    webhooks,
    whistles,
    wider_acts,
)
from api.routes.pages import Assets, pages_router
from api.sequencer import STAMP_EVERY_S, Sequencer
from api.settings import Settings, data_folder
from api.store.database import open_engine
from api.tile_cache import TileCache
from api.timer_acts import TimerActs
from api.timers import FIRE_EVERY_S, Timers
from dispatch.policy_files import load_policy

INNER_CONNECTIONS = 6
"""What the process knows for all requests is read by a pool of its own: a request that holds a connection
may wait for it, and requests that hold all there are must not keep it from being read."""

INTAKE_CONNECTIONS = 2
"""Groups of findings are read for and saved over the same few connections, whose statements stay planned."""

FROM_PHONES = (findings.router, positions.from_phones)
"""What phones send all day. Their routes are the application's own and tried first: a router that is included
is searched anew for each request."""

ROUTERS = (
    positions.router,
    health.router,
    district.router,
    tiles.router,
    sign_in.router,
    provider.router,
    own_account.router,
    accounts.router,
    audit.router,
    staff.router,
    rosters.router,
    admin.router,
    case_board.router,
    cases.router,
    classification.router,
    coverage.router,
    acts.router,
    wider_acts.router,
    bulk_acts.router,
    task_help.router,
    tasks.router,
    street_watch.router,
    whistles.router,
    shifts.router,
    patrols.router,
    live.router,
    replay.router,
    shapes.router,
    photos.router,
    hands.router,
    hotspots.router,
    drawn_tiles.router,
    reports.router,
    notices.router,
    webhooks.router,
    exports.router,
    open311.router,
    open311_updates.router,
    features.router,
    statistics.router,
    today.router,
    plans.router,
    residents.router,
    drill.router,
)


class Server(FastAPI):
    """The application; its document says how programs and pages tell who they are."""

    def openapi(self) -> dict[str, Any]:
        """The API document."""
        document = super().openapi()
        document.setdefault("components", {})["securitySchemes"] = SECURITY_SCHEMES
        document["security"] = [{name: []} for name in SECURITY_SCHEMES]
        return document


def create_app(settings: Settings, *, background: bool = True) -> FastAPI:
    """Return the whole server as it is told by `settings`.

    Without `background` it answers requests and does nothing by itself: no timers, no stamping, no news.
    """
    app = Server(
        title="Yilu",
        summary="Live dispatch and 15-minute coverage for a city district.",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # both would load scripts from addresses outside the server
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.settings = settings
    app.state.background = background
    install_problem_handlers(app, _told)
    for router in FROM_PHONES:
        app.router.routes.extend(router.routes)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(pages_router(settings.pages_path))
    if (assets := settings.pages_path / "assets").is_dir():
        app.mount("/assets", Assets(directory=assets))
    app.add_middleware(BodyEdge, refuse=_refuse)
    app.add_middleware(UnexpectedFailures)
    app.add_middleware(SecurityHeaders, headers=SECURITY_HEADERS)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    engine = open_engine(settings.database_url)
    app.state.engine = engine
    inner = open_engine(settings.database_url, pool_size=INNER_CONNECTIONS)
    intake = open_engine(settings.database_url, pool_size=INTAKE_CONNECTIONS, plan_once=True)
    app.state.keys = Keyring(settings.keyring_path)
    app.state.provider = provider_of(settings)
    app.state.watch = DistrictWatch(inner, settings.district_code)
    app.state.tiles = TileCache()
    app.state.access = Access(inner, settings.district_code)
    app.state.roads = RoadsWatch(inner, settings.district_code, settings.data_path / "roads")
    app.state.live = LiveHub(inner, settings.district_code)
    app.state.hotspots = HotspotBoard(inner, app.state.watch, app.state.roads)
    app.state.coverage = CoverageDesk(inner, app.state.watch, app.state.roads)
    app.state.assessments = Assessments(inner, settings.district_code)
    policy = load_policy(data_folder() / "policy")
    app.state.positions = PositionIntake(engine, settings.district_code, policy.privacy)
    dispatcher = StoreDispatcher(intake, settings.district_code, app.state.roads.travels)
    reporters = Reporters(engine, settings.district_code)
    app.state.casework = Casework(engine, app.state.watch, policy, dispatcher, reporters, Intake(intake))
    fire = TimerActs(app.state.casework, dispatcher).fire
    sequencer = Sequencer(inner, settings.district_code)
    timers = Timers(inner, settings.district_code, fire)
    stays = WhatStays(lambda: (app.state.watch.loaded, app.state.roads.network))
    work = (
        ("following the roads", app.state.roads.step, LOOK_EVERY_S),
        ("numbering events", sequencer.step, STAMP_EVERY_S),
        ("telling what is new", app.state.live.step, TICK_S),
        ("firing timers", timers.step, FIRE_EVERY_S),
        ("putting aside what stays", stays.step, PUT_ASIDE_EVERY_S),
        ("forgetting tracks", partial(forget_old_tracks, inner, settings, policy), FORGET_EVERY_S),
        *chores_of(inner, settings, app.state.keys),
        ("telling residents", partial(tell_residents, inner, settings, policy), TELL_EVERY_S),
        ("forgetting contacts", partial(forget_old_contacts, inner, settings, policy), FORGET_EVERY_S),
    )
    tasks = [asyncio.create_task(repeat(*steps)) for steps in work if app.state.background]
    try:
        yield
    finally:
        app.state.live.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await sequencer.stop()
        await engine.dispose()
        await inner.dispose()
        await intake.dispose()


def _refuse(refused: RefusedBodyError) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await _told(problem_of(refused), scope["path"])(scope, receive, send)

    return answer


def _told(problem: Problem, path: str) -> Response:
    """Return a problem in the words of the dialect that is spoken under that path."""
    return open311_told(problem, path) if path.startswith(PREFIX) else problem.response()
