import shutil
from pathlib import Path

import pytest

from dispatch.cases import Post, Ring
from dispatch.errors import PolicyError, UnknownCategoryError
from dispatch.findings import Kind
from dispatch.lifecycle import Outcome
from dispatch.policy import DispatchPolicy
from dispatch.policy_files import FILES, load_policy
from geo.area_codes import AreaCode
from tests.dispatch.world import GRID, POLICY_FOLDER, policy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(POLICY_FOLDER / name, tmp_path / name)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_shipped_policy_has_what_the_work_needs() -> None:
    rules = policy()
    headings = rules.groups["nine_disorders"].headings
    assert len(headings) == 9
    listed = {group for category in rules.categories.values() for group in category.groups}
    assert {f"nine_disorders/{heading}" for heading in headings} <= listed
    assert len(rules.departments) == 56
    assert set(rules.kinds) == set(Kind)
    assert {code[0] for code in rules.categories} == {"E", "P"}
    for category in rules.categories.values():
        assert rules.duty_of(category.code).take
        assert rules.allowance(category.code, GRID).amount > 0
        assert category.words.zh
        assert category.words.en


def test_every_duty_has_departments_to_whistle_for() -> None:
    rules = policy()
    covered = {duty for matter in rules.lists_of(None).whistle for duty in matter.duties}
    assert set(rules.duties) == covered


def test_published_deadlines() -> None:
    rules = policy()
    cover, litter, building = (rules.allowance(code, None) for code in ("P0102", "E0102", "E0101"))
    assert (cover.kind, cover.amount) == ("emergency_hours", 2)
    assert (litter.kind, litter.amount) == ("working_hours", 4)
    assert (building.kind, building.amount) == ("working_days", 20)


def test_the_narrowest_area_decides(folder: Path) -> None:
    change(folder, "dispatch.toml", "[areas]", '[areas.990101002]\npolicy = "least_late"\n')
    rules = load_policy(folder)
    assert rules.allowance("E0102", AreaCode("990101001002003")).amount == 3
    assert rules.allowance("E0102", AreaCode("990101002002003")).amount == 4
    assert rules.dispatch_in(GRID).policy is DispatchPolicy.LEAST_LATE
    assert rules.dispatch_in(AreaCode("990101003001001")).policy is DispatchPolicy.NEAREST


def test_power_to_enforce_follows_duty_and_the_subdistricts_list() -> None:
    rules = policy()
    squad, steward, traffic = Post("enforcement_squad"), Post("alley_steward"), Post("traffic_police")
    assert rules.may_enforce(squad, "E0101", AreaCode("990101001"))
    assert not rules.may_enforce(squad, "E0101", AreaCode("990101007"))
    assert not rules.may_enforce(steward, "E0401", AreaCode("990101001"))
    assert rules.may_enforce(traffic, "E0405", AreaCode("990101007"))
    assert not rules.may_enforce(squad, "E0405", AreaCode("990101001"))


def test_evidence_is_the_strictest_of_rule_and_groups() -> None:
    rules = policy()
    assert rules.evidence_for("E0102", Outcome.RECTIFIED).photographs == 1
    assert rules.evidence_for("P0102", Outcome.RECTIFIED).photographs == 2
    assert rules.evidence_for("E0102", Outcome.PASSED_ON).note


def test_an_unknown_category_is_named() -> None:
    with pytest.raises(UnknownCategoryError, match="E7777"):
        policy().category("E7777")


def test_rings_know_their_posts() -> None:
    assert Post("grid_worker") in policy().rings[Ring.GRID].posts


MISTAKES = """
categories.toml | duty = "sanitation" | duty = "sanitaton" | categories.E0102.duty | duties.toml
categories.toml | severity = 3 | severity = 9 | categories.E0101.severity | from 1 to 5
categories.toml | E0101 = | X0101 = | categories.X0101 | [classes]
categories.toml | severity = 3 | severity = 3, hue = 1 | categories.E0101.hue | take it out
clocks.toml | amount = 2 | amount = "two" | clocks.danger.amount | Write a number
clocks.toml | _days", amount = 3 | _days", amount = 2.5 | clocks.three_days.amount | fraction
clocks.toml | [areas.990101001] | [areas.99] | areas.99 | digits
duties.toml | mode = "walk" | mode = "fly" | posts.street_chief.mode | walk, ebike, drive
kinds.toml | "persuaded", | "argued", | kinds.patrol_finding.outcomes | from: persuaded
kinds.toml | rings = ["grid"] | rings = [] | kinds.visit.rings | at least one ring
lists.toml | "urban_management" | "urban_mangement" | matters.heavy_disorder.obligatory | departments.toml
rings.toml | whole_s = 600 | whole_s = 60 | rings.task_force.whole_s | from 180
calendar.toml | "2026-01-04" | "2026-01-03" | years.2026.make_up_days | Keep one
calendar.toml | "2025-01-28/2025-02-04" | "2025-02-04/2025-01-28" | years.2025.holidays | first day
calendar.toml | ["08:30", "12:00"] | ["12:00", "08:30"] | office_hours | ["08:30", "12:00"]
evidence.toml | [outcomes.persuaded] | [outcomes.perished] | outcomes.perished | Choose from
dispatch.toml | policy = "nearest" | policy = "fairest" | default.policy | nearest, least_late
dispatch.toml | whistle = "automatic" | whistle = "never" | default.whistle | automatic, suggest
dispatch.toml | whistle_after_s = 1800 | whistle_after_s = -1 | default.whistle_after_s | from 0
privacy.toml | track_days = 30 | track_days = 0 | track_days | from 1
policy.toml | version = 1 | version 1 | (whole file) | Mend its TOML
"""


@pytest.mark.parametrize(
    ("name", "old", "new", "entry", "remedy"),
    [[part.strip() for part in line.split(" | ")] for line in MISTAKES.strip().split("\n")],
)
def test_a_mistake_names_file_entry_and_remedy(
    folder: Path, name: str, old: str, new: str, entry: str, remedy: str
) -> None:
    change(folder, name, old, new)
    with pytest.raises(PolicyError) as mistake:
        load_policy(folder)
    assert (mistake.value.file, mistake.value.entry.strip(".")) == (name, entry)
    assert remedy in mistake.value.remedy
    assert name in mistake.value.words.zh


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "rings.toml").unlink()
    with pytest.raises(PolicyError, match=r"rings\.toml"):
        load_policy(folder)


def test_the_digest_tells_two_policies_apart(folder: Path) -> None:
    same = load_policy(folder).digest
    assert same == policy().digest
    change(folder, "privacy.toml", "track_days = 30", "track_days = 31")
    assert load_policy(folder).digest != same
