"""From `data/policy/*.toml` to a checked `Policy`."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from dispatch.cases import Post, Ring
from dispatch.clocks import Allowance, TimeKind
from dispatch.errors import PolicyError
from dispatch.findings import Kind, Source
from dispatch.ids import DepartmentId
from dispatch.lifecycle import Outcome
from dispatch.policy import (
    BatchWeights,
    Category,
    Department,
    DispatchMode,
    DispatchPolicy,
    DispatchRules,
    Duty,
    EvidenceRules,
    Group,
    KindRules,
    Policy,
    PostRules,
    PrivacyRules,
    RingRules,
    StageTimes,
    SubdistrictLists,
    WhistleMatter,
)
from dispatch.policy_calendar import read_calendar
from dispatch.policy_entries import Entry
from dispatch.resident_rules import read_residents
from dispatch.responders import PositionRules
from geo.area_codes import AreaCode, MalformedAreaCodeError, parse_area_code

FILES = (
    "calendar.toml",
    "categories.toml",
    "clocks.toml",
    "departments.toml",
    "dispatch.toml",
    "duties.toml",
    "evidence.toml",
    "kinds.toml",
    "lists.toml",
    "policy.toml",
    "privacy.toml",
    "residents.toml",
    "rings.toml",
)
MODES = ("walk", "ebike", "drive")


def load_policy(folder: Path) -> Policy:
    """Read and check every file; raises `PolicyError` at the first mistake."""
    entries, digest = _read(folder)
    posts, duties = _duties(entries["duties.toml"])
    clocks, area_clocks, stages = _clocks(entries["clocks.toml"])
    groups, categories = _categories(entries["categories.toml"], duties, clocks)
    departments = _departments(entries["departments.toml"], duties)
    evidence, group_evidence = _evidence(entries["evidence.toml"], groups)
    dispatch, batch, positions = _dispatch(entries["dispatch.toml"])
    return Policy(
        version=entries["policy.toml"].whole("version", 1),
        digest=digest,
        categories=categories,
        groups=groups,
        posts=posts,
        duties=duties,
        kinds=_kinds(entries["kinds.toml"]),
        rings=_rings(entries["rings.toml"], posts),
        clocks=clocks,
        area_clocks=area_clocks,
        stages=stages,
        calendar=read_calendar(entries["calendar.toml"]),
        dispatch=dispatch,
        batch=batch,
        positions=positions,
        evidence=evidence,
        group_evidence=group_evidence,
        lists=_lists(entries["lists.toml"], duties, departments),
        departments=departments,
        privacy=_privacy(entries["privacy.toml"]),
        residents=read_residents(entries["residents.toml"], categories, duties),
    )


def _read(folder: Path) -> tuple[dict[str, Entry], str]:
    entries, digest = {}, hashlib.sha256()
    for name in FILES:
        path = folder / name
        if not path.is_file():
            raise PolicyError(name, "(whole file)", "it is missing", f"Put {name} into the policy folder")
        content = path.read_bytes()
        digest.update(name.encode() + b"\0" + content + b"\0")
        try:
            entries[name] = Entry(name, "", tomllib.loads(content.decode()))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PolicyError(name, "(whole file)", f"it cannot be read: {error}", "Mend its TOML") from None
    return entries, digest.hexdigest()


def _duties(file: Entry) -> tuple[dict[Post, PostRules], dict[str, Duty]]:
    posts = {}
    for name, entry in file.table("posts").tables():
        mode = entry.one_of("mode", MODES, "walk, ebike, drive")
        posts[Post(name)] = PostRules(
            Post(name), entry.words(), mode, entry.whole("capacity", 1, 100), entry.flag("of_subdistrict")
        )
        entry.no_more()
    duties = {}
    for name, entry in file.table("duties").tables():
        take = frozenset(Post(post) for post in entry.some_of("take", posts, "duties.toml [posts]"))
        enforce = frozenset(Post(post) for post in entry.some_of("enforce", posts, "duties.toml [posts]"))
        needs_power = entry.optional_flag("needs_power")
        if needs_power and not enforce & take:
            raise entry.wrong("needs_power", "nobody could be asked", "Name a post in take and in enforce")
        duties[name] = Duty(name, entry.words(), take, enforce, needs_power)
        entry.no_more()
    file.no_more()
    return posts, duties


def _allowances(table: Entry) -> dict[str, Allowance]:
    found = {}
    for name, entry in table.tables():
        kind = entry.word("kind", TimeKind)
        amount = (
            float(entry.whole("amount", 1, 3650)) if kind.in_days else entry.number("amount", 0.01, 10_000)
        )
        found[name] = Allowance(kind, amount)
        entry.no_more()
    return found


def _clocks(
    file: Entry,
) -> tuple[dict[str, Allowance], dict[AreaCode, dict[str, Allowance]], StageTimes]:
    clocks = _allowances(file.table("clocks"))
    areas = {}
    for code, table in file.optional_table("areas").tables():
        own = _allowances(table)
        for name in own:
            if name not in clocks:
                raise table.wrong(name, "the district has no such clock", "Name an entry of [clocks]")
        areas[_area(table, code)] = own
    stages = file.table("stages")
    times = StageTimes(
        screen=timedelta(minutes=stages.number("screen_minutes", 1)),
        check=timedelta(minutes=stages.number("check_minutes", 1)),
        report_in=timedelta(minutes=stages.number("report_in_minutes", 1)),
        remind_half=stages.number("remind_half", 0.01, 0.99),
        remind_most=stages.number("remind_most", 0.01, 0.99),
        to_subdistrict=timedelta(minutes=stages.number("to_subdistrict_minutes", 1)),
        to_district=timedelta(minutes=stages.number("to_district_minutes", 1)),
        most_extensions=stages.whole("most_extensions", 0, 10),
        reopen_days=stages.whole("reopen_days", 0, 366),
        future_slack=timedelta(minutes=stages.number("future_slack_minutes", 0, 1440)),
    )
    stages.no_more()
    file.no_more()
    return clocks, areas, times


def _area(entry: Entry, code: str) -> AreaCode:
    try:
        return parse_area_code(code)
    except MalformedAreaCodeError:
        raise entry.wrong("", "this is no area code", "Write 6, 9, 12 or 15 digits") from None


def _categories(
    file: Entry, duties: Mapping[str, Duty], clocks: Mapping[str, Allowance]
) -> tuple[dict[str, Group], dict[str, Category]]:
    groups, known = {}, set()
    for name, entry in file.table("groups").tables():
        headings = {key: heading.words() for key, heading in entry.optional_table("headings").tables()}
        groups[name] = Group(name, entry.words(), headings)
        known |= {name, *(f"{name}/{heading}" for heading in headings)}
        entry.no_more()
    classes = {code: entry.words() for code, entry in file.table("classes").tables()}
    categories = {}
    for code, entry in file.table("categories").tables():
        if code[:3] not in classes or len(code) != 5 or not code[1:].isdigit():
            raise entry.wrong("", "its class is unknown", "Write E or P, a class of [classes] and two digits")
        named = entry.some_of("groups", known, "categories.toml [groups]") if entry.has("groups") else ()
        categories[code] = Category(
            code,
            entry.words(),
            entry.whole("severity", 1, 5),
            entry.one_of("duty", duties, "duties.toml"),
            entry.one_of("clock", clocks, "clocks.toml"),
            frozenset(part for name in named for part in (name, name.partition("/")[0])),
        )
        entry.no_more()
    file.no_more()
    return groups, categories


def _kinds(file: Entry) -> dict[Kind, KindRules]:
    kinds = {}
    table = file.table("kinds")
    for name in Kind:
        entry = table.table(name.value)
        outcomes = frozenset(entry.word_set("outcomes", Outcome))
        if not outcomes:
            raise entry.wrong("outcomes", "a case of this kind could never end", "Name at least one outcome")
        rings = entry.word_set("rings", Ring)
        if not rings:
            raise entry.wrong("rings", "nobody would be asked", "Name at least one ring")
        kinds[name] = KindRules(
            name,
            entry.words(),
            outcomes,
            rings,
            frozenset(entry.word_set("screened_sources", Source)),
            entry.flag("confirm_before_filing"),
            frozenset(entry.word_set("close_without_check", Outcome)),
            entry.flag("evaluated"),
        )
        entry.no_more()
    table.no_more()
    return kinds


def _rings(file: Entry, posts: Mapping[Post, PostRules]) -> dict[Ring, RingRules]:
    rings = {}
    table = file.table("rings")
    for ring in Ring:
        entry = table.table(ring.value)
        answer_s = entry.number("answer_s", 10, 86_400)
        rings[ring] = RingRules(
            ring,
            entry.words(),
            answer_s,
            entry.number("whole_s", answer_s, 864_000),
            frozenset(Post(post) for post in entry.some_of("posts", posts, "duties.toml [posts]")),
        )
        entry.no_more()
    table.no_more()
    return rings


def _dispatch(file: Entry) -> tuple[dict[str, DispatchRules], BatchWeights, PositionRules]:
    general = file.table("default")
    default = DispatchRules(
        general.word("policy", DispatchPolicy),
        general.word("mode", DispatchMode),
        general.number("second_look_s", 10, 86_400),
        general.whole("runners_up", 0, 20),
        _whistle_after_s(general),
    )
    general.no_more()
    rules = {"default": default}
    for code, entry in file.optional_table("areas").tables():
        rules[_area(entry, code)] = DispatchRules(
            entry.word("policy", DispatchPolicy) if entry.has("policy") else default.policy,
            entry.word("mode", DispatchMode) if entry.has("mode") else default.mode,
            entry.number("second_look_s", 10, 86_400)
            if entry.has("second_look_s")
            else default.second_look_s,
            entry.whole("runners_up", 0, 20) if entry.has("runners_up") else default.runners_up,
            _whistle_after_s(entry) if entry.has("whistle") else default.whistle_after_s,
        )
        entry.no_more()
    places = file.table("positions")
    positions = PositionRules(
        places.number("fresh_s", 1),
        places.number("stale_s", 1),
        places.number("drift_m_per_s", 0, 50),
        places.number("walking_m_per_s", 0.1, 10),
    )
    places.no_more()
    weights = file.table("batch")
    batch = BatchWeights(
        weights.number("late_weight"),
        weights.number("ring_s"),
        weights.number("burden_s"),
        weights.number("alone_s", 1),
        weights.number("severity_s"),
    )
    weights.no_more()
    file.no_more()
    return rules, batch, positions


def _whistle_after_s(entry: Entry) -> float | None:
    """`whistle` says who blows it; by itself it blows after `whistle_after_s`."""
    if entry.word("whistle", DispatchMode) is DispatchMode.SUGGEST:
        return None
    return entry.number("whistle_after_s", 0, 864_000)


def _evidence_rules(table: Entry) -> dict[Outcome, EvidenceRules]:
    rules = {}
    for name, entry in table.tables():
        try:
            outcome = Outcome(name)
        except ValueError:
            raise entry.wrong("", "no case ends like that", f"Choose from: {', '.join(Outcome)}") from None
        rules[outcome] = EvidenceRules(entry.whole("photographs", 0, 20), entry.flag("note"))
        entry.no_more()
    return rules


def _evidence(
    file: Entry, groups: Mapping[str, Group]
) -> tuple[dict[Outcome, EvidenceRules], dict[str, dict[Outcome, EvidenceRules]]]:
    by_group = {}
    for name, table in file.optional_table("groups").tables():
        if name not in groups:
            raise table.wrong("", "there is no such group", "Name a group of categories.toml")
        by_group[name] = _evidence_rules(table)
    return _evidence_rules(file.table("outcomes")), by_group


def _departments(file: Entry, duties: Mapping[str, Duty]) -> dict[DepartmentId, Department]:
    departments = {}
    for name, entry in file.table("departments").tables():
        accepts = frozenset(entry.some_of("duties", duties, "duties.toml"))
        departments[DepartmentId(name)] = Department(DepartmentId(name), entry.words(), accepts)
        entry.no_more()
    return departments


def _lists(
    file: Entry, duties: Mapping[str, Duty], departments: Mapping[DepartmentId, Department]
) -> dict[str, SubdistrictLists]:
    matters = {}
    for name, entry in file.table("matters").tables():
        obligatory, called = (
            tuple(DepartmentId(one) for one in entry.some_of(key, departments, "departments.toml"))
            for key in ("obligatory", "called")
        )
        own = frozenset(entry.some_of("duties", duties, "duties.toml"))
        matters[name] = WhistleMatter(name, entry.words(), own, obligatory, called)
        entry.no_more()
    table = file.table("subdistricts")
    general = table.table("default")
    lists = {}
    for code, entry in table.tables():
        where = {key: entry if entry.has(key) else general for key in ("duties", "enforcement", "whistle")}
        lists[code if code == "default" else _area(entry, code)] = SubdistrictLists(
            frozenset(where["duties"].some_of("duties", duties, "duties.toml")),
            frozenset(where["enforcement"].some_of("enforcement", duties, "duties.toml")),
            tuple(
                matters[name] for name in where["whistle"].some_of("whistle", matters, "lists.toml [matters]")
            ),
        )
        entry.no_more()
    return lists


def _privacy(file: Entry) -> PrivacyRules:
    rules = PrivacyRules(
        file.whole("track_days", 1, 3650), file.number("track_every_s", 1, 86_400), file.flag("on_shift_only")
    )
    file.no_more()
    return rules
