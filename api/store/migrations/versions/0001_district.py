"""The district, and the versions of what it is made of."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the two tables that everything else hangs on."""
    op.execute("""
        CREATE TABLE district (
            code text PRIMARY KEY,
            name text NOT NULL,
            name_en text NOT NULL,
            synthetic boolean NOT NULL
        )
    """)
    op.execute("""
        CREATE TABLE dataset_version (
            district text NOT NULL REFERENCES district,
            dataset text NOT NULL,
            version integer NOT NULL,
            loaded_at timestamptz NOT NULL DEFAULT now(),
            loaded_by text NOT NULL,
            source text NOT NULL,
            PRIMARY KEY (district, dataset, version)
        )
    """)
