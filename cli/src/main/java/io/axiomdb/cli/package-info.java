/**
 * The command line: {@link io.axiomdb.cli.Main} starts it, {@link io.axiomdb.cli.Wiring} joins the engine with its
 * adapters. What is typed lives in {@code command}, what is seen in {@code view}. No decisions about databases here.
 */
@NullMarked
package io.axiomdb.cli;

import org.jspecify.annotations.NullMarked;
