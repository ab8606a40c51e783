/**
 * Writes a file from what is on a server, so that it can be adopted: text from values, pure. Whatever a server holds, the
 * text is a valid file; what can't be declared is told in comments. Start at {@link io.axiomdb.export.Export}.
 */
@NullMarked
package io.axiomdb.export;

import org.jspecify.annotations.NullMarked;
