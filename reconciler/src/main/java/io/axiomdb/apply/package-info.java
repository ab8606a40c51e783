/**
 * Performs the steps of a plan and writes the audit trail: the only caller of SqlRunner's changes.
 */
@NullMarked
package io.axiomdb.apply;

import org.jspecify.annotations.NullMarked;
