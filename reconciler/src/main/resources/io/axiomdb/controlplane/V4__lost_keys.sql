-- A key that is lost opens nothing again: what it sealed stays where it is and counts as unknown.
ALTER TABLE axiomdb.secret_keys ADD COLUMN lost_at timestamptz;

ALTER TABLE axiomdb.credentials DROP CONSTRAINT credentials_state_check,
    ADD CONSTRAINT credentials_state_check CHECK (state IN ('PENDING', 'CURRENT', 'RETIRED', 'LOST'));
DROP INDEX axiomdb.credentials_live;
CREATE INDEX credentials_live ON axiomdb.credentials (organization) WHERE state IN ('PENDING', 'CURRENT');

ALTER TABLE axiomdb.credential_events DROP CONSTRAINT credential_events_event_check,
    ADD CONSTRAINT credential_events_event_check CHECK (event IN ('made', 'confirmed', 'retired', 'read', 'lost'));

-- Certificates of authorities whose private keys are lost. They sign no more, but what they signed is still shown: `sealed`
-- is empty, and bound to the number and to both certificates by a key that is not lost. Append-only.
CREATE TABLE axiomdb.lost_authorities (
    number  integer     NOT NULL REFERENCES axiomdb.certificate_authorities (number),
    key_id  text        NOT NULL REFERENCES axiomdb.secret_keys (key_id),
    sealed  bytea       NOT NULL,
    lost_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (number, key_id)
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON axiomdb.lost_authorities
    FOR EACH STATEMENT EXECUTE FUNCTION axiomdb.refuse_change();
ALTER TABLE axiomdb.lost_authorities ENABLE ALWAYS TRIGGER append_only;
