"""Who works where and when: people, task forces, rosters, shifts, positions and patrols."""

from alembic import op

revision = "0003"
down_revision = "0002"

_PEOPLE = """
    CREATE TABLE person (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL,
        name text NOT NULL,
        name_en text NOT NULL DEFAULT '',
        post text NOT NULL,
        skills text[] NOT NULL DEFAULT '{}',
        phone text NOT NULL DEFAULT '',
        area text NOT NULL,
        street text,
        department text,
        capacity integer NOT NULL DEFAULT 3 CHECK (capacity >= 0),
        load integer NOT NULL DEFAULT 0 CHECK (load >= 0),
        active boolean NOT NULL DEFAULT true,
        station geometry(Point, 4326),
        PRIMARY KEY (district, id)
    );
    CREATE INDEX person_area ON person (district, area text_pattern_ops);
    CREATE TABLE task_force (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL,
        street text NOT NULL,
        name text NOT NULL,
        name_en text NOT NULL DEFAULT '',
        chief uuid,
        PRIMARY KEY (district, id),
        UNIQUE (district, street),
        FOREIGN KEY (district, chief) REFERENCES person
    );
    CREATE TABLE task_force_member (
        district text NOT NULL,
        task_force uuid NOT NULL,
        person uuid NOT NULL,
        PRIMARY KEY (district, task_force, person),
        FOREIGN KEY (district, task_force) REFERENCES task_force ON DELETE CASCADE,
        FOREIGN KEY (district, person) REFERENCES person
    );
    CREATE INDEX task_force_member_person ON task_force_member (district, person)
"""

_TIMES = """
    CREATE TABLE roster (
        district text NOT NULL,
        id uuid NOT NULL,
        person uuid NOT NULL,
        starts_at timestamptz NOT NULL,
        ends_at timestamptz NOT NULL,
        emergency boolean NOT NULL DEFAULT false,
        station geometry(Point, 4326),
        PRIMARY KEY (district, id),
        FOREIGN KEY (district, person) REFERENCES person,
        CHECK (ends_at > starts_at)
    );
    CREATE INDEX roster_when ON roster (district, starts_at, ends_at);
    CREATE INDEX roster_person ON roster (district, person, starts_at);
    CREATE TABLE shift (
        district text NOT NULL,
        id uuid NOT NULL,
        person uuid NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        PRIMARY KEY (district, id),
        FOREIGN KEY (district, person) REFERENCES person
    );
    CREATE UNIQUE INDEX shift_open ON shift (district, person) WHERE ended_at IS NULL;
    CREATE INDEX shift_person ON shift (district, person, started_at)
"""

_POSITIONS = """
    CREATE TABLE position (
        district text NOT NULL,
        person uuid NOT NULL,
        at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        accuracy_m real,
        lon double precision NOT NULL,
        lat double precision NOT NULL,
        PRIMARY KEY (district, person)
    ) WITH (fillfactor = 50);
    CREATE TABLE position_track (
        district text NOT NULL,
        person uuid NOT NULL,
        at timestamptz NOT NULL,
        lon double precision NOT NULL,
        lat double precision NOT NULL,
        accuracy_m real,
        flag text,
        patrol uuid,
        PRIMARY KEY (district, person, at)
    );
    CREATE INDEX position_track_at ON position_track USING brin (at);
    CREATE TABLE patrol (
        district text NOT NULL,
        id uuid NOT NULL,
        person uuid NOT NULL,
        street text NOT NULL,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        PRIMARY KEY (district, id),
        FOREIGN KEY (district, person) REFERENCES person
    );
    CREATE UNIQUE INDEX patrol_open ON patrol (district, person) WHERE ended_at IS NULL;
    CREATE INDEX patrol_street ON patrol (district, street, started_at)
"""


def upgrade() -> None:
    """Create what is known about the people of a district."""
    for script in (_PEOPLE, _TIMES, _POSITIONS):
        for statement in script.split(";\n"):
            op.execute(statement)
