"""The sample year as tables: the published figures, and every street with its people."""

import pytest

from api.sample_tables import sample_tables, task_force_table


@pytest.fixture(scope="module")
def tables():
    return sample_tables()


def test_the_year_holds_the_published_figures(tables):
    assert len(tables.findings) == 72_411
    assert len(tables.patrols) == 23_965
    ended = tables.findings["outcome"].value_counts()
    assert (ended["persuaded"], ended["enforced"], ended["rectified"]) == (58_622, 1_883, 265)


def test_columns_mean_what_they_say(tables):
    findings = tables.findings
    assert findings.crs == 4326
    assert findings["id"].is_unique
    assert str(findings["at"].dt.tz) == "Asia/Shanghai"
    assert findings["minutes"].min() >= 0
    assert set(findings["street"]) <= {"", *(street.id for street in tables.district.streets)}
    assert (findings["outcome"] == "").sum() == findings["minutes"].isna().sum()


def test_every_street_has_its_chief_and_its_members(tables):
    forces = task_force_table(tables)
    assert len(forces) == 76
    assert (forces["chief"].str.len() > 1).all()
    assert (forces["members"].str.len() == forces["members_en"].str.len()).all()
    assert forces["findings"].sum() == (tables.findings["street"] != "").sum()
    assert forces["patrol_hours"].sum() == pytest.approx(tables.patrols["hours"].sum())
