"""The tables as Python knows them; the migrations make them, and a test holds the two together.

Every key begins with the district. Geometry is WGS 84 (SRID 4326), longitude first. Areas are found by code
prefix: `code LIKE '990101003%'` is everything in that subdistrict.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    REAL,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from api.store.database import SRID

metadata = MetaData()


def _geometry(name: str, kind: str = "GEOMETRY") -> Column[str]:
    return Column(name, Geometry(kind, srid=SRID, spatial_index=False), nullable=False)


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


def _when(name: str, *, null: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=null)


def _district() -> Column[str]:
    return Column("district", Text, ForeignKey("district.code"), primary_key=True)


def _district_key() -> Column[str]:
    return Column("district", Text, primary_key=True)


district = Table(
    "district",
    metadata,
    Column("code", Text, primary_key=True),
    _text("name"),
    _text("name_en"),
    Column("synthetic", Boolean, nullable=False),
)

dataset_version = Table(
    "dataset_version",
    metadata,
    _district(),
    Column("dataset", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    _when("loaded_at"),
    _text("loaded_by"),
    _text("source"),
)

area = Table(
    "area",
    metadata,
    _district(),
    Column("version", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    _text("level"),
    _text("name"),
    _text("name_en"),
    Column("households", Integer, nullable=False),
    _geometry("geom"),
)

street = Table(
    "street",
    metadata,
    _district(),
    Column("version", Integer, primary_key=True),
    Column("id", Text, primary_key=True),
    _text("name"),
    _text("name_en"),
    _text("subdistrict"),
    Column("width_m", Double, nullable=False),
    Column("length_m", Double, nullable=False),
    Column("area_m2", Double, nullable=False),
    Column("hue", SmallInteger, nullable=False),
    _geometry("centreline"),
    _geometry("geom"),
)

road_edge = Table(
    "road_edge",
    metadata,
    _district(),
    Column("version", Integer, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    Column("source", BigInteger, nullable=False),
    Column("target", BigInteger, nullable=False),
    _text("class"),
    _text("name"),
    _text("name_en"),
    Column("oneway", Boolean, nullable=False),
    Column("bridge", Boolean, nullable=False),
    Column("tunnel", Boolean, nullable=False),
    Column("lanes", SmallInteger, nullable=False),
    Column("maxspeed_kmh", SmallInteger, nullable=False),
    *(_text(name) for name in ("walk", "ebike", "drive", "signals")),
    Column("layer", SmallInteger, nullable=False),
    Column("length_m", Double),
    Column("way", BigInteger),
    _geometry("geom", "LINESTRING"),
)

closure = Table(
    "closure",
    metadata,
    _district(),
    Column("id", Uuid, primary_key=True),
    Column("roads_version", Integer, nullable=False),
    Column("edges", ARRAY(BigInteger), nullable=False),
    _text("why"),
    _text("closed_by"),
    _when("closed_at"),
    _when("until", null=True),
    _when("lifted_at", null=True),
    _text("lifted_by", null=True),
)

centre = Table(
    "centre",
    metadata,
    _district(),
    Column("id", Text, primary_key=True),
    _text("name"),
    _text("name_en"),
    _text("kind"),
    _text("tier"),
    _text("community"),
    Column("floor_area_m2", Double, nullable=False),
    Column("capacity", Integer, nullable=False),
    _text("opening_hours"),
    Column("by_appointment", Boolean, nullable=False),
    Column("opens_on", Date),
    Column("closes_on", Date),
    _geometry("geom", "POINT"),
)

estate = Table(
    "estate",
    metadata,
    _district(),
    Column("id", Text, primary_key=True),
    _text("name"),
    _text("name_en"),
    _text("community"),
    _text("kind"),
    Column("households", Integer, nullable=False),
    Column("buildings", Integer, nullable=False),
    Column("built", Integer),
    _geometry("geom"),
)

base_feature = Table(
    "base_feature",
    metadata,
    _district(),
    Column("kind", Text, primary_key=True),
    Column("id", BigInteger, primary_key=True),
    _text("class"),
    _text("name"),
    _text("name_en"),
    Column("households", Integer, nullable=False),
    Column("floors", Integer, nullable=False),
    _text("area"),
    Column("bridge", Boolean, nullable=False),
    _geometry("geom"),
)
"""Water, rail, green and buildings. Households of a building: the demand that service circles must reach."""

person = Table(
    "person",
    metadata,
    _district(),
    Column("id", Uuid, primary_key=True),
    _text("name"),
    _text("name_en"),
    _text("post"),
    Column("skills", ARRAY(Text), nullable=False),
    _text("phone"),
    _text("area"),
    _text("street", null=True),
    _text("department", null=True),
    Column("capacity", Integer, nullable=False),
    Column("load", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("station", Geometry("POINT", srid=SRID, spatial_index=False)),
)

task_force = Table(
    "task_force",
    metadata,
    _district(),
    Column("id", Uuid, primary_key=True),
    _text("street"),
    _text("name"),
    _text("name_en"),
    Column("chief", Uuid),
)

task_force_member = Table(
    "task_force_member",
    metadata,
    _district_key(),
    Column("task_force", Uuid, primary_key=True),
    Column("person", Uuid, primary_key=True),
)

roster = Table(
    "roster",
    metadata,
    _district_key(),
    Column("id", Uuid, primary_key=True),
    Column("person", Uuid, nullable=False),
    _when("starts_at"),
    _when("ends_at"),
    Column("emergency", Boolean, nullable=False),
    Column("station", Geometry("POINT", srid=SRID, spatial_index=False)),
)

shift = Table(
    "shift",
    metadata,
    _district_key(),
    Column("id", Uuid, primary_key=True),
    Column("person", Uuid, nullable=False),
    _when("started_at"),
    _when("ended_at", null=True),
)

position = Table(
    "position",
    metadata,
    _district_key(),
    Column("person", Uuid, primary_key=True),
    _when("at"),
    _when("received_at"),
    Column("accuracy_m", REAL),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
)

position_track = Table(
    "position_track",
    metadata,
    _district_key(),
    Column("person", Uuid, primary_key=True),
    Column("at", DateTime(timezone=True), primary_key=True),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("accuracy_m", REAL),
    _text("flag", null=True),
    Column("patrol", Uuid),
)

patrol = Table(
    "patrol",
    metadata,
    _district_key(),
    Column("id", Uuid, primary_key=True),
    Column("person", Uuid, nullable=False),
    _text("street"),
    _when("started_at"),
    _when("ended_at", null=True),
    Column("drill", Boolean, nullable=False),
)

case_event = Table(
    "case_event",
    metadata,
    _district_key(),
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    _text("kind"),
    _when("at"),
    _when("recorded_at"),
    Column("actor", Uuid),
    _text("actor_post"),
    _text("area"),
    _text("street", null=True),
    Column("body", JSONB, nullable=False),
    Column("epoch", Integer),
    Column("seq", BigInteger),
)
"""Append-only. `at`: when it happened; `recorded_at`: when the store learnt of it; `seq`: stamped later."""

feed = Table(
    "feed",
    metadata,
    _district(),
    Column("epoch", Integer, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("leased_by", Uuid),
    _when("leased_until", null=True),
)

hand = Table(
    "hand",
    metadata,
    _district_key(),
    Column("account", Uuid, primary_key=True),
    Column("page", Uuid, primary_key=True),
    _text("name"),
    Column("open_case", Uuid),
    Column("taken", ARRAY(Uuid), nullable=False),
    _when("seen_at"),
)
"""Which operator has which case open, or takes it on; told anew by each page, and forgotten by itself.

`page` is made by the page: one account may have several open.
"""

timer = Table(
    "timer",
    metadata,
    _district_key(),
    Column("case_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("id", Uuid, nullable=False),
    _when("due_at"),
    _when("try_at"),
    Column("attempts", Integer, nullable=False),
    _text("last_failure", null=True),
)
"""What is due: one row for each (case, kind, subject) until it fires; then it is gone, and its event stays.

`try_at` is `due_at` until an attempt fails.
"""
