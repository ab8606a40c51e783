package io.axiomdb.plan;

import io.axiomdb.desired.Host;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Access;
import io.axiomdb.host.CopyWay;
import io.axiomdb.registry.CredentialKey;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One effect on a host, as data. The same value is shown, digested, audited and performed. No step can hold a secret:
 * passwords are references.
 */
public sealed interface Step {
    /** What it does, for people: a few words. */
    String title();

    /**
     * Statements in one transaction: all or nothing.
     *
     * @param database where; empty for the host's maintenance database
     */
    record Sql(String title, String database, List<String> statements) implements Step {
        public Sql {
            statements = List.copyOf(statements);
        }
    }

    /** One statement that PostgreSQL refuses inside a transaction, such as CREATE DATABASE. */
    record SqlAlone(String title, String database, String statement) implements Step {}

    /**
     * Statements in one transaction that make roles. Their numbers are written down before it commits: by these they are the
     * branch's, and never by their names.
     *
     * @param made the roles by name
     */
    record MakeRoles(String title, List<String> statements, SortedMap<String, RoleKind> made) implements Step {
        public MakeRoles {
            statements = List.copyOf(statements);
            made = Collections.unmodifiableSortedMap(new TreeMap<>(made));
        }
    }

    /**
     * Looks for the database that is being made, by its name and its owner, a superuser, and writes its number down.
     *
     * @param database a name of AxiomDB's own ({@link io.axiomdb.compile.CopyNames})
     */
    record NoteDatabase(String title, String database) implements Step {}

    /** Stores new passwords or finds the stored ones, and sets their verifiers in one transaction. */
    record SetPasswords(String title, List<Target> targets) implements Step {
        public SetPasswords {
            targets = List.copyOf(targets);
        }

        /**
         * Whose password.
         *
         * @param role its name on the host
         * @param restore whether the password that was set last is set again, so that printed URLs go on working;
         *     otherwise a new one is made
         */
        public record Target(String role, CredentialKey credential, boolean restore) {}
    }

    /**
     * Stores passwords that are in force under another key as well, as they are; a key without a password is passed over.
     * Nothing changes on the host.
     *
     * @param keys from the old key to the new one
     */
    record CarryPasswords(String title, SortedMap<CredentialKey, CredentialKey> keys) implements Step {
        public CarryPasswords {
            keys = Collections.unmodifiableSortedMap(new TreeMap<>(keys));
        }
    }

    /**
     * Makes a database that is like another one; only superusers may connect to it.
     *
     * @param to a name of AxiomDB's own ({@link io.axiomdb.compile.CopyNames})
     * @param login a role that is there for the restoring alone
     * @param owner the role that what is restored belongs to
     */
    record Copy(String title, String from, String to, CopyWay way, String login, String owner) implements Step {}

    /**
     * Runs a script inside a database, in one transaction, over a connection that was never more than {@code role}: no
     * statement of it can make it a superuser's.
     *
     * @param asserts whether it fails when a query of it returns a row; then nothing that it changes stays
     * @param login a member of the role, that is there for this alone; it gets a password that nobody keeps
     */
    record RunScript(String title, String database, String login, String role, String file, String sql, boolean asserts)
            implements Step {}

    /**
     * Empties what a database holds of its columns' values beside the rows, and makes it anew from the rows as they are now:
     * materialized views, statistics. What can't be made anew stays empty and is reported.
     *
     * @param login as that of a script
     */
    record RefreshDerived(String title, String database, String login, String role) implements Step {}

    /**
     * Makes the files, the pooler and the firewall of a host let in exactly this: all layers or none, old and new being
     * valid until the new is, and undone by the host itself unless confirmed over a new connection.
     */
    record SetAccess(String title, Access access) implements Step {}

    /**
     * Has the authority sign a certificate for the host's own key and the host show it, or points the host to files of
     * its own.
     *
     * @param names what clients call the host; none with {@code files}
     */
    record SetCertificate(String title, SortedSet<String> names, Host.Certificate.@Nullable Files files)
            implements Step {
        public SetCertificate {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
        }
    }
}
