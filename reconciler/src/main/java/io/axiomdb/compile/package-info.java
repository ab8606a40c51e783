/**
 * Pure functions from the declared state to the exact state that each host must have.
 */
@NullMarked
package io.axiomdb.compile;

import org.jspecify.annotations.NullMarked;
