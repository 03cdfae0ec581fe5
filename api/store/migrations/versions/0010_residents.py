"""Residents without an account: the district's key, tickets, contact details, and booked visits."""

from alembic import op

revision = "0010"
down_revision = "0009"

_TABLES = """
    CREATE TABLE resident_key (
        district text PRIMARY KEY REFERENCES district,
        key bytea NOT NULL
    );
    COMMENT ON TABLE resident_key IS 'makes the codes by which residents follow their cases';
    CREATE TABLE resident_ticket (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL,
        address bytea NOT NULL,
        issued_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        photographs integer NOT NULL DEFAULT 0,
        reported_at timestamptz,
        PRIMARY KEY (district, id)
    );
    COMMENT ON COLUMN resident_ticket.address IS 'a keyed mark of where it came from, never the address';
    CREATE INDEX resident_ticket_address ON resident_ticket (district, address, reported_at);
    CREATE TABLE resident_contact (
        district text NOT NULL REFERENCES district,
        finding uuid NOT NULL,
        name text NOT NULL,
        phone text NOT NULL,
        address text NOT NULL,
        language text NOT NULL,
        tell boolean NOT NULL,
        told integer NOT NULL DEFAULT 0,
        PRIMARY KEY (district, finding)
    );
    COMMENT ON TABLE resident_contact IS 'personal: for whoever handles the case, every look recorded';
    CREATE TABLE resident_visit (
        district text NOT NULL REFERENCES district,
        finding uuid NOT NULL,
        community text NOT NULL,
        day date NOT NULL,
        slot text NOT NULL,
        PRIMARY KEY (district, finding)
    );
    CREATE INDEX resident_visit_slot ON resident_visit (district, community, day, slot);
    CREATE INDEX cases_finding ON cases (district, finding)
"""


def upgrade() -> None:
    """Create the tables of residents without an account."""
    for statement in _TABLES.split(";\n"):
        op.execute(statement)
