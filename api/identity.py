"""Who may do what, and where: roles, what each permits, and the part of the district a grant reaches.

Pure: no database and no web. A jurisdiction is the prefix of an area code, a street or a department.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID


class Role(StrEnum):
    """What somebody is; an account may be several, each in its own place."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    STREET_CHIEF = "street_chief"
    TASK_FORCE_MEMBER = "task_force_member"
    GRID_WORKER = "grid_worker"
    DEPARTMENT_CONTACT = "department_contact"
    PLANNER = "planner"
    RESIDENT = "resident"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What can be done; every route declares exactly one."""

    VIEW_HEALTH = "view_health"
    VIEW_TERRITORY = "view_territory"
    SIGN_IN = "sign_in"
    ASK_AS_RESIDENT = "ask_as_resident"
    MANAGE_OWN_ACCOUNT = "manage_own_account"
    REPORT = "report"
    VIEW_CASES = "view_cases"
    VIEW_CONTACTS = "view_contacts"
    SCREEN = "screen"
    DISPATCH = "dispatch"
    TAKE_TASKS = "take_tasks"
    VERIFY = "verify"
    EVALUATE = "evaluate"
    DECIDE_CLOCKS = "decide_clocks"
    BLOW_WHISTLE = "blow_whistle"
    ANSWER_WHISTLE = "answer_whistle"
    PATROL = "patrol"
    SEND_POSITIONS = "send_positions"
    VIEW_POSITIONS = "view_positions"
    VIEW_PEOPLE = "view_people"
    VIEW_STATISTICS = "view_statistics"
    PLAN = "plan"
    EXPORT = "export"
    ADD_PHOTOGRAPHS = "add_photographs"
    VIEW_PHOTOGRAPHS = "view_photographs"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_ROSTERS = "manage_rosters"
    MANAGE_CENTRES = "manage_centres"
    MANAGE_CLOSURES = "manage_closures"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_INTERFACES = "manage_interfaces"
    VIEW_IMPORTS = "view_imports"
    IMPORT = "import"
    VIEW_POLICY = "view_policy"
    VIEW_AUDIT = "view_audit"
    RUN_DRILL = "run_drill"


class Extent(StrEnum):
    """How far a permission reaches."""

    OWN = "own"
    """What one handed in or was given oneself."""
    GRANTED = "granted"
    """All that lies within the grant's area, street or department; one's own is included."""


_OPEN = "view_health view_territory sign_in ask_as_resident"
_MEMBER = f"{_OPEN} manage_own_account"
_FIELD_OWN = "take_tasks patrol send_positions view_positions blow_whistle"
_FIELD = f"{_MEMBER} report view_cases view_people add_photographs view_photographs"
_CHIEF = f"{_FIELD} screen dispatch verify decide_clocks blow_whistle view_positions view_statistics"
_DESK = f"{_CHIEF} view_contacts evaluate manage_rosters export view_policy"

_TABLE: Mapping[Role, tuple[str, str]] = {
    # role: (within the grant, one's own only)
    Role.OPERATOR: (f"{_DESK} manage_closures answer_whistle run_drill", ""),
    Role.SUPERVISOR: (_DESK, "take_tasks"),
    Role.STREET_CHIEF: (f"{_CHIEF} manage_rosters", f"{_FIELD_OWN} view_contacts"),
    Role.TASK_FORCE_MEMBER: (_FIELD, f"{_FIELD_OWN} view_contacts"),
    Role.GRID_WORKER: (_FIELD, f"{_FIELD_OWN} view_contacts"),
    Role.DEPARTMENT_CONTACT: (
        f"{_MEMBER} view_cases view_people answer_whistle add_photographs view_photographs",
        "take_tasks",
    ),
    Role.PLANNER: (f"{_MEMBER} view_cases view_statistics plan export view_policy", ""),
    Role.RESIDENT: (
        f"{_MEMBER} report",
        "view_cases evaluate add_photographs view_photographs",
    ),
    Role.ADMINISTRATOR: (
        f"{_MEMBER} view_people manage_people manage_rosters manage_centres manage_closures manage_accounts"
        " manage_interfaces view_imports import view_policy view_audit view_statistics run_drill",
        "",
    ),
    Role.AUDITOR: (
        f"{_MEMBER} view_audit view_cases view_people view_statistics view_imports view_policy",
        "",
    ),
}


def _permissions(granted: str, own: str) -> Mapping[Permission, Extent]:
    wide = {Permission(word): Extent.GRANTED for word in granted.split()}
    narrow = {Permission(word): Extent.OWN for word in own.split()}
    return MappingProxyType(narrow | wide)


PERMISSIONS: Mapping[Role, Mapping[Permission, Extent]] = MappingProxyType(
    {role: _permissions(*columns) for role, columns in _TABLE.items()}
)
"""The whole table, role × permission; what is not in it is not allowed."""

OPEN_TO_ANYBODY = frozenset(map(Permission, _OPEN.split()))
"""What needs no account."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one place: within an area, and where stated on one street or for one department only."""

    role: Role
    area: str
    """Prefix of the area codes that it reaches; the district's own code for all of it."""
    street: str | None = None
    department: str | None = None

    def covers(self, where: "Where") -> bool:
        """Whether the place lies within this grant."""
        if not where.area.startswith(self.area):
            return False
        if self.street is not None:
            return self.street == where.street
        return self.department is None or self.department in where.departments


