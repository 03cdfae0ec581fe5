from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.by_hand import RINGS, list_at_hand
from dispatch.cases import Post, Ring
from dispatch.decision import choose_by_hand, decide
from dispatch.errors import NoRoomLeftError, NotAllowedToTakeError
from dispatch.findings import Kind
from dispatch.policy import DispatchPolicy
from dispatch.policy_files import load_policy
from dispatch.responders import Certainty, Fix, PositionRules, Responder, Shift, whereabouts
from dispatch.situation import Situation, has_jurisdiction
from geo.area_codes import AreaCode
from geo.coordinates import LonLat
from tests.dispatch.world import (
    ALL_DAY,
    BUILDING,
    GRID,
    HERE,
    NOON,
    POLICY_FOLDER,
    STREET,
    SUBDISTRICT,
    StraightRoads,
    filed_case,
    person,
    place,
    policy,
    responder,
    situation,
    task_force,
)

COMMUNITY = AreaCode(GRID[:12])


def chosen(people: Situation, **asked: object) -> int | None:
    """The number of whoever is to be asked."""
    decision = decide(filed_case(), people, NOON, **asked)  # type: ignore[arg-type]  # passes keywords on
    return decision.choice.responder.person.int if decision.choice else None


def test_the_nearest_of_the_streets_task_force_is_asked() -> None:
    people = situation(
        [
            responder(2, metres=500),
            responder(3, "sanitation_company", metres=200),
            responder(4, metres=900),
            responder(9, "grid_worker", metres=1, area=COMMUNITY),
        ],
        task_force(2, 3, 4),
    )
    decision = decide(filed_case(), people, NOON)
    assert decision.choice is not None
    assert decision.choice.responder.person == person(3)
    assert decision.ring is Ring.TASK_FORCE
    assert decision.choice.expires_at == NOON + timedelta(seconds=180)
    assert [other.person for other in decision.runners_up] == [person(2), person(4)]
    assert decision.runners_up[0].why.en.startswith("farther away")
    assert "P3" in decision.reason.zh
    assert "P3" in decision.reason.en, "who has no English name is called by his own"
    assert "roster" in decision.reason.en


def test_each_language_calls_people_by_its_own_name() -> None:
    steward = replace(responder(2), name="吴超芳", name_en="Wu Chaofang")
    decision = decide(filed_case(), situation([steward], task_force(2)), NOON)
    assert "吴超芳" in decision.reason.zh
    assert "Alley steward Wu Chaofang (" in decision.reason.en
    assert not [letter for letter in decision.reason.en if letter >= "\u4e00"]


def test_every_bar_is_named() -> None:
    off = Shift(NOON - timedelta(hours=9), NOON - timedelta(hours=1))
    people = situation(
        [
            responder(2, shift=off),
            responder(3, load=2),
            responder(4, "traffic_police"),
            responder(5),
            responder(6, metres=3000),
        ],
        task_force(2, 3, 4, 5, 6),
    )
    decision = decide(filed_case(), people, NOON, tried=frozenset({person(5)}))
    assert decision.choice is not None
    assert decision.choice.responder.person == person(6)
    assert {(other.person.int, other.why.en) for other in decision.runners_up} == {
        (2, "off shift"),
        (3, "already holds as many tasks as the post allows"),
        (4, "has no duty for this category"),
        (5, "declined or did not answer before"),
    }


def test_the_ring_widens_only_when_nobody_inside_is_left() -> None:
    steward = responder(2)
    worker = responder(3, "grid_worker", metres=1, area=COMMUNITY)
    officer = responder(4, "subdistrict_officer", metres=1)
    people = situation([steward, worker, officer], task_force(2))
    asked: frozenset[object] = frozenset()
    rings = []
    for _ in range(4):
        decision = decide(filed_case(), people, NOON, tried=asked)  # type: ignore[arg-type]  # ids all the same
        rings.append((decision.ring, decision.choice.responder.person.int if decision.choice else None))
        asked |= {decision.choice.responder.person} if decision.choice else set()
    assert rings == [
        (Ring.TASK_FORCE, 2),
        (Ring.GRID, 3),
        (Ring.SUBDISTRICT, 4),
        (Ring.WHISTLE, None),
    ]


def test_a_ring_whose_time_is_up_is_left_behind() -> None:
    people = situation([responder(2), responder(3, "grid_worker", area=COMMUNITY)], task_force(2))
    waiting = replace(filed_case(), ring=Ring.TASK_FORCE, ring_since=NOON)
    early = decide(waiting, people, NOON + timedelta(seconds=599))
    late = decide(waiting, people, NOON + timedelta(seconds=600))
    assert (early.ring, late.ring) == (Ring.TASK_FORCE, Ring.GRID)


