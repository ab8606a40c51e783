/**
 * From the bytes of axiomdb.yaml to {@link io.axiomdb.desired.Desired} and every problem at once.
 * The only home of the YAML and JSON Schema libraries. Start at {@link io.axiomdb.load.Loader}.
 */
@NullMarked
package io.axiomdb.load;

import org.jspecify.annotations.NullMarked;
