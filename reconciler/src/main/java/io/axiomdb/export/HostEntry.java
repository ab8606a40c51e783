package io.axiomdb.export;

import io.axiomdb.desired.Host;
import io.axiomdb.edit.Quoting;

/** A host as YAML. Pure. */
final class HostEntry {
    private static final String INDENT = "    ";

    private final StringBuilder text = new StringBuilder();

    private HostEntry() {}

    static String of(Host host) {
        HostEntry entry = new HostEntry();
        entry.text.append("  ").append(Quoting.key(host.name())).append(":\n");
        entry.postgres(host.postgres());
        if (host.ssh() != null) {
            entry.ssh("ssh", host.ssh(), INDENT);
            entry.line(INDENT, "firewall", host.firewall().word());
        }
        switch (host.certificate()) {
            case Host.Certificate.Issued() -> {}
            case Host.Certificate.Files(String file, String key) ->
                entry.text
                        .append(INDENT + "certificate: { file: ")
                        .append(Quoting.value(file))
                        .append(", key_file: ")
                        .append(Quoting.value(key))
                        .append(" }\n");
        }
        if (host.publicEndpoint() != null) {
            entry.line(INDENT, "public_endpoint", host.publicEndpoint());
        }
        entry.ports(host);
        boolean plain = host.ssh() != null || host.postgres() instanceof Host.Embedded;
        Host.Tls usual = plain ? Host.Tls.DISABLE : Host.Tls.REQUIRED;
        if (host.tls() != usual) {
            entry.line(INDENT, "tls", host.tls().word());
        }
        return entry.text.toString();
    }

    private void postgres(Host.Postgres postgres) {
        switch (postgres) {
            case Host.Embedded() -> line(INDENT, "postgres", "embedded");
            case Host.Server server -> {
                String address = server.address().contains(":") ? "[" + server.address() + "]" : server.address();
                text.append(INDENT + "postgres:\n");
                line(INDENT + "  ", "url", "postgresql://" + address + ":" + server.port() + "/" + server.database());
                line(INDENT + "  ", "user", server.user());
                if (server.password() != null) {
                    line(INDENT + "  ", "password", server.password().toString());
                }
                if (server.auth() != Host.Auth.SCRAM) {
                    line(INDENT + "  ", "auth", server.auth().word());
                }
            }
        }
    }

    private void ssh(String name, Host.Ssh ssh, String indent) {
        text.append(indent).append(name).append(":\n");
        String inner = indent + "  ";
        line(inner, "address", ssh.address());
        text.append(inner).append("port: ").append(ssh.port()).append('\n');
        line(inner, "user", ssh.user());
        line(inner, "key", ssh.key().toString());
        text.append(inner).append("host_keys:\n");
        ssh.hostKeys()
                .forEach(key -> text.append(inner)
                        .append("  - ")
                        .append(Quoting.value(key))
                        .append('\n'));
        if (ssh.jump() != null) {
            ssh("jump", ssh.jump(), inner);
        }
    }

    private void ports(Host host) {
        if (host.directPort() == null && host.runtimePort() == null) {
            return;
        }
        text.append(INDENT + "ports:\n");
        if (host.directPort() != null) {
            text.append(INDENT + "  direct: ").append(host.directPort()).append('\n');
        }
        if (host.runtimePort() != null) {
            text.append(INDENT + "  runtime: ").append(host.runtimePort()).append('\n');
        }
    }

    private void line(String indent, String key, String value) {
        text.append(indent)
                .append(key)
                .append(": ")
                .append(Quoting.value(value))
                .append('\n');
    }
}
