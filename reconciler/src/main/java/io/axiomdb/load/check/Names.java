package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ReservedNames;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Names that PostgreSQL, its access file or AxiomDB itself would read as something else, and names too long for it. */
public final class Names {
    private final Consumer<Diagnostic> problems;

    private Names(Consumer<Diagnostic> problems) {
        this.problems = problems;
    }

    /** Whether the name of a database or role can stand in a file. */
    public static boolean fits(String name) {
        return !name.isEmpty()
                && name.getBytes(StandardCharsets.UTF_8).length <= BranchNames.LIMIT_BYTES
                && isPlain(name)
                && !isReserved(name);
    }

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        Names names = new Names(problems);
        desired.projects().values().forEach(names::project);
    }

    /** Derived names begin with the prefix or with the project's name; a whole reserved word can't come of them. */
    private void project(Project project) {
        reserved(
                project.prefix() + "_",
                project.origin().of("prefix"),
                "databases would be named " + project.prefix() + "_...");
        String key = BranchNames.appKey(project.name()) + "_";
        reserved(key, project.origin().self(), "roles would be named " + key + "...");
        project.branches().values().forEach(this::branch);
    }

    private void branch(Branch branch) {
        Branch.NameOverrides names = branch.names();
        given(names.database(), branch, "names.database");
        given(names.owner(), branch, "names.owner");
        given(names.rw(), branch, "names.rw");
        given(names.ro(), branch, "names.ro");
        for (String schema : branch.schemas()) {
            reserved(schema, branch.origin().of("schemas." + schema), schemaWords(schema));
        }
    }

    private static String schemaWords(String schema) {
        return schema.equals("public") ? "public is always included; leave it out" : "the schema \"" + schema + "\"";
    }

    private void given(@Nullable String name, Branch branch, String field) {
        if (name == null) {
            return;
        }
        Source at = branch.origin().of(field);
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > BranchNames.LIMIT_BYTES) {
            problems.accept(Diagnostic.of(
                    Code.NAME_TOO_LONG,
                    at,
                    "\"" + name + "\" has " + bytes,
                    "PostgreSQL would cut it silently; shorten it"));
        }
        if ("+@/".indexOf(name.charAt(0)) >= 0) {
            problems.accept(Diagnostic.of(
                    Code.RESERVED_NAME,
                    at,
                    "\"" + name + "\" begins with a character that means something in pg_hba.conf",
                    "rename the database or role first"));
        } else if (!isPlain(name)) {
            problems.accept(Diagnostic.of(
                    Code.BAD_VALUE,
                    at,
                    "the name \"" + name + "\"",
                    "letters, digits, _ $ . and - are accepted in names"));
        }
        reserved(name, at, "\"" + name + "\"");
    }

    private static boolean isPlain(String name) {
        return name.codePoints().allMatch(c -> Character.isLetterOrDigit(c) || "_$.-".indexOf(c) >= 0);
    }

    private static boolean isReserved(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return ReservedNames.ALL.contains(lower) || lower.startsWith("pg_") || lower.startsWith("axm_del_");
    }

    private void reserved(String name, Source at, String words) {
        if (isReserved(name)) {
            problems.accept(
                    Diagnostic.of(
                            Code.RESERVED_NAME,
                            at,
                            words,
                            "no name may begin with pg_ or axm_del_, nor be one that PostgreSQL, pg_hba.conf or PgBouncer keeps for itself"));
        }
    }
}
