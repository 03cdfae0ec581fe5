from dataclasses import replace
from datetime import timedelta

from dispatch.cases import Post
from dispatch.clocks import Allowance, TimeKind
from dispatch.policy import Policy
from dispatch.policy_preview import preview
from tests.dispatch.world import BUILDING, LITTER, NOON, filed_case, person, policy


def changed(**fields: object) -> Policy:
    return replace(policy(), digest="another", version=2, **fields)  # type: ignore[arg-type]  # names of fields


def test_the_same_rules_change_nothing() -> None:
    found = preview(policy(), policy(), [filed_case()], NOON)
    assert found.same
    assert not found.touches_cases
    assert not found.version_not_raised


def test_a_shorter_clock_moves_deadlines_and_tells_who_would_be_late_at_once() -> None:
    clocks = {**policy().clocks, "short": Allowance(TimeKind.EMERGENCY_HOURS, 1)}
    case, other = filed_case(LITTER), filed_case(BUILDING)
    found = preview(policy(), changed(clocks=clocks), [case, other], NOON + timedelta(hours=2))
    assert [moved.case for moved in found.moved] == [case.id]
    assert found.moved[0].after == NOON + timedelta(hours=1)
    assert found.late_at_once == [case.id]
    assert found.looked_at == 2


def test_a_category_that_is_taken_out_is_named_with_its_cases() -> None:
    categories = {code: one for code, one in policy().categories.items() if code != LITTER}
    case = filed_case(LITTER)
    found = preview(policy(), changed(categories=categories), [case], NOON)
    assert found.gone_categories == (LITTER,)
    assert found.without_category == [case.id]


def test_a_duty_taken_away_names_the_cases_that_are_held() -> None:
    sanitation = policy().duties["sanitation"]
    fewer = replace(sanitation, take=sanitation.take - {Post("sanitation_company")})
    held = replace(filed_case(LITTER), holder=person(2))
    posts = {person(2): Post("sanitation_company")}
    duties = {**policy().duties, "sanitation": fewer}
    assert preview(policy(), changed(duties=duties), [held], NOON, posts).holder_may_not == [held.id]
    nobody = {**duties, "sanitation": replace(fewer, take=frozenset({Post("department_contact")}))}
    found = preview(policy(), changed(duties=nobody), [filed_case(LITTER)], NOON)
    assert found.nobody_to_ask == []  # a whistle still reaches the departments
    gone = {**duties, "sanitation": replace(fewer, take=frozenset())}
    assert len(preview(policy(), changed(duties=gone), [filed_case(LITTER)], NOON).nobody_to_ask) == 1


def test_rules_that_change_have_to_raise_the_version() -> None:
    assert preview(policy(), replace(policy(), digest="another"), [], NOON).version_not_raised
    assert not preview(policy(), changed(), [], NOON).version_not_raised


def test_a_clock_that_was_extended_or_paused_is_left_alone() -> None:
    clocks = {**policy().clocks, "short": Allowance(TimeKind.EMERGENCY_HOURS, 1)}
    case = filed_case(LITTER)
    extended = replace(case, clock=case.clock.extend(NOON, 1, policy().calendar))
    assert preview(policy(), changed(clocks=clocks), [extended], NOON).moved == []
