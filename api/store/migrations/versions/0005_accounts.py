"""Accounts, what they may do, how they sign in, and the record of who did what."""

from alembic import op

revision = "0005"
down_revision = "0004"

_ACCOUNTS = """
    CREATE TABLE account (
        district text NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL CHECK (name <> ''),
        display_name text NOT NULL,
        person uuid,
        password_hash text,
        code_key text,
        code_key_confirmed boolean NOT NULL DEFAULT false,
        last_code_step bigint NOT NULL DEFAULT -1,
        outside_subject text,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by text NOT NULL,
        disabled_at timestamptz,
        PRIMARY KEY (district, id)
    );
    CREATE UNIQUE INDEX account_name ON account (district, lower(name));
    CREATE UNIQUE INDEX account_outside_subject ON account (district, outside_subject);
    CREATE TABLE account_grant (
        district text NOT NULL,
        account uuid NOT NULL,
        role text NOT NULL,
        area text NOT NULL CHECK (area <> ''),
        street text NOT NULL DEFAULT '',
        department text NOT NULL DEFAULT '',
        given_at timestamptz NOT NULL DEFAULT now(),
        given_by text NOT NULL,
        PRIMARY KEY (district, account, role, area, street, department),
        FOREIGN KEY (district, account) REFERENCES account
    );
    CREATE TABLE second_factor_role (
        district text NOT NULL,
        role text NOT NULL,
        PRIMARY KEY (district, role)
    );
    CREATE TABLE access_epoch (
        district text PRIMARY KEY,
        epoch bigint NOT NULL
    );
    COMMENT ON TABLE access_epoch IS 'raised by every change of who may do what; processes forget then'
"""

_SIGNING_IN = """
    CREATE TABLE account_session (
        district text NOT NULL,
        digest bytea NOT NULL,
        id uuid NOT NULL,
        account uuid NOT NULL,
        started_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        by_link boolean NOT NULL,
        awaits_second_factor boolean NOT NULL,
        address text NOT NULL,
        PRIMARY KEY (district, digest),
        FOREIGN KEY (district, account) REFERENCES account
    );
    CREATE INDEX account_session_account ON account_session (district, account);
    CREATE TABLE access_token (
        district text NOT NULL,
        digest bytea NOT NULL,
        id uuid NOT NULL,
        account uuid NOT NULL,
        name text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (district, digest),
        UNIQUE (district, id),
        FOREIGN KEY (district, account) REFERENCES account
    );
    CREATE INDEX access_token_account ON access_token (district, account);
    CREATE TABLE sign_in_link (
        district text NOT NULL,
        digest bytea NOT NULL,
        account uuid NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        PRIMARY KEY (district, digest),
        FOREIGN KEY (district, account) REFERENCES account
    );
    CREATE TABLE sign_in_attempt (
        district text NOT NULL,
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        name text NOT NULL,
        address text NOT NULL,
        PRIMARY KEY (district, id)
    );
    CREATE INDEX sign_in_attempt_name ON sign_in_attempt (district, name, at);
    CREATE INDEX sign_in_attempt_address ON sign_in_attempt (district, address, at)
"""

_AUDIT = """
    CREATE TABLE audit_entry (
        district text NOT NULL,
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        account uuid,
        name text NOT NULL,
        act text NOT NULL,
        about text NOT NULL,
        area text NOT NULL,
        details jsonb NOT NULL,
        seq bigint,
        PRIMARY KEY (district, id),
        UNIQUE (district, seq)
    );
    CREATE INDEX audit_entry_unsealed ON audit_entry (district, at, id) WHERE seq IS NULL;
    CREATE INDEX audit_entry_at ON audit_entry (district, at, id);
    CREATE TABLE audit_seal (
        district text NOT NULL,
        number bigint NOT NULL,
        first_seq bigint NOT NULL,
        last_seq bigint NOT NULL,
        hash bytea NOT NULL,
        sealed_at timestamptz NOT NULL,
        PRIMARY KEY (district, number)
    )
"""

_APPEND_ONLY = """
    CREATE FUNCTION audit_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND OLD.seq IS NULL AND NEW.seq IS NOT NULL THEN
            NEW.district := OLD.district; NEW.id := OLD.id; NEW.at := OLD.at; NEW.account := OLD.account;
            NEW.name := OLD.name; NEW.act := OLD.act; NEW.about := OLD.about; NEW.area := OLD.area;
            NEW.details := OLD.details;
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the audit log is only ever added to';
    END $$
"""


def upgrade() -> None:
    """Create the tables, and let nothing be taken out of the audit log."""
    for script in (_ACCOUNTS, _SIGNING_IN, _AUDIT):
        for statement in script.split(";\n"):
            op.execute(statement)
    op.execute(_APPEND_ONLY)
    op.execute(
        "CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE ON audit_entry"
        " FOR EACH ROW EXECUTE FUNCTION audit_entry_stays()"
    )
