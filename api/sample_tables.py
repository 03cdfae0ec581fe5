"""The sample district's year as tables, for notebooks: what patrols found, what became of it, who walked."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from api.settings import data_folder
from dispatch.history import NEVER, OUTCOMES, STATES, Column, History
from dispatch.policy import Policy
from dispatch.policy_files import load_policy
from dispatch.sample import sample_people
from geo.areas import Territory
from geo.observations import LOCAL_ZONE
from geo.sample import SampleDistrict, load


@dataclass(frozen=True)
class SampleTables:
    """The year that the simulator played in the sample district: real decisions, invented people and habits.

    `findings`: `id`, `at` (on the district's clock), `category`, `category_zh`, `category_en`, `street`
    (empty beside every patrolled street), `state`, `outcome`, `minutes` (from report to settlement).
    `patrols`: `street`, `started_at`, `hours`.
    """

    district: SampleDistrict
    policy: Policy
    findings: gpd.GeoDataFrame
    patrols: pd.DataFrame

    @property
    def patrol_hours(self) -> Mapping[str, float]:
        """Hours walked along each street."""
        hours: Mapping[str, float] = self.patrols.groupby("street")["hours"].sum().to_dict()
        return hours


def sample_tables() -> SampleTables:
    """Everything, read from the shipped files."""
    folder = data_folder()
    policy = load_policy(folder / "policy")
    history = History.read(folder / "sample_year" / "history.npz")
    return SampleTables(load(folder / "boundaries"), policy, _findings(history, policy), _patrols(history))


def task_force_table(tables: SampleTables) -> gpd.GeoDataFrame:
    """Streets with their chief, their members in both languages, and what was found and walked there."""
    territory = Territory(1, tables.district.areas, tables.district.streets)
    people = sample_people(territory, sorted(tables.policy.departments))
    by_street = tables.findings.groupby("street")
    found, settled = (
        by_street.size(),
        by_street["state"].agg(lambda state: state.isin(["resolved", "closed"]).sum()),
    )
    rows = []
    for force in people.task_forces:
        street = territory.street(force.street)
        members = [people.by_id[person] for person in force.members if person != force.chief]
        posts = [tables.policy.posts[member.post].words for member in members]
        rows.append(
            {
                "id": str(street.id),
                "name": street.name,
                "name_en": street.name_en,
                "chief": people.by_id[force.chief].name,
                "chief_en": people.by_id[force.chief].name_en,
                "members": [f"{post.zh} {one.name}" for post, one in zip(posts, members, strict=True)],
                "members_en": [f"{post.en} {one.name_en}" for post, one in zip(posts, members, strict=True)],
                "findings": int(found.get(street.id, 0)),
                "settled": int(settled.get(street.id, 0)),
                "patrol_hours": tables.patrol_hours.get(street.id, 0.0),
                "length_m": street.length_m,
            }
        )
    shapes = [territory.street(force.street).shape for force in people.task_forces]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=4326)


def _findings(history: History, policy: Policy) -> gpd.GeoDataFrame:
    case = history.case
    codes = np.array(history.categories)[case["category"].astype(int)]
    words = {code: policy.categories[code].words for code in history.categories}
    at, resolved = _instants(history, case["reported_s"]), _instants(history, case["resolved_s"])
    return gpd.GeoDataFrame(
        {
            "id": [f"F{number:05}" for number in range(len(codes))],
            "at": at,
            "category": codes,
            "category_zh": [words[code].zh for code in codes],
            "category_en": [words[code].en for code in codes],
            "street": _named(case["street"], history.streets),
            "state": _named(case["state"], [str(state) for state in STATES]),
            "outcome": _named(case["outcome"], [str(outcome) for outcome in OUTCOMES]),
            "minutes": (resolved - at).dt.total_seconds() / 60,
        },
        geometry=gpd.points_from_xy(case["lon_e6"].astype(float) / 1e6, case["lat_e6"].astype(float) / 1e6),
        crs=4326,
    )


def _patrols(history: History) -> pd.DataFrame:
    walk = history.patrol
    return pd.DataFrame(
        {
            "street": _named(walk["street"], history.streets),
            "started_at": _instants(history, walk["started_s"]),
            "hours": (walk["ended_s"].astype(float) - walk["started_s"].astype(float)) / 3600,
        }
    )


def _named(numbers: Column, names: "tuple[str, ...] | list[str]") -> list[str]:
    listed = [*names, ""]  # the last stands for none, whose number is -1
    return [listed[number] for number in numbers.astype(int)]


def _instants(history: History, seconds: Column) -> "pd.Series[pd.Timestamp]":
    known = pd.Series(seconds.astype("int64")).where(seconds != NEVER)
    return pd.Timestamp(history.starts_at).tz_convert(LOCAL_ZONE) + pd.to_timedelta(known, unit="s")
