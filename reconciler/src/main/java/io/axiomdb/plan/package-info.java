/**
 * The plan as data (Change, FieldChange, Step, Plan) and the pure functions that make it from
 * wanted and actual state. No I/O, no clock. Start at {@link io.axiomdb.plan.Planner}.
 */
@NullMarked
package io.axiomdb.plan;

import org.jspecify.annotations.NullMarked;
