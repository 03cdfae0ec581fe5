"""What imports found: kept with the import that was taken, and where one was refused."""

from alembic import op

revision = "0014"
down_revision = "0013"

_TABLE = """
    CREATE TABLE import_report (
        district text NOT NULL,
        id uuid NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        by text NOT NULL,
        what text NOT NULL,
        source text NOT NULL,
        rows integer NOT NULL,
        defects integer NOT NULL,
        taken boolean NOT NULL,
        words text NOT NULL,
        words_en text NOT NULL,
        PRIMARY KEY (district, id)
    );
    COMMENT ON COLUMN import_report.district IS 'may name one not there yet: its first file was refused';
    CREATE INDEX import_report_at ON import_report (district, at DESC)
"""


def upgrade() -> None:
    """Create the table of import reports."""
    for statement in _TABLE.split(";\n"):
        op.execute(statement)
