/**
 * Small values that every other package speaks in: positions, diagnostics, digests, secrets, names.
 * Pure: no I/O, no clock, no library.
 */
@NullMarked
package io.axiomdb.core;

import org.jspecify.annotations.NullMarked;
