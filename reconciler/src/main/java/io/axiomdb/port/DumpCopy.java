package io.axiomdb.port;

import io.axiomdb.core.Secret;

/**
 * A database to be copied by pg_dump and pg_restore, into one that is there and empty.
 *
 * @param schemaOnly whether rows stay behind
 * @param login who restores: a role of its own that is nothing but a member of {@code owner}, so that no function of the
 *     original is ever run as more than that
 * @param password of the login; nobody keeps it
 * @param owner the role that everything restored belongs to
 */
public record DumpCopy(String from, String to, boolean schemaOnly, String login, Secret password, String owner) {}
