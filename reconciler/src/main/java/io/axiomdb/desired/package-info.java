/**
 * Records of what axiomdb.yaml declares. Pure; made by {@code load} from a file and by
 * {@code registry} from what was last applied.
 */
@NullMarked
package io.axiomdb.desired;

import org.jspecify.annotations.NullMarked;
