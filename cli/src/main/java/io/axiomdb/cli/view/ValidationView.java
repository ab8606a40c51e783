package io.axiomdb.cli.view;

import io.axiomdb.engine.Validation;

/** Shows what came of reading a file. */
public interface ValidationView {
    /**
     * The whole document.
     *
     * @param file as the user named it
     */
    String render(Validation validation, String file);
}
