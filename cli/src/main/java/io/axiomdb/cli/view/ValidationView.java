package io.axiomdb.cli.view;

import io.axiomdb.load.Loaded;

/** Shows what came of reading a file. */
public interface ValidationView {
    /**
     * The whole document.
     *
     * @param file as the user named it
     */
    String render(Loaded validation, String file);
}
