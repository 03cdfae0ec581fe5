"""Keep of a road what its class does not say: who may use it which way, lights, layer, length, source."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the columns; roads loaded before go on by their class and one-way sign, as they did."""
    op.execute(
        """
        ALTER TABLE road_edge
            ADD COLUMN walk text NOT NULL DEFAULT '',
            ADD COLUMN ebike text NOT NULL DEFAULT '',
            ADD COLUMN drive text NOT NULL DEFAULT '',
            ADD COLUMN signals text NOT NULL DEFAULT '',
            ADD COLUMN layer smallint NOT NULL DEFAULT 0,
            ADD COLUMN length_m double precision,
            ADD COLUMN way bigint,
            ADD CHECK (walk IN ('', 'no', 'forward', 'backward', 'both')),
            ADD CHECK (ebike IN ('', 'no', 'forward', 'backward', 'both')),
            ADD CHECK (drive IN ('', 'no', 'forward', 'backward', 'both')),
            ADD CHECK (signals IN ('', 'start', 'end', 'both'))
        """
    )
