package io.axiomdb.load;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.load.Files.Document;
import io.axiomdb.load.Node.Mapping;
import io.axiomdb.load.check.Meaning;
import io.axiomdb.port.DesiredSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads axiomdb.yaml and all it includes: bytes, text, tree, structure, meaning. Finds every problem at once. */
public final class Loader {
    private Loader() {}

    /**
     * Never throws for what is in the files.
     *
     * @param now what expiries are judged by
     */
    public static Loaded load(DesiredSource source, Instant now) {
        List<Diagnostic> problems = new ArrayList<>();
        Files files = new Files(source, problems::add);
        files.readAll();
        Desired desired = files.documents().isEmpty() ? null : declared(files, source, now, problems);
        boolean good = problems.stream().noneMatch(Diagnostic::isError);
        return new Loaded(
                good ? desired : null, problems.stream().sorted().distinct().toList(), blanked(files));
    }

    private static Desired declared(Files files, DesiredSource source, Instant now, List<Diagnostic> problems) {
        Suggest suggest = new Suggest();
        Mapping root = Merge.of(files.documents(), problems::add, suggest);
        Set<Node> unfit = Structure.check(root, suggest, problems::add);
        Desired desired = Declared.of(root, unfit, new Scripts(source, problems::add), problems::add);
        boolean allRead = !files.broken();
        problems.addAll(Meaning.problems(desired, now, allRead, unfit.isEmpty() && allRead, suggest::hint));
        return desired;
    }

    private static SortedMap<String, String> blanked(Files files) {
        Map<String, Mapping> trees = new HashMap<>();
        for (Document document : files.documents()) {
            trees.put(document.file(), document.mapping());
        }
        SortedMap<String, String> blanked = new TreeMap<>(files.texts());
        blanked.replaceAll((file, text) -> SecretPlaces.blanked(text, Optional.ofNullable(trees.get(file))));
        return blanked;
    }
}
