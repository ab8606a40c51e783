package io.axiomdb.engine;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import java.util.List;
import java.util.Objects;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place of axiomdb.yaml that takes text.
 *
 * @param place which part of the frame the line goes to
 * @param line YAML with {@code @} where the text goes
 * @param has whether the configuration holds exactly that text there
 */
record NaughtyField(String name, String place, String line, BiPredicate<Desired, String> has) {
    private static final String FRAME = """
            version: 1
            organization: <organization|acme>
            members: { dba@acme.example: owner<members|> }
            hosts: { db1: { postgres: { url: "postgresql://127.0.0.1/postgres"<postgres|> }<host|> }<hosts|> }
            projects:
              { shop: { host: db1<project|>,
                  network: { rules: { r: { <rule|cidr: 192.0.2.1> }<rules|> }<network|> },
                  branches: { feature: { <branch|> }<branches|> } }<projects|> }
            <root|>
            """;
    private static final Pattern SLOT = Pattern.compile("<([a-z]+)\\|([^>]*)>");

    /** Free text: nearly all of it is accepted. */
    static final List<NaughtyField> FREE = List.of(
            new NaughtyField(
                    "label",
                    "rule",
                    "cidr: 192.0.2.1, label: @",
                    (d, text) -> rule(d).label().equals(text)),
            new NaughtyField(
                    "setting",
                    "branch",
                    "settings: { app.x: @ }",
                    (d, text) -> text.equals(branch(d).settings().get("app.x"))),
            new NaughtyField(
                    "member", "members", ", @: viewer", (d, text) -> d.members().containsKey(text)),
            new NaughtyField(
                    "administrator",
                    "postgres",
                    ", user: @",
                    (d, text) -> server(d).user().equals(text)),
            new NaughtyField(
                    "confirm",
                    "network",
                    ", confirm: @",
                    (d, text) -> text.equals(network(d).confirm())));

