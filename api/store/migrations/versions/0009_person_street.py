"""Find the people of a street without reading everybody."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Index people by the street they are named for."""
    op.execute("CREATE INDEX person_street ON person (district, street) WHERE street IS NOT NULL")
