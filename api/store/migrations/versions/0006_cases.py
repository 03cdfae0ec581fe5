"""Findings, cases and what hangs on them: tasks, whistles, notices, and receipts of acts."""

from alembic import op

revision = "0006"
down_revision = "0005"

_CASES = """
    CREATE SEQUENCE case_number;
    CREATE TABLE cases (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL,
        number bigint NOT NULL DEFAULT nextval('case_number'),
        finding uuid NOT NULL,
        kind text NOT NULL,
        source text NOT NULL,
        category text NOT NULL,
        severity smallint NOT NULL,
        state text NOT NULL,
        geom geometry(Point, 4326) NOT NULL,
        area text NOT NULL,
        street text,
        boundary_version integer NOT NULL,
        nearest_area text,
        nearest_m double precision,
        policy_version integer NOT NULL,
        reporter uuid,
        description text NOT NULL,
        photographs text[] NOT NULL,
        reported_at timestamptz NOT NULL,
        filed_at timestamptz,
        resolved_at timestamptz,
        closed_at timestamptz,
        confirmed boolean NOT NULL,
        task uuid,
        holder uuid,
        ring text,
        ring_since timestamptz,
        outcome text,
        resolver uuid,
        merged_into uuid,
        satisfaction smallint,
        reworked integer NOT NULL,
        reopened integer NOT NULL,
        escalated integer NOT NULL,
        appealing boolean NOT NULL,
        events integer NOT NULL,
        clock text NOT NULL,
        clock_kind text NOT NULL,
        clock_started_at timestamptz,
        clock_stood_still_at timestamptz,
        clock_left double precision NOT NULL,
        due_at timestamptz,
        extensions integer NOT NULL,
        PRIMARY KEY (district, id)
    );
    COMMENT ON COLUMN cases.area IS 'code of the unit grid; empty outside every area';
    CREATE UNIQUE INDEX cases_number ON cases (district, number);
    CREATE INDEX cases_reported ON cases (district, reported_at DESC, id DESC);
    CREATE INDEX cases_area ON cases (district, area text_pattern_ops, reported_at DESC);
    CREATE INDEX cases_street ON cases (district, street, reported_at DESC);
    CREATE INDEX cases_open ON cases (district, due_at)
        WHERE state IN ('reported', 'filed', 'offered', 'accepted', 'on_site', 'resolved');
    CREATE INDEX cases_holder ON cases (district, holder) WHERE holder IS NOT NULL;
    CREATE INDEX cases_reporter ON cases (district, reporter, reported_at DESC) WHERE reporter IS NOT NULL;
    CREATE INDEX cases_geom ON cases USING gist (geom)
"""

_FINDINGS = """
    CREATE TABLE finding (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL,
        submitter uuid NOT NULL,
        client_id text NOT NULL,
        digest text NOT NULL,
        case_id uuid NOT NULL,
        source text NOT NULL,
        kind text NOT NULL,
        category text NOT NULL,
        geom geometry(Point, 4326) NOT NULL,
        found_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        description text NOT NULL,
        photographs text[] NOT NULL,
        wish text NOT NULL,
        outcome text,
        patrol uuid,
        PRIMARY KEY (district, id)
    );
    COMMENT ON COLUMN finding.submitter IS 'all zero for somebody without an account';
    CREATE UNIQUE INDEX finding_client ON finding (district, submitter, client_id);
    CREATE INDEX finding_patrol ON finding (district, patrol) WHERE patrol IS NOT NULL
"""

_TASKS = """
    CREATE TABLE task (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL,
        case_id uuid NOT NULL,
        responder uuid NOT NULL,
        post text NOT NULL,
        ring text NOT NULL,
        state text NOT NULL,
        offered_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        reason_zh text NOT NULL,
        reason_en text NOT NULL,
        expected_s double precision,
        answered_at timestamptz,
        on_my_way_at timestamptz,
        arrived_at timestamptz,
        ended_at timestamptz,
        task_force uuid,
        PRIMARY KEY (district, id)
    );
    CREATE INDEX task_case ON task (district, case_id, offered_at);
    CREATE INDEX task_responder ON task (district, responder, offered_at DESC);
    CREATE TABLE whistle (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL,
        case_id uuid NOT NULL,
        subdistrict text NOT NULL,
        matter text NOT NULL,
        called_by jsonb NOT NULL,
        called_at timestamptz NOT NULL,
        PRIMARY KEY (district, id)
    );
    CREATE INDEX whistle_case ON whistle (district, case_id);
    CREATE TABLE whistle_call (
        district text NOT NULL,
        whistle uuid NOT NULL,
        department text NOT NULL,
        obligatory boolean NOT NULL,
        standing text NOT NULL,
        report_in_by timestamptz,
        reported_in_at timestamptz,
        arrived_at timestamptz,
        ended_at timestamptz,
        score smallint,
        PRIMARY KEY (district, whistle, department),
        FOREIGN KEY (district, whistle) REFERENCES whistle ON DELETE CASCADE
    );
    CREATE INDEX whistle_call_department ON whistle_call (district, department, standing)
"""

_NOTICES = """
    CREATE TABLE notice (
        district text NOT NULL REFERENCES district,
        id uuid NOT NULL DEFAULT gen_random_uuid(),
        case_id uuid NOT NULL,
        kind text NOT NULL,
        words_zh text NOT NULL,
        words_en text NOT NULL,
        person uuid,
        post text,
        area text,
        department text,
        details jsonb NOT NULL,
        at timestamptz NOT NULL,
        seen_at timestamptz,
        seen_by uuid,
        PRIMARY KEY (district, id)
    );
    CREATE INDEX notice_person ON notice (district, person, at DESC) WHERE person IS NOT NULL;
    CREATE INDEX notice_post ON notice (district, post, at DESC) WHERE post IS NOT NULL;
    CREATE INDEX notice_department ON notice (district, department, at DESC) WHERE department IS NOT NULL;
    CREATE TABLE receipt (
        district text NOT NULL REFERENCES district,
        submitter uuid NOT NULL,
        client_id text NOT NULL,
        digest text NOT NULL,
        answer jsonb NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (district, submitter, client_id)
    );
    COMMENT ON TABLE receipt IS 'answers given to acts that a phone may send again';
    CREATE INDEX receipt_at ON receipt USING brin (at)
"""


def upgrade() -> None:
    """Create everything that a `Change` is saved into."""
    for script in (_CASES, _FINDINGS, _TASKS, _NOTICES):
        for statement in script.split(";\n"):
            op.execute(statement)
