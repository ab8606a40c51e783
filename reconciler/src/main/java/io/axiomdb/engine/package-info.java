/**
 * The facade that the command line and the server use: validate, plan, apply, drift.
 */
@NullMarked
package io.axiomdb.engine;

import org.jspecify.annotations.NullMarked;
