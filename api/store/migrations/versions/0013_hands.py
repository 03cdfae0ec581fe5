"""Which operator has which case open or takes it on; and what was done today, without reading every case."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table; what is in it is worth nothing after a crash, so no log is written for it."""
    op.execute("""
        CREATE UNLOGGED TABLE hand (
            district text NOT NULL,
            page uuid NOT NULL,
            account uuid NOT NULL,
            name text NOT NULL,
            open_case uuid,
            taken uuid[] NOT NULL DEFAULT '{}',
            seen_at timestamptz NOT NULL,
            PRIMARY KEY (district, account, page)
        )
    """)
    op.execute("CREATE INDEX cases_resolved ON cases (district, resolved_at) WHERE resolved_at IS NOT NULL")
    op.execute("CREATE INDEX cases_closed ON cases (district, closed_at) WHERE closed_at IS NOT NULL")
