"""Whether this process can serve."""

from fastapi import APIRouter
from pydantic import BaseModel

from api.dependencies import Transaction
from api.errors import NotReadyError
from api.guards import require
from api.identity import Permission
from api.store.database import newest_revision, revision_of

router = APIRouter(tags=["health"], dependencies=[require(Permission.VIEW_HEALTH)])


class Health(BaseModel):
    """A process that can serve."""

    status: str
    revision: str
    """The revision of the schema."""


@router.get("/healthz")
async def read_health(connection: Transaction) -> Health:
    """Answer 200 once the store is reachable and its schema is the one that this software expects."""
    revision = await revision_of(connection)
    if revision != newest_revision():
        raise NotReadyError
    return Health(status="ok", revision=revision)
