package io.axiomdb.edit;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.Script;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scripts as a file names them: relative to the file in which their project stands. */
final class ScriptPaths {
    private final String directory;

    private ScriptPaths(String directory) {
        this.directory = directory;
    }

    /** Relative to the root file. */
    static ScriptPaths root() {
        return new ScriptPaths("");
    }

    static ScriptPaths of(Desired before, String project) {
        Project owner = before.projects().get(project);
        String file = owner == null ? "" : owner.origin().self().file();
        return new ScriptPaths(file.substring(0, file.lastIndexOf('/') + 1));
    }

    /** @param transform and {@code asserts}: relative to the root file */
    Content.Keys.Writer write(Content.Keys.Writer keys, @Nullable String transform, Collection<String> asserts) {
        List<String> files = asserts.stream().map(this::below).toList();
        return keys.text(Script.TRANSFORM, transform == null ? null : below(transform))
                .words(Script.ASSERT, files.isEmpty() ? null : files);
    }

    private String below(String file) {
        return file.startsWith(directory) ? file.substring(directory.length()) : file;
    }
}
