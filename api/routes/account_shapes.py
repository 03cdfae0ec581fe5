"""Accounts, grants and sessions as JSON."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from api.identity import Grant, Permission, Principal, Role, may

ShortText = Annotated[str, Field(min_length=1, max_length=100)]


class GrantShown(BaseModel):
    """One role in one place."""

    role: Role
    area: str
    street: str | None = None
    department: str | None = None

    @classmethod
    def of(cls, grant: Grant) -> "GrantShown":
        """Show a grant."""
        return cls(role=grant.role, area=grant.area, street=grant.street, department=grant.department)


class Session(BaseModel):
    """Who is signed in, and what he may do."""

    signed_in: bool
    account: UUID | None
    name: str
    person: UUID | None
    district: str
    grants: list[GrantShown]
    permissions: list[Permission]
    awaits_second_factor: bool
    expires_at: datetime | None

    @classmethod
    def of(cls, principal: Principal) -> "Session":
        """Show a principal to himself."""
        return cls(
            signed_in=principal.signed_in,
            account=principal.account,
            name=principal.name,
            person=principal.person,
            district=principal.district,
            grants=[GrantShown.of(grant) for grant in principal.grants],
            permissions=[permission for permission in Permission if may(principal, permission)],
            awaits_second_factor=principal.awaits_second_factor,
            expires_at=principal.expires_at,
        )


class NewGrant(BaseModel):
    """A role to be given in one place."""

    role: Role
    area: Annotated[str, Field(pattern="^([0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$")]
    street: Annotated[str, Field(max_length=100)] | None = None
    department: Annotated[str, Field(max_length=100)] | None = None

    def granted(self) -> Grant:
        """Return what it means."""
        return Grant(self.role, self.area, self.street or None, self.department or None)
