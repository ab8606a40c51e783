package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Sorted;
import java.time.Instant;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A database with its own owner, read/write and read-only roles.
 *
 * @param from the parent branch; null for a branch that starts on its own
 * @param holdSessions whether the parent's sessions may be ended, and new ones wait, while it is copied
 * @param transform what runs inside the copy before anyone may connect; null for nothing
 * @param asserts what must return no row afterwards, by file
 * @param slug overrides what the name would be slugged to; null to derive it
 * @param names overrides derived names, for adopted databases
 * @param rights whether the roles' rights are the only ones
 * @param schemas further schemas, beside public, in which the roles get their rights
 * @param connectionLimits null components mean unlimited
 * @param settings configuration parameters of the database, name to value
 * @param renamedFrom what it was called before; not kept once it is called otherwise, so null in what was applied
 */
public record Branch(
        String name,
        @Nullable String from,
        Data data,
        boolean holdSessions,
        @Nullable Script transform,
        SortedMap<String, Script> asserts,
        boolean isProtected,
        @Nullable Instant expiresAt,
        @Nullable String slug,
        NameOverrides names,
        Rights rights,
        SortedSet<String> schemas,
        ConnectionLimits connectionLimits,
        SortedMap<String, String> settings,
        @Nullable String renamedFrom,
        Origin origin) {

    public Branch {
        asserts = Sorted.map(asserts);
        schemas = Sorted.set(schemas);
        settings = Sorted.map(settings);
    }

    /** What of the parent a new branch starts with. */
    public enum Data {
        EMPTY,
        SCHEMA,
        FULL;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Data of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** What becomes of rights that somebody else gave. */
    public enum Rights {
        /** Nobody else holds any: what is there beside them is taken away. */
        EXACT,
        /** What is missing is given, nothing is taken away: for adopted databases that others use as well. */
        ADDITIVE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Rights of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Names that take the place of the derived ones; null where the convention holds. */
    public record NameOverrides(
            @Nullable String database,
            @Nullable String owner,
            @Nullable String rw,
            @Nullable String ro) {
        public static final NameOverrides NONE = new NameOverrides(null, null, null, null);

        private static NameOverrides of(Fields fields) {
            NameOverrides names = new NameOverrides(
                    fields.text("names.database"),
                    fields.text("names.owner"),
                    fields.text("names.rw"),
                    fields.text("names.ro"));
            return names.equals(NONE) ? NONE : names;
        }
    }

    /** Highest number of connections; null is unlimited. */
    public record ConnectionLimits(
            @Nullable Integer database,
            @Nullable Integer owner,
            @Nullable Integer rw,
            @Nullable Integer ro) {
        public static final ConnectionLimits UNLIMITED = new ConnectionLimits(null, null, null, null);

        private static ConnectionLimits of(Fields fields) {
            ConnectionLimits limits = new ConnectionLimits(
                    fields.number("connection_limits.database"),
                    fields.number("connection_limits.owner"),
                    fields.number("connection_limits.rw"),
                    fields.number("connection_limits.ro"));
            return limits.equals(UNLIMITED) ? UNLIMITED : limits;
        }
    }

    /** The branch {@code main} is protected unless the file says otherwise. */
    public static Branch of(String name, Fields fields) {
        return new Branch(
                name,
                fields.text("from"),
                Data.of(fields.text("data", "empty")),
                fields.flag("hold_sessions", false),
                Script.transform(fields),
                Script.asserts(fields),
                fields.flag("protected", name.equals(Project.MAIN)),
                fields.instant("expires_at"),
                fields.text("slug"),
                NameOverrides.of(fields),
                Rights.of(fields.text("rights", "exact")),
                fields.list("schemas"),
                ConnectionLimits.of(fields),
                fields.below("settings"),
                fields.text("renamed_from"),
                fields.origin());
    }

    public SortedMap<String, String> fields() {
        Fields.Writer fields = new Fields.Writer()
                .put("from", from)
                .put("data", data.word())
                .put("hold_sessions", holdSessions ? true : null)
                .put("protected", isProtected)
                .put("expires_at", expiresAt)
                .put("slug", slug)
                .put("names.database", names.database())
                .put("names.owner", names.owner())
                .put("names.rw", names.rw())
                .put("names.ro", names.ro())
                .put("rights", rights == Rights.EXACT ? null : rights.word())
                .list("schemas", schemas)
                .put("connection_limits.database", connectionLimits.database())
                .put("connection_limits.owner", connectionLimits.owner())
                .put("connection_limits.rw", connectionLimits.rw())
                .put("connection_limits.ro", connectionLimits.ro())
                .below("settings", settings);
        Script.write(fields, transform, asserts);
        return fields.done();
    }
}
