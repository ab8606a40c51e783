/**
 * Applies that are cut short at every point and in every way, and what the next apply makes of it. Start at {@link
 * io.axiomdb.crash.Scenarios}: a new scenario is a few lines there; the points come from what its apply really calls.
 */
@NullMarked
package io.axiomdb.crash;

import org.jspecify.annotations.NullMarked;
