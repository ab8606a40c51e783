package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Sorted;
import java.time.Instant;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may connect to a project's branches, and from where.
 *
 * @param confirm the project's name, repeated for {@code public_all}
 * @param rules by name
 */
public record Network(Mode mode, @Nullable String confirm, SortedMap<String, Rule> rules, Origin origin) {
    public Network {
        rules = Sorted.map(rules);
    }

    /** How much of the world may reach the ports without a rule. */
    public enum Mode {
        RESTRICTED,
        PUBLIC_RUNTIME,
        PUBLIC_ALL;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Mode of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Which ports a rule opens. */
    public enum Ports {
        RUNTIME,
        DIRECT,
        BOTH;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Ports of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * One allowed range of addresses.
     *
     * @param cidr canonical text
     * @param branch the one branch of scope {@code branch}; null for scope {@code project}
     */
    public record Rule(
            String name,
            String label,
            String cidr,
            Ports ports,
            @Nullable String branch,
            @Nullable Instant expiresAt,
            Origin origin) {

        public static Rule of(String name, Fields fields) {
            return new Rule(
                    name,
                    fields.text("label", name),
                    fields.text("cidr", ""),
                    Ports.of(fields.text("ports", "both")),
                    fields.text("branch"),
                    fields.instant("expires_at"),
                    fields.origin());
        }

        public SortedMap<String, String> fields() {
            return new Fields.Writer()
                    .put("label", label)
                    .put("cidr", cidr)
                    .put("ports", ports.word())
                    .put("scope", branch == null ? "project" : "branch")
                    .put("branch", branch)
                    .put("expires_at", expiresAt)
                    .done();
        }
    }

    public static Network of(Fields fields, SortedMap<String, Rule> rules) {
        return new Network(Mode.of(fields.text("mode", "restricted")), fields.text("confirm"), rules, fields.origin());
    }

    /** The policy without its rules, which are resources of their own. */
    public SortedMap<String, String> fields() {
        return new Fields.Writer()
                .put("mode", mode.word())
                .put("confirm", confirm)
                .done();
    }
}
