package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.NameList;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Parameters that ALTER DATABASE SET takes and that don't turn against whoever connects. search_path,
 * default_transaction_read_only and the timeouts are allowed: AxiomDB's own connections pin theirs at startup.
 */
public final class Settings {
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)?");

    /** They change who a session is, load code into every session, or let corrupt data pass for good. */
    private static final Set<String> DANGEROUS = Set.of(
            "role",
            "session_authorization",
            "is_superuser",
            "session_preload_libraries",
            "local_preload_libraries",
            "session_replication_role",
            "allow_system_table_mods",
            "ignore_system_indexes",
            "ignore_checksum_failure",
            "zero_damaged_pages");

    private Settings() {}

    /** Whether a database's own parameter can stand in a file. */
    public static boolean fits(String name, String value) {
        boolean readable = !NameList.isFor(name) || NameList.read(value).isPresent();
        return NAME.matcher(name).matches() && !DANGEROUS.contains(name) && !Global.NAMES.contains(name) && readable;
    }

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        desired.projects()
                .values()
                .forEach(project -> project.branches()
                        .values()
                        .forEach(branch ->
                                branch.settings().forEach((name, value) -> one(name, value, branch, problems))));
    }

    private static void one(String name, String value, Branch branch, Consumer<Diagnostic> problems) {
        Source at = branch.origin().of("settings." + name);
        String lower = name.toLowerCase(Locale.ROOT);
        if (!NAME.matcher(name).matches()) {
            problems.accept(Diagnostic.of(
                            Code.BAD_SETTING,
                            at,
                            "\"" + name + "\" is no parameter name",
                            "names are lower-case letters, digits and _, one dot for those of extensions")
                    .withHint(NAME.matcher(lower).matches() ? "did you mean \"" + lower + "\"?" : ""));
        } else if (DANGEROUS.contains(name)) {
            problems.accept(Diagnostic.of(
                    Code.BAD_SETTING,
                    at,
                    name + " would reach every session, the administrator's too",
                    "set it in the session that needs it"));
        } else if (Global.NAMES.contains(name)) {
            problems.accept(Diagnostic.of(
                    Code.BAD_SETTING,
                    at,
                    name + " belongs to the whole server",
                    "set it in postgresql.conf; a database can't have its own"));
        } else if (NameList.isFor(name) && NameList.read(value).isEmpty()) {
            problems.accept(Diagnostic.of(
                    Code.BAD_SETTING,
                    at,
                    name + " is a list of names, and PostgreSQL can't read this one",
                    "put commas between names; a name with a comma or a quote in it stands in double quotes, each quote"
                            + " inside twice"));
        }
    }

    /** Read on first use. */
    private static final class Global {
        private static final String RESOURCE = "server-wide-parameters.txt";
        private static final Set<String> NAMES = read();

        private static Set<String> read() {
            try (InputStream in = Settings.class.getResourceAsStream(RESOURCE)) {
                if (in == null) {
                    throw new IllegalStateException(RESOURCE + " is not packaged");
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.startsWith("#") && !line.isBlank())
                        .collect(Collectors.toUnmodifiableSet());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
