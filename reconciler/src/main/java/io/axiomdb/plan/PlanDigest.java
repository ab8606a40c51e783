package io.axiomdb.plan;

import io.axiomdb.core.Digest;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The digest by which a plan is reviewed: over the changes, what was there before, and the steps. Where in the file
 * something stands, times, and why are left out, so that moving lines about does not make a plan another one. Pure.
 */
final class PlanDigest {
    private final StringBuilder text = new StringBuilder("axiomdb.plan/1;");

    private PlanDigest() {}

    static Digest of(String organization, List<Change> changes) {
        return of(organization, changes, Collections.emptySortedMap());
    }

    static Digest of(String organization, List<Change> changes, SortedMap<String, String> forgets) {
        PlanDigest digest = new PlanDigest();
        digest.add(organization);
        changes.forEach(digest::change);
        forgets.forEach((host, mark) -> {
            digest.add(host);
            digest.add(mark);
        });
        return Digest.of(digest.text.toString());
    }

    private void change(Change change) {
        text.append('{');
        add(change.resource().kind().name());
        add(change.resource().project());
        add(change.resource().name());
        add(change.action().name());
        add(change.host());
        if (change.formerly() != null) {
            add(change.formerly().toString());
        }
        count(change.fields());
        change.fields().forEach(f -> {
            add(f.subject());
            add(f.name());
            add(f.before());
            add(f.after());
        });
        count(change.steps());
        change.steps().forEach(this::step);
        if (!change.undo().isEmpty()) {
            add("undo");
            change.undo().forEach(undo -> step(undo.step()));
        }
        count(change.declaration().keySet());
        change.declaration().forEach((name, value) -> {
            add(name);
            add(value);
        });
        text.append('}');
    }

    private void step(Step step) {
        text.append('[');
        switch (step) {
            case Step.Sql sql -> {
                add("sql");
                add(sql.database());
                count(sql.statements());
                sql.statements().forEach(this::add);
            }
            case Step.SqlAlone alone -> {
                add("alone");
                add(alone.database());
                add(alone.statement());
            }
            case Step.MakeRoles roles -> {
                add("roles");
                count(roles.statements());
                roles.statements().forEach(this::add);
            }
            case Step.NoteDatabase note -> {
                add("note");
                add(note.database());
            }
            case Step.Copy copy -> {
                add("copy");
                add(copy.from());
                add(copy.to());
                add(Copies.canonical(copy.way()));
                add(copy.login());
                add(copy.owner());
            }
            case Step.RunScript script -> {
                add("script");
                add(script.database());
                add(script.login());
                add(script.role());
                add(script.sql());
                add(script.asserts() ? "asserts" : "");
            }
            case Step.RefreshDerived derived -> {
                add("derived");
                add(derived.database());
                add(derived.login());
                add(derived.role());
            }
            case Step.SetAccess(String _, Access access) -> {
                add("access");
                count(access.lines());
                access.lines().forEach(this::add);
            }
            case Step.SetCertificate(String _, SortedSet<String> names, Host.Certificate.@Nullable Files files) -> {
                add("certificate");
                count(names);
                names.forEach(this::add);
                add(files == null ? "" : files.certificate());
                add(files == null ? "" : files.key());
            }
            case Step.CarryPasswords carry -> {
                add("carry");
                count(carry.keys().keySet());
                carry.keys().forEach((from, to) -> {
                    add(from.toString());
                    add(to.toString());
                });
            }
            case Step.SetPasswords passwords -> {
                add("passwords");
                count(passwords.targets());
                passwords.targets().forEach(t -> {
                    add(t.role());
                    add(t.credential().toString());
                    add(t.restore() ? "restore" : "make");
                });
            }
        }
        text.append(']');
    }

    private void count(Collection<?> items) {
        text.append(items.size()).append('#');
    }

    /** Length first, so that no two plans have the same text. */
    private void add(String value) {
        text.append(value.length()).append(':').append(value).append(';');
    }
}
