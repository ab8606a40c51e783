-- What is AxiomDB's on this server. Written only in the transaction that has the effect, so a row is true whatever happens.
-- system: pg_control_system().system_identifier when it was written; OIDs mean nothing on another server.
-- rows: how rows of a parent came into the database when it was made. 'none': it began empty, with a schema alone, or was taken over
-- without a parent; 'masked': a script ran; 'unmasked': as they are; 'unknown': it was taken over, and has a parent.
REVOKE ALL ON DATABASE axiomdb_lock FROM PUBLIC;
CREATE SCHEMA axiomdb;
CREATE TABLE axiomdb.branch (
    system text NOT NULL,
    organization text NOT NULL,
    project text NOT NULL,
    branch text NOT NULL,
    id text NOT NULL,
    database oid NOT NULL,
    owner oid NOT NULL,
    rw oid NOT NULL,
    ro oid NOT NULL,
    rows text NOT NULL CHECK (rows IN ('none', 'masked', 'unmasked', 'unknown')),
    made timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization, project, branch),
    UNIQUE (system, database)
);
CREATE TABLE axiomdb.retained (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    system text NOT NULL,
    organization text NOT NULL,
    project text NOT NULL,
    branch text NOT NULL,
    id text NOT NULL,
    name text NOT NULL,
    database oid,
    owner oid,
    rw oid,
    ro oid,
    rows text NOT NULL CHECK (rows IN ('none', 'masked', 'unmasked', 'unknown')),
    origin text NOT NULL,
    removed timestamptz NOT NULL DEFAULT now(),
    keep_until timestamptz,
    memberships jsonb NOT NULL DEFAULT '[]',
    connection_limit int NOT NULL DEFAULT -1,
    keeper text NOT NULL DEFAULT current_user,
    UNIQUE (system, database)
);
CREATE TABLE axiomdb.mark (
    organization text NOT NULL,
    control_plane text NOT NULL,
    apply bigint NOT NULL CHECK (apply BETWEEN 1 AND 9007199254740992),
    sequence bigint NOT NULL CHECK (sequence BETWEEN 0 AND 9007199254740992),
    head text NOT NULL CHECK (head ~ '^[0-9a-f]{64}$'),
    written timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organization, control_plane)
)
