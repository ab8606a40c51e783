-- AxiomDB's own certificate authorities; the one with the highest number signs. `certificate` is signed by itself,
-- `bridge` is the same name and key signed by the authority before it and empty for the first. `sealed` is the private
-- key, a Tink AEAD ciphertext bound to the number and to both certificates, so that none of them can be replaced.
-- Append-only.
CREATE TABLE axiomdb.certificate_authorities (
    number      integer     PRIMARY KEY CHECK (number > 0),
    certificate text        NOT NULL,
    bridge      text        NOT NULL,
    key_id      text        NOT NULL REFERENCES axiomdb.secret_keys (key_id),
    sealed      bytea       NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON axiomdb.certificate_authorities
    FOR EACH STATEMENT EXECUTE FUNCTION axiomdb.refuse_change();
ALTER TABLE axiomdb.certificate_authorities ENABLE ALWAYS TRIGGER append_only;
