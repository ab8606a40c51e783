package io.axiomdb.apply;

import io.axiomdb.audit.Actor;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf changes are made.
 *
 * @param commit of the file; null where it is not known
 */
public record ApplyRequest(Actor actor, @Nullable String commit, String trigger) {}
