"""Where somebody had gone in when he saw it: a home, a building, a firm, or along the street."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column; what came before did not say."""
    op.execute("ALTER TABLE finding ADD COLUMN entered text")
