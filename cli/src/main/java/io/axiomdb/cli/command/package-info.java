/**
 * The commands, one class each: options in, one call of the engine, one view out. The only home of picocli. Start at
 * {@link io.axiomdb.cli.command.Axm}.
 */
@NullMarked
package io.axiomdb.cli.command;

import org.jspecify.annotations.NullMarked;
