-- The control plane's own schema. Flyway makes the schema axiomdb; nothing here touches public.
-- Names are written out in full, for the search path of whoever runs this is not trusted.

-- What axiomdb.yaml declares, one table for each kind, all of one shape: io.axiomdb.adapter.controlplane.Resources
-- treats them alike. A row is kept for ever; removed_at says since when it is no longer declared. `complete` is false
-- while making it was begun and not yet seen to end; `enforced` is false for what this version stores and does not
-- carry out on hosts. There are no foreign keys between these tables, for a removed project's rows stay beside a new
-- project of the same name.

-- The name is the organization itself.
CREATE TABLE axiomdb.organizations (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    name         text        NOT NULL,
    declaration  jsonb       NOT NULL CHECK (pg_catalog.jsonb_typeof(declaration) = 'object'),
    enforced     boolean     NOT NULL,
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz
);
CREATE UNIQUE INDEX organizations_live ON axiomdb.organizations (organization, project, name) WHERE removed_at IS NULL;

-- People, whatever organizations they belong to.
CREATE TABLE axiomdb.users (
    email      text        PRIMARY KEY,
    created_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- What role a user has in an organization.
CREATE TABLE axiomdb.memberships (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    name         text        NOT NULL REFERENCES axiomdb.users (email),
    declaration  jsonb       NOT NULL CHECK (pg_catalog.jsonb_typeof(declaration) = 'object'),
    enforced     boolean     NOT NULL,
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz
);
CREATE UNIQUE INDEX memberships_live ON axiomdb.memberships (organization, project, name) WHERE removed_at IS NULL;

-- PostgreSQL servers. Holds references to secrets, never secrets.
CREATE TABLE axiomdb.hosts (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    name         text        NOT NULL,
    declaration  jsonb       NOT NULL CHECK (pg_catalog.jsonb_typeof(declaration) = 'object'),
    enforced     boolean     NOT NULL,
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz
);
CREATE UNIQUE INDEX hosts_live ON axiomdb.hosts (organization, project, name) WHERE removed_at IS NULL;

-- Projects.
CREATE TABLE axiomdb.projects (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    name         text        NOT NULL,
    declaration  jsonb       NOT NULL CHECK (pg_catalog.jsonb_typeof(declaration) = 'object'),
    enforced     boolean     NOT NULL,
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz
);
CREATE UNIQUE INDEX projects_live ON axiomdb.projects (organization, project, name) WHERE removed_at IS NULL;

-- One for each project: who may connect in principle.
CREATE TABLE axiomdb.network_policies (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    name         text        NOT NULL,
    declaration  jsonb       NOT NULL CHECK (pg_catalog.jsonb_typeof(declaration) = 'object'),
    enforced     boolean     NOT NULL,
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz
);
CREATE UNIQUE INDEX network_policies_live ON axiomdb.network_policies (organization, project, name) WHERE removed_at IS NULL;

-- Address ranges that may connect.
CREATE TABLE axiomdb.network_rules (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    name         text        NOT NULL,
    declaration  jsonb       NOT NULL CHECK (pg_catalog.jsonb_typeof(declaration) = 'object'),
    enforced     boolean     NOT NULL,
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz
);
CREATE UNIQUE INDEX network_rules_live ON axiomdb.network_rules (organization, project, name) WHERE removed_at IS NULL;

-- One for each project: how often credentials change.
CREATE TABLE axiomdb.rotation_policies (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    name         text        NOT NULL,
    declaration  jsonb       NOT NULL CHECK (pg_catalog.jsonb_typeof(declaration) = 'object'),
    enforced     boolean     NOT NULL,
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz
);
CREATE UNIQUE INDEX rotation_policies_live ON axiomdb.rotation_policies (organization, project, name) WHERE removed_at IS NULL;

-- Branches: a database and three roles each. They are known by their numbers on the server with this identifier, never by
-- names, comments or owners, which others can write; 0 is unknown.
CREATE TABLE axiomdb.project_branches (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    name         text        NOT NULL,
    declaration  jsonb       NOT NULL CHECK (pg_catalog.jsonb_typeof(declaration) = 'object'),
    enforced     boolean     NOT NULL,
    complete     boolean     NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz,
    system_identifier text   NOT NULL DEFAULT '',
    database_oid bigint      NOT NULL DEFAULT 0,
    owner_oid    bigint      NOT NULL DEFAULT 0,
    rw_oid       bigint      NOT NULL DEFAULT 0,
    ro_oid       bigint      NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX project_branches_live ON axiomdb.project_branches (organization, project, name) WHERE removed_at IS NULL;

-- Databases that are being made, under random names: written before CREATE DATABASE, with their numbers before they get
-- their branches' names, deleted with the outcome. What a crash leaves is known by this.
CREATE TABLE axiomdb.databases_being_made (
    name              text        PRIMARY KEY,
    branch_id         uuid        NOT NULL REFERENCES axiomdb.project_branches (id),
    mutation_id       text        NOT NULL,
    system_identifier text        NOT NULL DEFAULT '',
    oid               bigint      NOT NULL DEFAULT 0,
    begun_at          timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- Every version of every password that was ever sent to a host. `sealed` is a Tink AEAD ciphertext bound to
-- organization, project, branch, role and version; `mark` is a fingerprint of the verifier.
CREATE TABLE axiomdb.credentials (
    organization text        NOT NULL,
    project      text        NOT NULL,
    branch       text        NOT NULL,
    role         text        NOT NULL CHECK (role IN ('OWNER', 'RW', 'RO')),
    version      integer     NOT NULL CHECK (version > 0),
    state        text        NOT NULL CHECK (state IN ('PENDING', 'CURRENT', 'RETIRED')),
    mark         text        NOT NULL,
    key_id       text        NOT NULL,
    sealed       bytea       NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    confirmed_at timestamptz,
    retired_at   timestamptz,
    PRIMARY KEY (organization, project, branch, role, version)
);
CREATE UNIQUE INDEX credentials_one_current
    ON axiomdb.credentials (organization, project, branch, role) WHERE state = 'CURRENT';
CREATE INDEX credentials_live ON axiomdb.credentials (organization) WHERE state <> 'RETIRED';

-- Which keys the passwords above were sealed with, so that a wrong key is refused before it is used.
CREATE TABLE axiomdb.secret_keys (
    key_id        text        PRIMARY KEY,
    first_used_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- What happened to each version of a password. Append-only.
CREATE TABLE axiomdb.credential_events (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    organization text        NOT NULL,
    project      text        NOT NULL,
    branch       text        NOT NULL,
    role         text        NOT NULL,
    version      integer     NOT NULL,
    event        text        NOT NULL CHECK (event IN ('made', 'confirmed', 'retired', 'read'))
);

-- The trail: one row for an intent, one for its outcome. Append-only, chained by hash (io.axiomdb.audit.AuditChain).
CREATE TABLE axiomdb.audit_events (
    sequence       bigint      PRIMARY KEY CHECK (sequence > 0),
    at             timestamptz NOT NULL,
    organization   text        NOT NULL,
    mutation_id    text        NOT NULL,
    phase          text        NOT NULL,
    event          text        NOT NULL,
    actor          text        NOT NULL,
    actor_verified boolean     NOT NULL,
    ip             text,
    user_agent     text,
    commit_id      text,
    target_kind    text        NOT NULL,
    project        text        NOT NULL,
    target         text        NOT NULL,
    host           text        NOT NULL,
    old_value      jsonb       NOT NULL,
    new_value      jsonb       NOT NULL,
    trigger        text        NOT NULL,
    detail         text        NOT NULL,
    previous_hash  text        NOT NULL,
    hash           text        NOT NULL
);
CREATE INDEX audit_events_of_organization ON axiomdb.audit_events (organization, sequence);
CREATE INDEX audit_events_of_time ON axiomdb.audit_events (organization, at);
CREATE INDEX audit_events_of_mutation ON axiomdb.audit_events (mutation_id);

-- The newest row of the trail, so that rows dropped from its end are missed. Locking this row serializes writers.
-- The id is the control plane's: hosts keep it, with where the trail ended (io.axiomdb.core.Mark).
CREATE TABLE axiomdb.audit_head (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    sequence  bigint  NOT NULL,
    hash      text    NOT NULL,
    id        uuid    NOT NULL DEFAULT pg_catalog.gen_random_uuid()
);
INSERT INTO axiomdb.audit_head (sequence, hash) VALUES (0, pg_catalog.repeat('0', 64));

-- How many applies an organization has had that changed something.
CREATE TABLE axiomdb.applies (
    organization text   PRIMARY KEY,
    number       bigint NOT NULL
);

-- Intents without an outcome: what the next run has to look into. Derived from the trail.
CREATE TABLE axiomdb.unfinished_mutations (
    sequence     bigint PRIMARY KEY,
    organization text   NOT NULL,
    mutation_id  text   NOT NULL
);
CREATE INDEX unfinished_mutations_of_mutation ON axiomdb.unfinished_mutations (organization, mutation_id);

CREATE FUNCTION axiomdb.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '%.% is append-only: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION axiomdb.only_forward() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF NEW.sequence <= OLD.sequence OR NEW.id <> OLD.id THEN
        RAISE EXCEPTION 'the head of the audit trail only moves forward' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON axiomdb.audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION axiomdb.refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON axiomdb.credential_events
    FOR EACH STATEMENT EXECUTE FUNCTION axiomdb.refuse_change();
CREATE TRIGGER append_only BEFORE INSERT OR DELETE OR TRUNCATE ON axiomdb.audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION axiomdb.refuse_change();
CREATE TRIGGER only_forward BEFORE UPDATE ON axiomdb.audit_head
    FOR EACH ROW EXECUTE FUNCTION axiomdb.only_forward();
-- Also under session_replication_role = replica.
ALTER TABLE axiomdb.audit_events ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE axiomdb.credential_events ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE axiomdb.audit_head ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE axiomdb.audit_head ENABLE ALWAYS TRIGGER only_forward;

-- Who may change a host. Rows stay, for an epoch is never given twice; a lease given back has expired.
-- Several control planes may manage one server: the line tells whose epochs these are.
CREATE TABLE axiomdb.leases (
    host        text        PRIMARY KEY,
    line        uuid        NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
    epoch       bigint      NOT NULL,
    holder      text        NOT NULL,
    acquired_at timestamptz NOT NULL,
    renewed_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);

-- The next three tables belong to the specification; nothing in this version writes to them.

-- Work for a server's workers: a mutation that was asked for and has not been carried out.
CREATE TABLE axiomdb.provisioning_jobs (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    mutation_id  text        NOT NULL,
    state        text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    updated_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

-- Web origins from which a browser may call the API.
CREATE TABLE axiomdb.cors_origins (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    project      text        NOT NULL DEFAULT '',
    origin       text        NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    removed_at   timestamptz
);
CREATE UNIQUE INDEX cors_origins_live
    ON axiomdb.cors_origins (organization, project, origin) WHERE removed_at IS NULL;

-- Tokens for the API, by their SHA-256; a token itself is shown once and kept nowhere.
CREATE TABLE axiomdb.api_tokens (
    id           uuid        PRIMARY KEY DEFAULT pg_catalog.gen_random_uuid(),
    organization text        NOT NULL,
    email        text        NOT NULL REFERENCES axiomdb.users (email),
    label        text        NOT NULL,
    token_sha256 bytea       NOT NULL UNIQUE,
    created_at   timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    expires_at   timestamptz,
    revoked_at   timestamptz
);
