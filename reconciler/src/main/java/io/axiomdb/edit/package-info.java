/**
 * Edits of axiomdb.yaml that leave every other line as its author wrote it: text in, text out, pure. What an edit would
 * make is loaded again and has to mean what was there before and the one change, else it is refused. Start at
 * {@link io.axiomdb.edit.Editor}.
 */
@NullMarked
package io.axiomdb.edit;

import org.jspecify.annotations.NullMarked;
