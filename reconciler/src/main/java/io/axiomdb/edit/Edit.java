package io.axiomdb.edit;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.SortedMap;

/** One change to what is declared, as somebody asks for it. */
public sealed interface Edit
        permits CreateProject,
                CreateBranch,
                DeleteBranch,
                UndeleteBranch,
                CreateRule,
                DeleteRule,
                SetMode,
                SetRotation {
    /** The project it is about. */
    String project();

    /** What a commit of it says: {@code Add branch feature/auth to shop}. */
    String subject();

    /** What stands against it in what is declared now. */
    List<Diagnostic> objections(Desired before);

    /** Where in the file what has to stand. */
    List<PathEdit> paths(Desired before);

    /** Makes the same change to the declarations, for the edited file to be held against. */
    void expect(SortedMap<ResourceKey, SortedMap<String, String>> all);
}
