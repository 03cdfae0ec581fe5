"""Webhooks: other systems that are told what happens, and what could not be delivered to them."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import DriverTransaction, Keys
from api.errors import NotFoundError
from api.guards import require
from api.identity import Permission, Principal, Where, may
from api.ids import new_id
from api.outbound import RefusedAddressError, check_target, new_signing_secret
from api.paging import Cursor, Limit, Page, decode_cursor, page_of
from api.refusals import NotAllowedError, UnusableValueError
from api.routes.account_shapes import ShortText
from api.store import resident_messages, webhooks
from api.store.audit import record_by_driver
from dispatch.changes import NoticeKind

router = APIRouter(prefix="/api/v1", tags=["webhooks"])

Keeper = Annotated[Principal, require(Permission.MANAGE_INTERFACES)]
AreaText = Annotated[str, Field(pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$")]
HostName = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9.:-]+$")]
Words = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=30)]


class NewWebhook(BaseModel):
    """Whom to tell of what. `notices` go to a gateway that reaches people by messenger or text message.

    Residents who asked to be told are reached by it too: notices of the kind `resident_news`.
    """

    name: ShortText
    url: Annotated[str, Field(min_length=8, max_length=2000, pattern=r"^https?://")]
    source: Literal["cases", "notices"] = "cases"
    area: AreaText
    kinds: Words = []
    """Kinds of case, or of notice; empty for all."""
    states: Words = []
    """Only events after which the case is in one of these states; empty for all."""


class WebhookShown(BaseModel):
    """A webhook without its secret."""

    id: UUID
    name: str
    url: str
    source: str
    area: str
    kinds: list[str]
    states: list[str]
    active: bool
    created_by: str
    created_at: datetime

    @classmethod
    def of(cls, webhook: webhooks.Webhook) -> "WebhookShown":
        """Show a webhook."""
        return cls(**{name: getattr(webhook, name) for name in cls.model_fields})


class WebhookMade(WebhookShown):
    """A new webhook with the secret by which the receiver checks signatures; it is not shown again."""

    secret: str


class WebhookChange(BaseModel):
    """Whether it is told."""

    active: bool


class DeliveryItem(BaseModel):
    """A message that waits, or (`dead_at`) that was given up."""

    id: UUID
    type: str
    subject: str
    created_at: datetime
    try_at: datetime | None
    attempts: int
    last_failure: str | None
    dead_at: datetime | None


@router.get("/webhooks")
async def list_webhooks(principal: Keeper, driver: DriverTransaction) -> list[WebhookShown]:
    """List the webhooks for areas that one keeps."""
    found = await webhooks.list_webhooks(driver, principal.district)
    return [WebhookShown.of(one) for one in found if _keeps(principal, one.area)]


@router.post("/webhooks", status_code=201)
async def add_webhook(
    body: NewWebhook, principal: Keeper, driver: DriverTransaction, keys: Keys
) -> WebhookMade:
    """Tell another system what happens from now on. Its address must lie outside, or be allowed by name."""
    if not _keeps(principal, body.area):
        raise NotAllowedError
    if body.source == "notices" and (unknown := set(body.kinds) - {*NoticeKind, resident_messages.KIND}):
        raise UnusableValueError(
            f"There are no notices of the kind {', '.join(sorted(unknown))}", "没有这种通知类型"
        )
    try:
        await check_target(body.url, await webhooks.allowed_hosts(driver, principal.district))
    except RefusedAddressError as refused:
        raise UnusableValueError(f"This address is not called: {refused}", "不能调用该地址") from refused
    secret = new_signing_secret()
    webhook = webhooks.Webhook(
        id=new_id(),
        name=body.name,
        url=body.url,
        secret=keys.seal(secret),
        source=body.source,
        area=body.area,
        kinds=tuple(body.kinds),
        states=tuple(body.states),
        active=True,
        created_by=principal.name,
        created_at=datetime.now(UTC),
    )
    await webhooks.add_webhook(driver, principal.district, webhook)
    details = {"url": body.url, "source": body.source}
    await record_by_driver(driver, principal, "webhook.add", str(webhook.id), area=body.area, details=details)
    return WebhookMade(**WebhookShown.of(webhook).model_dump(), secret=secret)


@router.patch("/webhooks/{webhook_id}")
async def change_webhook(
    webhook_id: UUID, body: WebhookChange, principal: Keeper, driver: DriverTransaction
) -> WebhookShown:
    """Stop telling a system, or go on with what happened meanwhile."""
    webhook = await _webhook(driver, principal, webhook_id)
    await webhooks.set_active(driver, principal.district, webhook.id, body.active)
    act = "webhook.start" if body.active else "webhook.stop"
    await record_by_driver(driver, principal, act, str(webhook.id), area=webhook.area)
    return WebhookShown.of(await _webhook(driver, principal, webhook_id))


@router.delete("/webhooks/{webhook_id}", status_code=204)
async def remove_webhook(webhook_id: UUID, principal: Keeper, driver: DriverTransaction) -> None:
    """Forget a webhook, and what waits for it."""
    webhook = await _webhook(driver, principal, webhook_id)
    await webhooks.remove_webhook(driver, principal.district, webhook.id)
    await record_by_driver(driver, principal, "webhook.remove", str(webhook.id), area=webhook.area)


@router.get("/webhooks/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: UUID,
    principal: Keeper,
    driver: DriverTransaction,
    dead: bool = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[DeliveryItem]:
    """List what waits to be delivered; with `dead`, only what was given up after twelve attempts."""
    webhook = await _webhook(driver, principal, webhook_id)
    (after,) = decode_cursor(cursor, 1)
    rows = await webhooks.list_deliveries(
        driver, principal.district, webhook.id, dead=dead, after=after, limit=limit + 1
    )
    return page_of(rows, limit, lambda row: DeliveryItem(**row), lambda row: (str(row["id"]),))


@router.post("/webhooks/{webhook_id}/send-again")
async def send_again(webhook_id: UUID, principal: Keeper, driver: DriverTransaction) -> dict[str, int]:
    """Try what was given up anew."""
    webhook = await _webhook(driver, principal, webhook_id)
    count = await webhooks.send_again(driver, principal.district, webhook.id)
    await record_by_driver(driver, principal, "webhook.send-again", str(webhook.id), area=webhook.area)
    return {"waiting": count}


@router.get("/webhook-hosts")
async def list_hosts(principal: Keeper, driver: DriverTransaction) -> list[str]:
    """List the hosts inside the network that may be called."""
    return sorted(await webhooks.allowed_hosts(driver, principal.district))


@router.put("/webhook-hosts")
async def choose_hosts(
    body: Annotated[list[HostName], Field(max_length=100)], principal: Keeper, driver: DriverTransaction
) -> list[str]:
    """Allow hosts inside the network by name; no other private address is ever called."""
    if not _keeps(principal, principal.district):
        raise NotAllowedError
    await webhooks.set_allowed_hosts(driver, principal.district, body)
    await record_by_driver(driver, principal, "webhook.hosts", details={"hosts": sorted(set(body))})
    return sorted(await webhooks.allowed_hosts(driver, principal.district))


def _keeps(principal: Principal, area: str) -> bool:
    return may(principal, Permission.MANAGE_INTERFACES, Where(area))


async def _webhook(driver: asyncpg.Connection, principal: Principal, webhook_id: UUID) -> webhooks.Webhook:
    webhook = await webhooks.find_webhook(driver, principal.district, webhook_id)
    if webhook is None or not _keeps(principal, webhook.area):
        raise NotFoundError("webhook", "消息推送")
    return webhook
