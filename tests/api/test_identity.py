"""Roles, grants and where they reach."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.identity import (
    OPEN_TO_ANYBODY,
    PERMISSIONS,
    Extent,
    Grant,
    Permission,
    Principal,
    Role,
    Where,
    may,
    may_hand_out,
    needs_second_factor,
    reach_of,
)

DISTRICT = "990101"
ME, SOMEBODY = UUID(int=1), UUID(int=2)


def somebody(*grants: Grant, scopes: frozenset[Permission] | None = None) -> Principal:
    return Principal(DISTRICT, account=ME, name="me", grants=grants, scopes=scopes)


def test_every_role_has_its_row_and_every_permission_its_holder() -> None:
    assert set(PERMISSIONS) == set(Role)
    held = {permission for row in PERMISSIONS.values() for permission in row}
    assert held == set(Permission)


def test_anybody_may_do_no_more_than_what_is_open() -> None:
    nobody = Principal(DISTRICT)
    assert {permission for permission in Permission if may(nobody, permission)} == OPEN_TO_ANYBODY


@pytest.mark.parametrize("permission", Permission)
def test_only_the_administrator_and_the_auditor_see_who_did_what(permission: Permission) -> None:
    holders = {role for role in Role if permission in PERMISSIONS[role]}
    if permission is Permission.VIEW_AUDIT:
        assert holders == {Role.ADMINISTRATOR, Role.AUDITOR}
    if permission is Permission.MANAGE_ACCOUNTS:
        assert holders == {Role.ADMINISTRATOR}


def test_the_auditor_only_looks() -> None:
    looks = {p for p in Permission if p.value.startswith("view_")}
    assert set(PERMISSIONS[Role.AUDITOR]) <= looks | OPEN_TO_ANYBODY | {Permission.MANAGE_OWN_ACCOUNT}


def test_who_keeps_the_machine_does_not_read_the_residents_names() -> None:
    assert Permission.VIEW_CONTACTS not in PERMISSIONS[Role.ADMINISTRATOR]
    assert Permission.VIEW_POSITIONS not in PERMISSIONS[Role.ADMINISTRATOR]
    assert Permission.VIEW_CONTACTS not in PERMISSIONS[Role.PLANNER]


def test_a_supervisor_sees_his_subdistrict_and_not_its_sibling() -> None:
    supervisor = somebody(Grant(Role.SUPERVISOR, "990101001"))
    assert may(supervisor, Permission.VIEW_CASES, Where("990101001002003"))
    assert not may(supervisor, Permission.VIEW_CASES, Where("990101002002003"))
    assert not may(supervisor, Permission.VIEW_CASES, Where("990101"))


def test_a_street_chief_sees_his_street_and_not_the_rest_of_the_subdistrict() -> None:
    chief = somebody(Grant(Role.STREET_CHIEF, "990101001", street="S1"))
    assert may(chief, Permission.DISPATCH, Where("990101001002003", street="S1"))
    assert not may(chief, Permission.DISPATCH, Where("990101001002003", street="S2"))
    assert not may(chief, Permission.DISPATCH, Where("990101001002003"))


def test_a_department_sees_what_it_was_called_to() -> None:
    contact = somebody(Grant(Role.DEPARTMENT_CONTACT, DISTRICT, department="police"))
    assert may(contact, Permission.VIEW_CASES, Where("990101001002003", departments=frozenset({"police"})))
    assert not may(contact, Permission.VIEW_CASES, Where("990101001002003", departments=frozenset({"fire"})))


def test_a_resident_sees_what_is_his_own() -> None:
    resident = somebody(Grant(Role.RESIDENT, DISTRICT))
    assert may(resident, Permission.VIEW_CASES, Where("990101001002003", owners=frozenset({ME})))
    assert not may(resident, Permission.VIEW_CASES, Where("990101001002003", owners=frozenset({SOMEBODY})))
    assert may(resident, Permission.VIEW_CASES)


def test_a_token_does_no_more_than_its_scopes_and_no_more_than_its_account() -> None:
    grant = Grant(Role.PLANNER, DISTRICT)
    limited = somebody(grant, scopes=frozenset({Permission.VIEW_CASES, Permission.MANAGE_ACCOUNTS}))
    assert may(limited, Permission.VIEW_CASES)
    assert not may(limited, Permission.EXPORT)
    assert not may(limited, Permission.MANAGE_ACCOUNTS)


def test_before_the_second_factor_only_the_account_itself_can_be_reached() -> None:
    half = Principal(
        DISTRICT, account=ME, grants=(Grant(Role.ADMINISTRATOR, DISTRICT),), awaits_second_factor=True
    )
    allowed = {permission for permission in Permission if may(half, permission)}
    assert allowed == OPEN_TO_ANYBODY | {Permission.MANAGE_OWN_ACCOUNT}


def test_an_administrator_hands_out_only_what_lies_within_his_own_area() -> None:
    administrator = somebody(Grant(Role.ADMINISTRATOR, "990101001"))
    assert may_hand_out(administrator, Grant(Role.STREET_CHIEF, "990101001", street="S1"))
    assert may_hand_out(administrator, Grant(Role.ADMINISTRATOR, "990101001004"))
    assert not may_hand_out(administrator, Grant(Role.GRID_WORKER, "990101002"))
    assert not may_hand_out(administrator, Grant(Role.AUDITOR, DISTRICT))
    assert not may_hand_out(somebody(Grant(Role.OPERATOR, DISTRICT)), Grant(Role.RESIDENT, DISTRICT))


def test_a_second_factor_is_demanded_of_the_roles_that_were_chosen() -> None:
    assert needs_second_factor([Grant(Role.ADMINISTRATOR, DISTRICT)], {Role.ADMINISTRATOR})
    assert not needs_second_factor([Grant(Role.RESIDENT, DISTRICT)], {Role.ADMINISTRATOR})


codes = st.lists(st.sampled_from(["001", "002"]), max_size=3).map(lambda parts: DISTRICT + "".join(parts))
grants = st.builds(
    Grant,
    st.sampled_from(Role),
    codes,
    st.none() | st.sampled_from(["S1", "S2"]),
    st.none() | st.sampled_from(["police", "fire"]),
)
places = st.builds(
    Where,
    codes,
    st.none() | st.sampled_from(["S1", "S2"]),
    st.frozensets(st.sampled_from(["police", "fire"])),
    st.frozensets(st.sampled_from([ME, SOMEBODY])),
)


@given(st.lists(grants, max_size=3), places, st.sampled_from(Permission))
def test_nothing_is_allowed_that_no_single_grant_allows(
    given_grants: list[Grant], where: Where, permission: Permission
) -> None:
    together = may(somebody(*given_grants), permission, where)
    assert together == (
        permission in OPEN_TO_ANYBODY
        or any(may(somebody(grant), permission, where) for grant in given_grants)
    )


@given(grants, places, st.sampled_from(Permission))
def test_a_grant_never_reaches_beyond_its_prefix_but_for_ones_own(
    grant: Grant, where: Where, permission: Permission
) -> None:
    if permission in OPEN_TO_ANYBODY or not may(somebody(grant), permission, where):
        return
    own = ME in where.owners
    inside = where.area.startswith(grant.area) and PERMISSIONS[grant.role][permission] is Extent.GRANTED
    assert own or inside


@given(st.lists(grants, max_size=3), places, st.sampled_from(Permission))
def test_the_reach_says_the_same_as_the_question(
    given_grants: list[Grant], where: Where, permission: Permission
) -> None:
    principal = somebody(*given_grants)
    assert reach_of(principal, permission).covers(where) == may(principal, permission, where)
