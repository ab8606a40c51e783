/**
 * Audit events and the hash chain over them. Pure.
 */
@NullMarked
package io.axiomdb.audit;

import org.jspecify.annotations.NullMarked;
