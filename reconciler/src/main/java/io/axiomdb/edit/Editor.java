package io.axiomdb.edit;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.Script;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.port.DesiredSource;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes edits of a configuration. Pure but for what it reads. */
public final class Editor {
    private Editor() {}

    /**
     * The text that the edit would leave. It was loaded, and means what the files meant before and the one change.
     *
     * @param source read once, for everything
     * @param now what expiries are judged by
     */
    public static Edited edit(DesiredSource source, Edit edit, Instant now) {
        Snapshot snapshot = new Snapshot(source);
        Loaded before = Loader.load(snapshot, now);
        Desired declared = before.desired();
        if (declared == null) {
            return new Edited.Refused(before.diagnostics(), before.texts());
        }
        List<Diagnostic> objections = edit.objections(declared);
        if (!objections.isEmpty()) {
            return new Edited.Refused(objections, before.texts());
        }
        String file = file(declared, edit, source.root());
        String text = snapshot.text(file);
        return edited(text, edit.paths(declared))
                .map(after -> checked(new Edited.Ready(file, text, after, before), snapshot, edit, now))
                .orElseGet(() -> unsafe(file, before));
    }

    /** A project is edited where it stands; a new one goes into the root file. */
    private static String file(Desired declared, Edit edit, String root) {
        Project project = declared.projects().get(edit.project());
        return project == null ? root : project.origin().self().file();
    }

    private static Optional<String> edited(String text, List<PathEdit> paths) {
        String edited = text;
        try {
            for (PathEdit path : paths) {
                edited = path.on(edited);
            }
            return Optional.of(edited);
        } catch (IllegalArgumentException e) {
            // One step left what the next can't read: an unusual layout, and nothing was written.
            return Optional.empty();
        }
    }

    private static Edited checked(Edited.Ready made, Snapshot snapshot, Edit edit, Instant now) {
        Loaded after = Loader.load(snapshot.with(made.file(), made.after()), now);
        SortedMap<ResourceKey, SortedMap<String, String>> expected = meaning(made.loaded());
        edit.expect(expected);
        expected.replaceAll((_, fields) -> withoutScripts(fields));
        if (after.desired() == null) {
            // What is wrong is either what was asked for, which is told, or how it was written.
            return Shape.changedOnlyAt(
                            edit.paths(Objects.requireNonNull(made.loaded().desired())), made.before(), made.after())
                    ? new Edited.Refused(after.diagnostics(), after.texts())
                    : unsafe(made.file(), made.loaded());
        }
        return meaning(after).equals(expected)
                ? new Edited.Ready(made.file(), made.before(), made.after(), after)
                : unsafe(made.file(), made.loaded());
    }

    private static SortedMap<ResourceKey, SortedMap<String, String>> meaning(Loaded loaded) {
        SortedMap<ResourceKey, SortedMap<String, String>> meaning = new TreeMap<>();
        Declarations.of(Objects.requireNonNull(loaded.desired()))
                .forEach((key, fields) -> meaning.put(key, withoutScripts(fields.values())));
        return meaning;
    }

    /** No edit touches the script that a branch names; what is in it is not in the file. */
    private static SortedMap<String, String> withoutScripts(SortedMap<String, String> fields) {
        SortedMap<String, String> values = new TreeMap<>(fields);
        values.keySet().removeIf(Script::isHash);
        return values;
    }

    private static Edited unsafe(String file, Loaded before) {
        Diagnostic why = Diagnostic.of(
                Code.EDIT_UNSAFE,
                new Source(file, 0, 0, 1),
                "an edit of " + file + " would not mean exactly what was asked for",
                "its layout is one that is not edited safely; edit it by hand. Nothing was written.");
        return new Edited.Refused(List.of(why), before.texts());
    }
}
