package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A database.
 *
 * @param oid its number on its server, by which alone it is known; 0 where it is only wanted
 * @param marker the database's comment, a label that its owner can write; empty without a comment
 * @param connectionLimit -1 is unlimited
 * @param grants on the database, without those of its owner
 * @param settings parameters set by ALTER DATABASE SET, for all roles
 * @param contents null where the database could not be entered
 * @param template whether everybody who may make databases may copy it
 * @param unread why it could not, in the server's words; empty where it could, or nobody tried
 */
public record DatabaseState(
        String name,
        long oid,
        String marker,
        String owner,
        boolean allowConnections,
        int connectionLimit,
        SortedSet<Grant> grants,
        SortedMap<String, String> settings,
        @Nullable Contents contents,
        boolean template,
        String unread) {
    public DatabaseState {
        grants = Sorted.set(grants);
        settings = Sorted.map(settings);
    }

    /** One that was entered, or that nobody tried to enter, and no template. */
    public DatabaseState(
            String name,
            long oid,
            String marker,
            String owner,
            boolean allowConnections,
            int connectionLimit,
            SortedSet<Grant> grants,
            SortedMap<String, String> settings,
            @Nullable Contents contents) {
        this(name, oid, marker, owner, allowConnections, connectionLimit, grants, settings, contents, false, "");
    }

    /** One that is wanted. */
    public DatabaseState(
            String name,
            String marker,
            String owner,
            boolean allowConnections,
            int connectionLimit,
            SortedSet<Grant> grants,
            SortedMap<String, String> settings,
            @Nullable Contents contents) {
        this(name, 0, marker, owner, allowConnections, connectionLimit, grants, settings, contents);
    }

    /** The same with what is inside. */
    public DatabaseState with(@Nullable Contents inside) {
        return new DatabaseState(
                name,
                oid,
                marker,
                owner,
                allowConnections,
                connectionLimit,
                grants,
                settings,
                inside,
                template,
                unread);
    }

    /** The same, which could not be entered. */
    public DatabaseState unread(String why) {
        return new DatabaseState(
                name, oid, marker, owner, allowConnections, connectionLimit, grants, settings, null, template, why);
    }

    /**
     * What is inside, as far as the branch's schemas and roles are concerned.
     *
     * @param schemas by name; wanted: public and those named in the file; actual: those of them that exist
     * @param defaultGrants what objects that the owner will create get, without the owner's own rights
     * @param objects rights on existing objects
     * @param lookup columns of pg_authid that the pooler's role may read in this database
     * @param others objects in the whole database that belong to none of the branch's roles, counted by owner
     * @param eventTriggers names of those that are enabled
     */
    public record Contents(
            SortedMap<String, SchemaState> schemas,
            SortedSet<DefaultGrant> defaultGrants,
            SortedSet<ObjectRights> objects,
            SortedSet<String> lookup,
            SortedMap<String, Integer> others,
            SortedSet<String> eventTriggers) {
        public Contents {
            schemas = Sorted.map(schemas);
            defaultGrants = Sorted.set(defaultGrants);
            objects = Sorted.set(objects);
            lookup = Sorted.set(lookup);
            others = Sorted.map(others);
            eventTriggers = Sorted.set(eventTriggers);
        }

        public Contents(
                SortedMap<String, SchemaState> schemas,
                SortedSet<DefaultGrant> defaultGrants,
                SortedSet<ObjectRights> objects,
                SortedSet<String> lookup) {
            this(schemas, defaultGrants, objects, lookup, new TreeMap<>(), new TreeSet<>());
        }
    }

    /** A schema; its grants without those of its owner. */
    public record SchemaState(String name, String owner, SortedSet<Grant> grants) {
        public SchemaState {
            grants = Sorted.set(grants);
        }
    }
}
