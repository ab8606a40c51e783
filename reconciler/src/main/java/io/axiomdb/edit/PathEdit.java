package io.axiomdb.edit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value at a path of keys.
 *
 * @param content null to take away what is there
 */
record PathEdit(List<String> path, @Nullable Content content) {
    PathEdit {
        path = List.copyOf(path);
    }

    String on(String text) {
        return content == null ? TextEdit.remove(text, path) : TextEdit.put(text, path, content);
    }

    /** Of something in a project. */
    static PathEdit in(String project, List<String> path, @Nullable Content content) {
        List<String> whole = new ArrayList<>(List.of("projects", project));
        whole.addAll(path);
        return new PathEdit(whole, content);
    }
}
