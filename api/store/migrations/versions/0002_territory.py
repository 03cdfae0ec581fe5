"""Areas, streets, roads and what stands on them, each by district and version."""

from alembic import op

revision = "0002"
down_revision = "0001"

_AREAS_AND_STREETS = """
    CREATE TABLE area (
        district text NOT NULL REFERENCES district,
        version integer NOT NULL,
        code text NOT NULL CHECK (length(code) IN (6, 9, 12, 15)),
        level text NOT NULL,
        name text NOT NULL,
        name_en text NOT NULL,
        households integer NOT NULL DEFAULT 0 CHECK (households >= 0),
        geom geometry(Geometry, 4326) NOT NULL CHECK (ST_Dimension(geom) = 2),
        PRIMARY KEY (district, version, code)
    );
    CREATE INDEX area_geom ON area USING gist (geom);
    CREATE TABLE street (
        district text NOT NULL REFERENCES district,
        version integer NOT NULL,
        id text NOT NULL,
        name text NOT NULL,
        name_en text NOT NULL,
        subdistrict text NOT NULL,
        width_m double precision NOT NULL CHECK (width_m > 0),
        length_m double precision NOT NULL,
        area_m2 double precision NOT NULL,
        hue smallint NOT NULL CHECK (hue BETWEEN 0 AND 7),
        centreline geometry(Geometry, 4326) NOT NULL CHECK (ST_Dimension(centreline) = 1),
        geom geometry(Geometry, 4326) NOT NULL CHECK (ST_Dimension(geom) = 2),
        PRIMARY KEY (district, version, id)
    );
    CREATE INDEX street_geom ON street USING gist (geom);
    CREATE INDEX street_centreline ON street USING gist (centreline)
"""

_ROADS = """
    CREATE TABLE road_edge (
        district text NOT NULL REFERENCES district,
        version integer NOT NULL,
        id bigint NOT NULL,
        source bigint NOT NULL,
        target bigint NOT NULL,
        class text NOT NULL,
        name text NOT NULL DEFAULT '',
        name_en text NOT NULL DEFAULT '',
        oneway boolean NOT NULL DEFAULT false,
        bridge boolean NOT NULL DEFAULT false,
        tunnel boolean NOT NULL DEFAULT false,
        lanes smallint NOT NULL DEFAULT 0,
        maxspeed_kmh smallint NOT NULL DEFAULT 0,
        geom geometry(LineString, 4326) NOT NULL,
        PRIMARY KEY (district, version, id)
    );
    CREATE INDEX road_edge_geom ON road_edge USING gist (geom);
    CREATE TABLE closure (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL,
        roads_version integer NOT NULL,
        edges bigint[] NOT NULL CHECK (cardinality(edges) > 0),
        why text NOT NULL CHECK (why <> ''),
        closed_by text NOT NULL,
        closed_at timestamptz NOT NULL DEFAULT now(),
        until timestamptz,
        lifted_at timestamptz,
        lifted_by text,
        PRIMARY KEY (district, id),
        CHECK (until > closed_at)
    );
    CREATE INDEX closure_standing ON closure (district) WHERE lifted_at IS NULL;
"""

_PLACES = """
    CREATE TABLE centre (
        district text NOT NULL REFERENCES district,
        id text NOT NULL,
        name text NOT NULL,
        name_en text NOT NULL,
        kind text NOT NULL,
        tier text NOT NULL DEFAULT '',
        community text NOT NULL DEFAULT '',
        floor_area_m2 double precision NOT NULL CHECK (floor_area_m2 >= 0),
        capacity integer NOT NULL DEFAULT 0 CHECK (capacity >= 0),
        opening_hours text NOT NULL DEFAULT '',
        by_appointment boolean NOT NULL DEFAULT false,
        opens_on date,
        closes_on date,
        geom geometry(Point, 4326) NOT NULL,
        PRIMARY KEY (district, id)
    );
    CREATE INDEX centre_geom ON centre USING gist (geom);
    CREATE TABLE estate (
        district text NOT NULL REFERENCES district,
        id text NOT NULL,
        name text NOT NULL,
        name_en text NOT NULL,
        community text NOT NULL DEFAULT '',
        kind text NOT NULL DEFAULT '',
        households integer NOT NULL DEFAULT 0 CHECK (households >= 0),
        buildings integer NOT NULL DEFAULT 0,
        built integer,
        geom geometry(Geometry, 4326) NOT NULL,
        PRIMARY KEY (district, id)
    );
    CREATE INDEX estate_geom ON estate USING gist (geom);
    CREATE TABLE base_feature (
        district text NOT NULL REFERENCES district,
        kind text NOT NULL CHECK (kind IN ('water', 'rail', 'green', 'building')),
        id bigint NOT NULL,
        class text NOT NULL DEFAULT '',
        name text NOT NULL DEFAULT '',
        name_en text NOT NULL DEFAULT '',
        households integer NOT NULL DEFAULT 0,
        floors integer NOT NULL DEFAULT 0,
        area text NOT NULL DEFAULT '',
        bridge boolean NOT NULL DEFAULT false,
        geom geometry(Geometry, 4326) NOT NULL,
        PRIMARY KEY (district, kind, id)
    );
    CREATE INDEX base_feature_geom ON base_feature USING gist (geom)
"""


def upgrade() -> None:
    """Create what the map draws and what a point is looked up in."""
    for script in (_AREAS_AND_STREETS, _ROADS, _PLACES):
        for statement in script.split(";\n"):
            op.execute(statement)