    /** Text with a grammar: little of it is accepted. */
    static final List<NaughtyField> STRICT = List.of(
            new NaughtyField(
                    "organization",
                    "organization",
                    "@",
                    (d, text) -> d.organization().equals(text)),
            new NaughtyField(
                    "host",
                    "hosts",
                    ", @: { postgres: embedded }",
                    (d, text) -> d.hosts().containsKey(text)),
            new NaughtyField(
                    "project",
                    "projects",
                    ", @: { host: db1 }",
                    (d, text) -> d.projects().containsKey(text)),
            new NaughtyField(
                    "branch",
                    "branches",
                    ", @: {}",
                    (d, text) -> shop(d).branches().containsKey(text)),
            new NaughtyField(
                    "rule",
                    "rules",
                    ", @: { cidr: 192.0.2.2 }",
                    (d, text) -> network(d).rules().containsKey(text)),
            new NaughtyField(
                    "endpoint", "host", ", public_endpoint: @", (d, text) -> text.equals(host(d).publicEndpoint())),
            new NaughtyField(
                    "tls", "host", ", tls: @", (d, text) -> host(d).tls().word().equals(text)),
            new NaughtyField(
                    "env", "project", ", env: @", (d, text) -> shop(d).env().equals(text)),
            new NaughtyField(
                    "prefix",
                    "project",
                    ", prefix: @",
                    (d, text) -> shop(d).prefix().equals(text)),
            new NaughtyField("project_host", "projects", ", other: { host: @ }", (d, text) -> false),
            new NaughtyField(
                    "from",
                    "branch",
                    "from: @",
                    (d, text) -> text.equals(branch(d).from())),
            new NaughtyField(
                    "slug",
                    "branch",
                    "slug: @",
                    (d, text) -> text.equals(branch(d).slug())),
            new NaughtyField(
                    "data",
                    "branch",
                    "data: @",
                    (d, text) -> branch(d).data().word().equals(text)),
            new NaughtyField(
                    "database",
                    "branch",
                    "names: { database: @ }",
                    (d, text) -> text.equals(branch(d).names().database())),
            new NaughtyField(
                    "owner",
                    "branch",
                    "names: { owner: @ }",
                    (d, text) -> text.equals(branch(d).names().owner())),
            new NaughtyField(
                    "rw",
                    "branch",
                    "names: { rw: @ }",
                    (d, text) -> text.equals(branch(d).names().rw())),
            new NaughtyField(
                    "ro",
                    "branch",
                    "names: { ro: @ }",
                    (d, text) -> text.equals(branch(d).names().ro())),
            new NaughtyField(
                    "schema",
                    "branch",
                    "schemas: [@]",
                    (d, text) -> branch(d).schemas().contains(text)),
            new NaughtyField(
                    "setting_name",
                    "branch",
                    "settings: { @: x }",
                    (d, text) -> branch(d).settings().containsKey(text)),
            new NaughtyField(
                    "expiry",
                    "branch",
                    "expires_at: @",
                    (d, text) -> text.equals(String.valueOf(branch(d).expiresAt()))),
            new NaughtyField(
                    "mode",
                    "network",
                    ", mode: @",
                    (d, text) -> network(d).mode().word().equals(text)),
            new NaughtyField(
                    "cidr", "rule", "cidr: @", (d, text) -> rule(d).cidr().equals(text)),
            new NaughtyField(
                    "ports",
                    "rule",
                    "cidr: 192.0.2.1, ports: @",
                    (d, text) -> rule(d).ports().word().equals(text)),
            new NaughtyField("scope", "rule", "cidr: 192.0.2.1, scope: @", (d, text) -> false),
            new NaughtyField(
                    "rule_branch",
                    "rule",
                    "cidr: 192.0.2.1, scope: branch, branch: @",
                    (d, text) -> text.equals(rule(d).branch())),
            new NaughtyField("notify", "project", ", rotation_policy: { notify: [@] }", (d, text) -> false),
            new NaughtyField("interval", "project", ", rotation_policy: { interval_days: @ }", (d, text) -> false),
            new NaughtyField("limit", "branch", "connection_limits: { rw: @ }", (d, text) -> false),
            new NaughtyField("include", "root", "include: [@]", (d, text) -> false),
            new NaughtyField("url", "hosts", ", other: { postgres: { url: @ } }", (d, text) -> false),
            new NaughtyField("password", "postgres", ", password: @", (d, text) -> false),
            new NaughtyField(
                    "machine",
                    "host",
                    ", ssh: { address: @, key: 'file:/k', host_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY] }",
                    (d, text) -> false),
            new NaughtyField(
                    "login",
                    "host",
                    ", ssh: { address: a.example, user: @, key: 'file:/k', host_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY] }",
                    (d, text) -> Objects.requireNonNull(host(d).ssh()).user().equals(text)),
            new NaughtyField(
                    "key",
                    "host",
                    ", ssh: { address: a.example, key: @, host_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY] }",
                    (d, text) -> false),
            new NaughtyField(
                    "machine_key",
                    "host",
                    ", ssh: { address: a.example, key: 'file:/k', host_keys: [@] }",
                    (d, text) -> false),
            new NaughtyField(
                    "certificate",
                    "host",
                    ", ssh: { address: a.example, key: 'file:/k', host_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY] }, certificate: { file: @, key_file: /k }",
                    (d, text) -> host(d).certificate().equals(new Host.Certificate.Files(text, "/k"))),
            new NaughtyField("unknown_property", "root", "@: x", (d, text) -> false));

    /** A file in which only this place is naughty. */
    String yaml(String written) {
        return SLOT.matcher(FRAME)
                .replaceAll(slot -> Matcher.quoteReplacement(
                        slot.group(1).equals(place) ? line.replace("@", written) : slot.group(2)));
    }

    private static Project shop(Desired d) {
        return Objects.requireNonNull(d.projects().get("shop"));
    }

    private static Branch branch(Desired d) {
        return Objects.requireNonNull(shop(d).branches().get("feature"));
    }

    private static Network network(Desired d) {
        return Objects.requireNonNull(shop(d).network());
    }

    private static Network.Rule rule(Desired d) {
        return Objects.requireNonNull(network(d).rules().get("r"));
    }

    private static Host host(Desired d) {
        return Objects.requireNonNull(d.hosts().get("db1"));
    }

    private static Host.Server server(Desired d) {
        return (Host.Server) host(d).postgres();
    }
}
