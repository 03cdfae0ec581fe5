"""A statement that reserves people refuses by itself where one has no room; it needs no transaction."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Make the refusal; its code is what `api.store.saving` knows it by."""
    op.execute("""
        CREATE FUNCTION no_room() RETURNS boolean LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'somebody has no room for one more task' USING ERRCODE = 'YL001';
        END $$
    """)
