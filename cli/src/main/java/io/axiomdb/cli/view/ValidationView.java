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

    /** A file as seen from where axm runs: diagnostics name files as seen from the root file. */
    static String path(String named, String file) {
        String directory = file.substring(0, file.lastIndexOf('/') + 1);
        return named.isEmpty() ? file : directory + named;
    }
}
