package io.axiomdb.plan;

import io.axiomdb.host.Access;

/**
 * Live sessions that a change of access will end, as they were when it was planned. Never part of a digest.
 *
 * @param branch such as {@code shop/main}; the database's name where no branch of it is known
 * @param address that they come from
 * @param withOthers whether all pooled clients of the database are reconnected along with them, because the pooler can't
 *     end one alone
 */
public record EndedSessions(
        String host, Access.Port port, String branch, String database, String address, int count, boolean withOthers) {}