@dataclass(frozen=True, slots=True)
class Where:
    """What has to be known of a thing to say who may see it."""

    area: str
    street: str | None = None
    departments: frozenset[str] = frozenset()
    owners: frozenset[UUID] = frozenset()
    """Accounts and people whose own it is: who handed it in, who was given it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever makes a request."""

    district: str
    account: UUID | None = None
    """None for somebody who has not signed in."""
    name: str = ""
    person: UUID | None = None
    """The member of staff that the account belongs to."""
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[Permission] | None = None
    """What a program's token is limited to; None for no limit."""
    session: UUID | None = None
    token: UUID | None = None
    expires_at: datetime | None = None
    awaits_second_factor: bool = False
    """The password was right, but the account's roles demand a second factor that was not given yet."""
    drill: bool = False
    """An account of the drill: what it reports is marked, and can be cleared away."""

    @property
    def signed_in(self) -> bool:
        """Whether this is somebody whom we know."""
        return self.account is not None

    @property
    def selves(self) -> frozenset[UUID]:
        """The ids under which things can be this principal's own."""
        return frozenset(name for name in (self.account, self.person) if name is not None)


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a principal holds one permission: what a list is filtered by before it is read."""

    grants: tuple[Grant, ...] = ()
    own: frozenset[UUID] = field(default_factory=frozenset)

    def __bool__(self) -> bool:
        return bool(self.grants or self.own)

    def covers(self, where: Where) -> bool:
        """Whether the place lies within this reach."""
        return not self.own.isdisjoint(where.owners) or any(grant.covers(where) for grant in self.grants)


def reach_of(principal: Principal, permission: Permission) -> Reach:
    """Return where the principal holds the permission; an empty reach is false."""
    if permission in OPEN_TO_ANYBODY:
        return Reach(grants=(Grant(Role.RESIDENT, ""),))
    if principal.scopes is not None and permission not in principal.scopes:
        return Reach()
    if principal.awaits_second_factor and permission is not Permission.MANAGE_OWN_ACCOUNT:
        return Reach()
    held = [grant for grant in principal.grants if permission in PERMISSIONS[grant.role]]
    return Reach(
        grants=tuple(g for g in held if PERMISSIONS[g.role][permission] is Extent.GRANTED),
        own=principal.selves if held else frozenset(),
    )


def may(principal: Principal, permission: Permission, where: Where | None = None) -> bool:
    """Whether the principal may do this there; without a place, whether there is any where he may."""
    reach = reach_of(principal, permission)
    return bool(reach) if where is None else reach.covers(where)


def may_hand_out(giver: Principal, grant: Grant) -> bool:
    """Whether the giver may give that grant away: only within the areas whose accounts he manages."""
    reach = reach_of(giver, Permission.MANAGE_ACCOUNTS)
    return any(
        grant.area.startswith(own.area)
        and (own.street is None or own.street == grant.street)
        and (own.department is None or own.department == grant.department)
        for own in reach.grants
    )


def needs_second_factor(grants: Iterable[Grant], chosen: Iterable[Role]) -> bool:
    """Whether any of the grants is of a role for which the district has chosen a second factor."""
    return not {grant.role for grant in grants}.isdisjoint(chosen)
