"""The drill: its switch, and what it left behind, marked so that it can be cleared away."""

from alembic import op

revision = "0011"
down_revision = "0010"

_MARKS = """
    ALTER TABLE account ADD COLUMN drill boolean NOT NULL DEFAULT false;
    ALTER TABLE finding ADD COLUMN drill boolean NOT NULL DEFAULT false;
    ALTER TABLE cases ADD COLUMN drill boolean NOT NULL DEFAULT false;
    ALTER TABLE patrol ADD COLUMN drill boolean NOT NULL DEFAULT false;
    CREATE INDEX cases_drill ON cases (district, id) WHERE drill;
    CREATE INDEX patrol_drill ON patrol (district, id) WHERE drill
"""

_SWITCH = """
    CREATE TABLE drill (
        district text PRIMARY KEY REFERENCES district,
        wanted boolean NOT NULL,
        wanted_by text NOT NULL,
        began_at timestamptz NOT NULL DEFAULT now(),
        pace double precision NOT NULL,
        phones integer NOT NULL,
        playing boolean NOT NULL DEFAULT false,
        awake integer NOT NULL DEFAULT 0,
        tally jsonb NOT NULL DEFAULT '{}',
        alive_until timestamptz
    );
    COMMENT ON COLUMN drill.alive_until IS 'kept ahead of now by the process that plays'
"""


def upgrade() -> None:
    """Mark what the drill makes, and keep its switch."""
    for script in (_MARKS, _SWITCH):
        for statement in script.split(";\n"):
            op.execute(statement)
