"""Who is behind a credential, remembered by each process until anything about anybody's access changes."""

import asyncio
import time
from collections import OrderedDict
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from api.credentials import TOKEN_PREFIX, digest_of
from api.identity import Principal
from api.store.accounts import access_epoch
from api.store.sessions import find_principal_of_session, find_principal_of_token

EPOCH_READ_EVERY_S = 1.0
"""A right that was taken away is gone in every process after this long."""

MAX_REMEMBERED = 10_000


class Access:
    """One per process. Costs one small query a second, and one for each credential that it does not know."""

    def __init__(self, engine: AsyncEngine, district: str) -> None:
        self._engine = engine
        self._district = district
        self._epoch = -1
        self._epoch_read_at = float("-inf")
        self._reading = asyncio.Lock()
        self._known: OrderedDict[bytes, Principal | None] = OrderedDict()

    async def epoch(self) -> int:
        """Return the number that changes whenever anybody's access does; at most a second old.

        An open stream keeps the number that it began with, and asks `still_holds` when it differs.
        """
        if time.monotonic() - self._epoch_read_at < EPOCH_READ_EVERY_S:
            return self._epoch
        async with self._reading:
            asked_at = time.monotonic()
            if asked_at - self._epoch_read_at >= EPOCH_READ_EVERY_S:
                async with self._engine.connect() as connection:
                    found = await access_epoch(connection, self._district)
                if found != self._epoch:
                    self._known.clear()
                self._epoch, self._epoch_read_at = found, asked_at
        return self._epoch

    async def principal_of(self, secret: str) -> Principal | None:
        """Return who holds this session's or token's secret; None when it is not good (any more)."""
        epoch = await self.epoch()
        digest = digest_of(secret)
        if digest in self._known:
            principal = self._known[digest]
        else:
            principal = await self._look_up(secret, digest)
            if epoch == self._epoch:
                self._remember(digest, principal)
        if principal and principal.expires_at and principal.expires_at <= datetime.now(UTC):
            return None
        return principal

    async def still_holds(self, principal: Principal, secret: str | None) -> bool:
        """Whether a stream that was opened with this secret may go on as it is."""
        if secret is None:
            return not principal.signed_in
        return await self.principal_of(secret) == principal

    def forget(self) -> None:
        """Read everything anew at the next question: something has just changed in this process."""
        self._epoch_read_at = float("-inf")

    async def _look_up(self, secret: str, digest: bytes) -> Principal | None:
        find = find_principal_of_token if secret.startswith(TOKEN_PREFIX) else find_principal_of_session
        async with self._engine.connect() as connection:
            return await find(connection, self._district, digest, datetime.now(UTC))

    def _remember(self, digest: bytes, principal: Principal | None) -> None:
        self._known[digest] = principal
        if len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)
