package io.axiomdb.edit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A new axiomdb.yaml that says what its parts are for.
 *
 * @param url of the server; null for the embedded one
 * @param user the administrator of that server
 * @param owner the first member; null for none yet
 */
public record FirstFile(
        String organization,
        String host,
        @Nullable String url,
        String user,
        String project,
        @Nullable String owner) {
    private static final String TEXT = """
            # yaml-language-server: $schema=https://axiomdb.dev/schema/axiomdb.schema.json
            #
            # What should be there. `axm plan` shows what that means, `axm apply` makes it so.
            version: 1

            # Everything below is kept under this name in the control plane.
            organization: %s

            # Who may do what: owner, admin, developer, viewer, billing. At least one is an owner.
            %s

            # PostgreSQL servers.
            hosts:
              %s:
            %s

            # Each branch of a project is a database with an owner, a read/write and a read-only role.
            projects:
              %s:
                host: %s

                # Who may connect, and from where.
                network:
                  mode: restricted
                  rules: {}
                  #   office-vpn: { label: Office VPN, cidr: 203.0.113.0/24, ports: both }

                branches:
                  # There is always a protected branch main.
                  main: {}
            """;

    public String text() {
        return TEXT.formatted(
                Quoting.value(organization),
                members(),
                Quoting.key(host),
                postgres(),
                Quoting.key(project),
                Quoting.value(host));
    }

    /** Where the file looks for the administrator's password, such as {@code DB1_ADMIN}. */
    public String variable() {
        return host.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_ADMIN";
    }

    private String members() {
        return owner == null
                ? "# members:\n#   dba@acme.example: owner"
                : "members:\n  " + Quoting.key(owner) + ": owner";
    }

    private String postgres() {
        if (url == null) {
            return "    # The PostgreSQL that AxiomDB brings along; it runs while an axm command runs.\n    postgres: embedded";
        }
        return "    postgres:\n      url: " + Quoting.value(url) + "\n      user: " + Quoting.value(user)
                + " # a superuser\n      # Never a password: where it is to be found (env:NAME, file:path).\n"
                + "      password: " + Quoting.value("env:" + variable());
    }
}
