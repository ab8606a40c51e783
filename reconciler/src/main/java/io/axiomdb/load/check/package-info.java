/**
 * What a file must mean to be accepted, one class for each rule. Pure functions of what is declared; no YAML here.
 * Start at {@link io.axiomdb.load.check.Meaning}.
 */
@NullMarked
package io.axiomdb.load.check;

import org.jspecify.annotations.NullMarked;
