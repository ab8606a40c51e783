package io.axiomdb.cli.view;

import io.axiomdb.port.KeyRenewal.Lost;
import io.axiomdb.registry.CredentialKey;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a lost key means, for people. */
public final class KeyText {
    private KeyText() {}

    /** What can't be opened again, role by role. */
    public static String render(Lost lost) {
        StringBuilder text = new StringBuilder();
        line(
                text,
                (lost.keys().size() == 1 ? "Key " : "Keys ") + String.join(", ", lost.keys()) + " was looked for in "
                        + lost.place() + " and is not there.");
        line(
                text,
                "If a backup has it, put it there instead: then nothing is lost. Otherwise this can't be opened again:");
        lost.roles().forEach((organization, roles) -> {
            line(text, "");
            line(text, "Passwords of organization " + organization + ", which become unknown and keep working:");
            roles.forEach(role -> line(text, "  " + role));
        });
        if (!lost.authorities().isEmpty()) {
            line(text, "");
            line(
                    text,
                    "The private key of the certificate authority. A new authority is made; no other signs it, so clients that verify"
                            + " servers need its certificate as well (axm ca) before hosts get new certificates: 30 days before"
                            + " their present ones end.");
        }
        return text.toString();
    }

    /** What to do next: new passwords, branch by branch. */
    public static String made(String key, Lost lost, String organization) {
        StringBuilder text = new StringBuilder();
        line(text, "Key " + key + " was made in " + lost.place() + ". Back it up, apart from the control plane.");
        if (!lost.authorities().isEmpty()) {
            line(text, "Give clients the certificates of both authorities:");
            line(text, "    axm ca > axiomdb-ca.pem");
        }
        List<CredentialKey> own = lost.roles().getOrDefault(organization, List.of());
        if (!own.isEmpty()) {
            line(text, "New passwords are made by name, and lock out who uses the old ones:");
            branches(own).forEach(branch -> line(text, "    axm apply --repair password:" + branch));
        }
        return text.toString();
    }

    private static SortedSet<String> branches(List<CredentialKey> roles) {
        return roles.stream()
                .map(role -> role.project() + "/" + role.branch())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void line(StringBuilder text, String line) {
        text.append(Escape.terminal(line)).append('\n');
    }
}
