"""Who is on duty now: one answer for dispatch, positions and pages."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the view: who went on shift himself, or whom the roster names and who has not gone off since."""
    op.execute("""
        CREATE VIEW on_duty AS
        SELECT s.district, s.person, s.started_at AS since FROM shift AS s WHERE s.ended_at IS NULL
        UNION
        SELECT r.district, r.person, min(r.starts_at) FROM roster AS r
        WHERE r.starts_at <= now() AND r.ends_at > now()
          AND NOT EXISTS (
              SELECT FROM shift AS own WHERE own.district = r.district AND own.person = r.person
                AND (own.ended_at IS NULL
                     OR own.started_at >= r.starts_at - interval '1 hour' AND own.ended_at <= now()))
        GROUP BY r.district, r.person
    """)
