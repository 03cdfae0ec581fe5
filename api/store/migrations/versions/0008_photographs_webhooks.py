"""Photographs, and webhooks with what is to be delivered to them."""

from alembic import op

revision = "0008"
down_revision = "0007"

_PHOTOGRAPHS = """
    CREATE TABLE photograph (
        district text NOT NULL,
        uploader uuid NOT NULL,
        client_id uuid NOT NULL,
        name text NOT NULL,
        original_digest bytea NOT NULL,
        width integer NOT NULL,
        height integer NOT NULL,
        bytes integer NOT NULL,
        differs_m double precision,
        differs_s double precision,
        uploaded_at timestamptz NOT NULL,
        PRIMARY KEY (district, uploader, client_id)
    );
    CREATE INDEX photograph_name ON photograph (district, name);
    CREATE INDEX cases_photographs ON cases USING gin (photographs);
    COMMENT ON COLUMN photograph.differs_m IS 'from the place of the report to where the camera says it was'
"""

_WEBHOOKS = """
    CREATE TABLE webhook (
        district text NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        url text NOT NULL,
        secret text NOT NULL,
        source text NOT NULL CHECK (source IN ('cases', 'notices')),
        area text NOT NULL,
        kinds text[] NOT NULL DEFAULT '{}',
        states text[] NOT NULL DEFAULT '{}',
        active boolean NOT NULL DEFAULT true,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        seen_epoch integer NOT NULL DEFAULT 0,
        seen_seq bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (district, id)
    );
    CREATE TABLE webhook_host (
        district text NOT NULL,
        host text NOT NULL,
        PRIMARY KEY (district, host)
    );
    COMMENT ON TABLE webhook_host IS 'hosts with private addresses that an administrator allows by name';
    CREATE TABLE webhook_delivery (
        district text NOT NULL,
        webhook uuid NOT NULL,
        about uuid NOT NULL,
        id uuid NOT NULL,
        body jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        try_at timestamptz,
        attempts integer NOT NULL DEFAULT 0,
        last_failure text,
        delivered_at timestamptz,
        dead_at timestamptz,
        PRIMARY KEY (district, webhook, about),
        UNIQUE (district, id),
        FOREIGN KEY (district, webhook) REFERENCES webhook ON DELETE CASCADE
    );
    CREATE INDEX webhook_delivery_due ON webhook_delivery (try_at) WHERE try_at IS NOT NULL;
    CREATE INDEX webhook_delivery_dead ON webhook_delivery (district, dead_at) WHERE dead_at IS NOT NULL
"""


def upgrade() -> None:
    """Create the tables."""
    for script in (_PHOTOGRAPHS, _WEBHOOKS):
        for statement in script.split(";\n"):
            op.execute(statement)
