"""What happened, in the order in which it counts; and what is due."""

from alembic import op

revision = "0004"
down_revision = "0003"

_EVENTS = """
    CREATE TABLE case_event (
        district text NOT NULL,
        id uuid NOT NULL,
        case_id uuid NOT NULL,
        kind text NOT NULL,
        at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        actor uuid,
        actor_post text NOT NULL DEFAULT '',
        area text NOT NULL DEFAULT '',
        street text,
        body jsonb NOT NULL DEFAULT '{}',
        epoch integer,
        seq bigint,
        PRIMARY KEY (district, id),
        CHECK ((epoch IS NULL) = (seq IS NULL))
    );
    CREATE UNIQUE INDEX case_event_seq ON case_event (district, seq) WHERE seq IS NOT NULL;
    CREATE INDEX case_event_unsequenced ON case_event (district, recorded_at, id) WHERE seq IS NULL;
    CREATE INDEX case_event_case ON case_event (district, case_id, recorded_at);
    CREATE TABLE feed (
        district text PRIMARY KEY REFERENCES district,
        epoch integer NOT NULL DEFAULT 1,
        last_seq bigint NOT NULL DEFAULT 0,
        leased_by uuid,
        leased_until timestamptz
    )
"""

_TIMERS = """
    CREATE TABLE timer (
        district text NOT NULL,
        case_id uuid NOT NULL,
        kind text NOT NULL,
        subject text NOT NULL DEFAULT '',
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        due_at timestamptz NOT NULL,
        try_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        last_failure text,
        PRIMARY KEY (district, case_id, kind, subject)
    );
    CREATE INDEX timer_try_at ON timer (try_at)
"""


def upgrade() -> None:
    """Create the event log with its feed, and the timers."""
    for script in (_EVENTS, _TIMERS):
        for statement in script.split(";\n"):
            op.execute(statement)
