package io.axiomdb.audit;

import java.time.Instant;

/**
 * An entry in its place in the chain.
 *
 * @param sequence counts from 1 without gaps
 * @param at by the control plane's clock, to the microsecond
 * @param organization whose entry it is; all organizations of a control plane share one chain
 * @param previousHash hash of the row before; 64 zeros for the first
 * @param hash {@link AuditChain#hash}
 */
public record AuditRow(
        long sequence, Instant at, String organization, AuditEntry entry, String previousHash, String hash) {}