def test_power_to_enforce_is_never_given_up_for_speed() -> None:
    people = situation(
        [responder(2, metres=1), responder(3, "grid_worker", metres=1, area=COMMUNITY),
         responder(4, "enforcement_squad", metres=4000)],
        task_force(2, 4),
    )  # fmt: skip
    decision = decide(filed_case(BUILDING), people, NOON)
    assert decision.choice is not None
    assert decision.choice.responder.person == person(4)


def test_jurisdiction_is_never_given_up_for_speed() -> None:
    stranger = responder(2, "grid_worker", metres=1, area=AreaCode("990101003"))
    neighbour = responder(3, "community_worker", metres=1, area=AreaCode("990101002009"))
    assert chosen(situation([stranger, neighbour])) is None
    officer = responder(4, "subdistrict_officer", metres=5000)
    assert chosen(situation([stranger, neighbour, officer])) == 4


def test_nobody_is_a_decision_that_names_the_matter() -> None:
    decision = decide(filed_case(BUILDING), situation([]), NOON)
    assert decision.choice is None
    assert decision.ring is Ring.WHISTLE
    assert decision.matter is not None
    assert decision.matter.name == "illegal_building"
    wish = decide(filed_case("E9994", Kind.WISH), situation([]), NOON)
    assert (wish.choice, wish.matter, wish.ring) == (None, None, Ring.SUBDISTRICT)


def test_the_finder_who_would_keep_it_goes_first() -> None:
    people = situation([responder(1, metres=900), responder(2, metres=1)], task_force(1, 2))
    assert chosen(people) == 2
    assert chosen(people, finder=person(1)) == 1
    decision = decide(filed_case(), people, NOON, finder=person(1))
    assert decision.ring is Ring.FINDER


def test_least_late_prefers_idle_hands_where_time_is_short() -> None:
    people = situation([responder(2, metres=100, load=1), responder(3, metres=600)], task_force(2, 3))
    rules = people.policy.dispatch["default"]
    late = {"default": replace(rules, policy=DispatchPolicy.LEAST_LATE)}
    assert chosen(people) == 2
    people.policy = replace(people.policy, dispatch=late)
    assert chosen(people) == 3


def test_a_sleeping_phone_makes_nobody_undispatchable() -> None:
    rules = PositionRules()
    fix = Fix(LonLat(112.57, 37.86), NOON - timedelta(seconds=60))
    someone = replace(responder(2), fix=fix)

    def at(minutes: float, one: Responder = someone) -> tuple[Certainty, float]:
        where = whereabouts(one, NOON + timedelta(minutes=minutes), rules)
        return where.certainty, where.uncertainty_m

    assert at(0) == (Certainty.FRESH, 20.0)
    assert at(9) == (Certainty.OLD, 20.0 + 480 * 0.6)
    assert at(60)[0] is Certainty.ROSTER
    for bad in (replace(fix, flag="too_fast"), replace(fix, taken_at=NOON + timedelta(minutes=5))):
        assert at(0, replace(someone, fix=bad))[0] is Certainty.ROSTER
    lost = replace(someone, fix=None, station=None)
    assert at(0, lost)[0] is Certainty.UNKNOWN
    assert chosen(situation([lost], task_force(2))) == 2


def test_an_old_fix_costs_its_uncertainty() -> None:
    near = replace(responder(2), fix=Fix(LonLat(HERE.lon, HERE.lat), NOON - timedelta(minutes=25)))
    sure = replace(responder(3), fix=Fix(LonLat(HERE.lon + 500 / 88_000, HERE.lat), NOON))
    assert chosen(situation([near, sure], task_force(2, 3))) == 3


def test_an_operator_may_choose_within_the_rules_only() -> None:
    people = situation(
        [responder(2), responder(3, "traffic_police"), responder(4, load=2),
         responder(5, "grid_worker", area=AreaCode("990101005"))],
        task_force(2, 3),
    )  # fmt: skip
    case = filed_case()
    by_hand = choose_by_hand(case, person(2), people, NOON, "值班长")
    assert (by_hand.ring, by_hand.reason.zh) == (Ring.TASK_FORCE, "值班长人工指派")
    for number in (3, 5, 99):
        with pytest.raises(NotAllowedToTakeError):
            choose_by_hand(case, person(number), people, NOON, "op")
    with pytest.raises(NoRoomLeftError):
        choose_by_hand(case, person(4), people, NOON, "op")


