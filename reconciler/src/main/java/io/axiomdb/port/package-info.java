/**
 * What the engine needs from outside, as interfaces. Adapters implement them, tests fake them.
 */
@NullMarked
package io.axiomdb.port;

import org.jspecify.annotations.NullMarked;
