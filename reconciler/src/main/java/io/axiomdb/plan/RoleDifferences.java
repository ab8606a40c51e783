package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.host.RoleState.Attributes;
import io.axiomdb.host.RoleState.Membership;
import io.axiomdb.host.RoleState.Setting;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.Difference.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One wanted role against the actual one. Pure. */
final class RoleDifferences {
    /** From this version on a membership is taken back from the one who granted it. */
    private static final int GRANTORS_COUNT = 160000;

    private final RoleState want;
    private final String role;
    private final String subject;
    private final Origin origin;
    private final Source limitSource;
    private final int serverVersion;
    private final List<Difference> found = new ArrayList<>();

    private RoleDifferences(RoleState want, RoleKind kind, Origin origin, int serverVersion) {
        this.want = want;
        this.role = SqlText.identifier(want.name());
        this.subject = "role " + want.name();
        this.origin = origin;
        this.limitSource = origin.of("connection_limits." + kind.word());
        this.serverVersion = serverVersion;
    }

    static List<Difference> between(
            RoleState want,
            @Nullable RoleState actual,
            RoleKind kind,
            DatabaseState declared,
            Origin origin,
            int serverVersion) {
        RoleDifferences differences = new RoleDifferences(want, kind, origin, serverVersion);
        if (actual == null) {
            differences.create();
        } else {
            differences.attributes(actual.attributes());
            differences.limit(actual.connectionLimit());
            differences.memberships(actual);
            differences.settings(actual.settings(), declared);
            differences.password(actual.password(), Nature.PASSWORD);
        }
        return differences.found;
    }

    private void create() {
        String limit = want.connectionLimit() < 0 ? "" : " CONNECTION LIMIT " + want.connectionLimit();
        found.add(new Difference(
                subject,
                "",
                "",
                "LOGIN" + (want.attributes().createDb() ? " CREATEDB" : "") + limit,
                origin.self(),
                Nature.ORDINARY,
                Stage.ROLES,
                List.of(
                        "CREATE ROLE " + role + " LOGIN" + (want.attributes().createDb() ? " CREATEDB" : "") + limit,
                        "COMMENT ON ROLE " + role + " IS " + SqlText.literal(want.marker()))));
        password(PasswordMark.NONE, Nature.ORDINARY);
    }

    private void attributes(Attributes actual) {
        attribute("LOGIN", Attributes::login, actual);
        attribute("SUPERUSER", Attributes::superuser, actual);
        attribute("CREATEDB", Attributes::createDb, actual);
        attribute("CREATEROLE", Attributes::createRole, actual);
        attribute("INHERIT", Attributes::inherit, actual);
        attribute("REPLICATION", Attributes::replication, actual);
        attribute("BYPASSRLS", Attributes::bypassRls, actual);
        String until = actual.validUntil();
        if (until != null) {
            unasked("password valid until", until, "", origin.self(), "ALTER ROLE " + role + " VALID UNTIL 'infinity'");
        }
    }

    private void attribute(String word, Predicate<Attributes> has, Attributes actual) {
        boolean wanted = has.test(want.attributes());
        if (wanted != has.test(actual)) {
            String after = wanted ? word : "NO" + word;
            String before = wanted ? "NO" + word : word;
            // Without LOGIN the branch's own URLs would not work; nothing else was asked for.
            Nature nature = word.equals("LOGIN") ? Nature.ORDINARY : Nature.UNASKED;
            add(nature, "attribute", before, after, origin.self(), "ALTER ROLE " + role + " " + after);
        }
    }

    private void limit(int actual) {
        int wanted = want.connectionLimit();
        if (wanted != BranchWant.UNMANAGED && wanted != actual) {
            add(
                    "connection limit",
                    Limits.words(actual),
                    Limits.words(wanted),
                    limitSource,
                    "ALTER ROLE " + role + " CONNECTION LIMIT " + wanted);
        }
    }

    /** A role's own setting would go before what the branch declares for its database. */
    private void settings(SortedSet<Setting> actual, DatabaseState declared) {
        for (Setting setting : actual) {
            boolean here = setting.database().isEmpty() || setting.database().equals(declared.name());
            if (here && declared.settings().containsKey(setting.name())) {
                String in =
                        setting.database().isEmpty() ? "" : " IN DATABASE " + SqlText.identifier(setting.database());
                unasked(
                        "setting " + setting.name(),
                        setting.value(),
                        "",
                        origin.of("settings." + setting.name()),
                        "ALTER ROLE " + role + in + " RESET " + Parameters.quoted(setting.name()));
            }
        }
    }

    private void memberships(RoleState actual) {
        for (Membership of : actual.memberOf()) {
            String other = SqlText.identifier(of.role());
            unasked("member of", of.role(), "", origin.self(), "REVOKE " + other + " FROM " + role + by(of));
        }
        for (Membership member : actual.members()) {
            String other = SqlText.identifier(member.role());
            unasked("has member", member.role(), "", origin.self(), "REVOKE " + role + " FROM " + other + by(member));
        }
    }

    private String by(Membership membership) {
        return by(membership, serverVersion);
    }

    /** The end of a REVOKE, with those that hang on it. */
    static String by(Membership membership, int serverVersion) {
        boolean needed =
                serverVersion >= GRANTORS_COUNT && !membership.grantor().isEmpty();
        return (needed ? " GRANTED BY " + SqlText.identifier(membership.grantor()) : "") + " CASCADE";
    }

    /** A password is known by the fingerprint of its verifier alone. */
    private void password(PasswordMark actual, Nature nature) {
        PasswordMark wanted = want.password();
        if (!wanted.equals(PasswordMark.UNKNOWN) && !wanted.equals(actual)) {
            found.add(new Difference(
                    subject,
                    "password",
                    before(actual, wanted),
                    wanted.equals(PasswordMark.TO_BE_MADE) ? "a new one" : "the one that was set last",
                    origin.self(),
                    nature,
                    Stage.PASSWORDS,
                    List.of()));
        }
    }

    private static String before(PasswordMark actual, PasswordMark wanted) {
        if (actual.equals(PasswordMark.NONE)) {
            return "none";
        }
        return wanted.equals(PasswordMark.TO_BE_MADE)
                ? "one that AxiomDB does not know"
                : "not the one that was set last";
    }

    private void add(String name, String before, String after, Source source, String statement) {
        add(Nature.ORDINARY, name, before, after, source, statement);
    }

    private void unasked(String name, String before, String after, Source source, String statement) {
        add(Nature.UNASKED, name, before, after, source, statement);
    }

    private void add(Nature nature, String name, String before, String after, Source source, String statement) {
        found.add(new Difference(subject, name, before, after, source, nature, Stage.ROLES, List.of(statement)));
    }
}
