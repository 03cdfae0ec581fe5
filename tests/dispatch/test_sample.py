from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from uuid import RFC_4122

from dispatch.cases import Place
from dispatch.decision import decide
from dispatch.ids import seeded_ids, time_ordered_uuid
from dispatch.sample import SamplePeople, sample_people
from dispatch.situation import Situation
from geo.areas import Level, Territory
from geo.coordinates import LonLat
from geo.sample import load
from tests.dispatch.world import NOON, StraightRoads, filed_case, policy


@cache
def territory() -> Territory:
    return load().territory()


@cache
def people() -> SamplePeople:
    return sample_people(territory(), list(policy().departments))


def test_the_sizes_are_the_published_ones() -> None:
    posts = Counter(member.post for member in people().members)
    assert len(people().task_forces) == posts["street_chief"] == 76
    assert (posts["alley_steward"], posts["grid_worker"], posts["grid_leader"]) == (258, 201, 763)
    assert posts["department_contact"] == 56
    assert {member.department for member in people().members if member.department} == set(
        policy().departments
    )


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    again = sample_people(territory(), list(policy().departments))
    assert again.members == people().members
    assert again.task_forces == people().task_forces
    other = sample_people(territory(), list(policy().departments), seed=8)
    assert {one.person for one in other.members}.isdisjoint(people().by_id)


def test_nobody_has_a_real_telephone_number_or_another_ones() -> None:
    phones = [member.phone for member in people().members]
    assert len(set(phones)) == len(phones)
    assert all(phone.startswith("1990000") and len(phone) == 11 for phone in phones)


def test_every_street_has_its_task_force_and_every_grid_its_leader() -> None:
    assert {force.street for force in people().task_forces} == {street.id for street in territory().streets}
    for force in people().task_forces:
        posts = {people().by_id[member].post for member in force.members}
        assert {"area_police", "traffic_police", "enforcement_squad", "sanitation_company"} <= posts
        assert people().by_id[force.chief].streets == {force.street}
    led = {member.area for member in people().members if member.post == "grid_leader"}
    assert led == {area.code for area in territory().areas if area.level is Level.GRID}


def test_somebody_is_on_duty_on_every_street_at_every_hour_of_the_day() -> None:
    for hour in range(24):
        now = NOON + timedelta(hours=hour)
        known = people().responders(policy(), now)
        on_duty = [one for one in known if one.on_shift(now)]
        assert on_duty
        if 8 <= (now + timedelta(hours=8)).hour < 20:
            manned = {street for one in on_duty for street in one.streets}
            assert manned == {street.id for street in territory().streets}


def test_the_roster_lists_every_shift_once() -> None:
    day = NOON.date()
    lines = people().roster(day, 2)
    assert len({(member.person, shift.begins) for member, shift in lines}) == len(lines)
    for member, shift in lines[:200]:
        assert people().shift_at(member, shift.begins) == shift


def test_a_finding_on_any_street_by_day_finds_somebody() -> None:
    now = NOON
    situation = Situation(
        policy(), people().task_forces, people().responders(policy(), now), {"walk": StraightRoads()}
    )
    for street in territory().streets:
        point = street.centreline.interpolate(0.5, normalized=True)
        at = LonLat(point.x, point.y)
        location = territory().locate(*at)
        assert location is not None
        case = filed_case("E0401")
        here = Place.located(at, location, 1)
        found = decide(replace(case, place=here), situation, now)
        assert found.choice is not None


def test_seeded_ids_are_ordered_in_time_and_depend_on_the_seed() -> None:
    clock = [NOON]
    draw = seeded_ids(3, lambda: clock[0])
    first = draw()
    clock[0] += timedelta(seconds=1)
    second = draw()
    assert first < second
    assert (first.version, first.variant) == (7, RFC_4122)
    assert seeded_ids(3, lambda: NOON)() == first
    assert seeded_ids(4, lambda: NOON)() != first
    assert time_ordered_uuid(1, 0).version == 7
