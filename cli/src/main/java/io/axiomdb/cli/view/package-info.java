/**
 * What people and machines get to see, as pure functions from values to text. No I/O, no clock, no picocli. Start at
 * {@link io.axiomdb.cli.view.PlanText}; everything a user can influence passes {@link io.axiomdb.cli.view.Escape}.
 */
@NullMarked
package io.axiomdb.cli.view;

import org.jspecify.annotations.NullMarked;