def test_the_situation_follows_what_changes() -> None:
    people = situation([responder(2), responder(3, metres=200)], task_force(2, 3))
    assert chosen(people) == 2
    people.take_place(person(2), 2)
    assert chosen(people) == 3
    people.take_place(person(2), -1)
    people.put_on_shift(person(3), None)
    assert chosen(people) == 2
    people.move(person(2), Fix(HERE, NOON))
    assert chosen(people) == 2
    people.remove(person(2))
    assert chosen(people) is None
    people.put(replace(responder(3), area=AreaCode("990101004"), streets=frozenset({STREET})))
    people.put(replace(responder(4, "subdistrict_officer"), area=AreaCode("990101004")))
    people.put(replace(responder(4, "subdistrict_officer"), area=SUBDISTRICT))
    assert chosen(people) == 3
    assert len(people) == 2


posts = st.sampled_from(
    ["alley_steward", "sanitation_company", "traffic_police", "enforcement_squad", "grid_worker",
     "grid_leader", "community_worker", "subdistrict_officer", "area_police", "street_chief",
     "department_contact"]
)  # fmt: skip
areas = st.sampled_from(
    [
        AreaCode("990101002"),
        COMMUNITY,
        GRID,
        AreaCode("990101003"),
        AreaCode("990101002002009"),
        AreaCode("990101"),
    ]
)
crews = st.lists(
    st.builds(
        lambda post, area, load, on, metres, on_street: (post, area, load, on, metres, on_street),
        posts, areas, st.integers(0, 3), st.booleans(), st.integers(0, 5000), st.booleans(),
    ),
    max_size=12,
)  # fmt: skip


@given(crews, st.sampled_from(["E0102", "E0101", "E0405", "E0601", "P0102", "E9999"]), st.booleans())
def test_whoever_is_chosen_may_be(
    crew: list[tuple[str, AreaCode, int, bool, int, bool]], category: str, outside: bool
) -> None:
    people = []
    for number, (post, area, load, on, metres, on_street) in enumerate(crew, start=10):
        streets = frozenset({STREET}) if on_street else frozenset()
        shift = ALL_DAY if on else None
        people.append(
            responder(number, post, metres=metres, area=area, load=load, shift=shift, streets=streets)
        )
    world = situation(people)
    case = filed_case(category)
    if outside:
        case = replace(case, place=place(street=None))
    decision = decide(case, world, NOON)
    rules = policy()
    duty = rules.duty_of(category)
    allowed = [
        one
        for one in people
        if one.on_shift(NOON)
        and one.load < one.capacity
        and one.post in duty.take
        and (not duty.needs_power or rules.may_enforce(one.post, category, SUBDISTRICT))
        and has_jurisdiction(one, case.place, world)
    ]
    if decision.choice is not None:
        assert decision.choice.responder in allowed
        assert decide(case, world, NOON) == decision
        same_ring = world.in_ring(decision.ring, case.place)
        nearest = min(
            (one for one in allowed if one in same_ring),
            key=lambda one: abs(one.station.lon - HERE.lon) if one.station else 9,
        )
        assert decision.choice.expected_s is not None
        assert nearest.station is not None
        times = StraightRoads().seconds_to(HERE, [nearest.station])
        assert decision.choice.expected_s <= times[0] + 300 / 1.2 + 1e-6
    else:
        inner = {
            Post(post)
            for ring in (Ring.TASK_FORCE, Ring.GRID, Ring.SUBDISTRICT)
            for post in rules.rings[ring].posts
        }
        reachable = {
            one
            for ring in (Ring.TASK_FORCE, Ring.GRID, Ring.SUBDISTRICT)
            for one in world.in_ring(ring, case.place)
        }
        assert not [one for one in allowed if one.post in inner and one in reachable]


@given(crews, st.sampled_from(["E0102", "E0101", "E0601", "P0102"]))
def test_those_at_hand_are_those_whom_an_operator_may_choose(
    crew: list[tuple[str, AreaCode, int, bool, int, bool]], category: str
) -> None:
    people = [
        responder(
            number, post, metres=metres, area=area, load=load, shift=ALL_DAY if on else None,
            streets=frozenset({STREET} if on_street else ()),
        )
        for number, (post, area, load, on, metres, on_street) in enumerate(crew, start=10)
    ]  # fmt: skip
    world, case = situation(people), filed_case(category)
    listed = list_at_hand(case, world, NOON)
    seconds = [one.candidate.seconds for one in listed]
    assert seconds == sorted(seconds)
    at_hand = {one.candidate.responder.person: one.ring for one in listed}
    assert len(at_hand) == len(listed)
    for one in {one.person: one for ring in RINGS for one in world.in_ring(ring, case.place)}.values():
        try:
            choice = choose_by_hand(case, one.person, world, NOON, "op")
        except (NotAllowedToTakeError, NoRoomLeftError):
            assert one.person not in at_hand
        else:
            assert at_hand[one.person] is choice.ring


def test_the_policy_folder_is_the_one_that_ships() -> None:
    assert load_policy(POLICY_FOLDER) == policy()
