package io.axiomdb.lab;

import io.axiomdb.adapter.controlplane.JdbcTarget;
import io.axiomdb.core.Secret;
import io.axiomdb.crash.Labels;
import io.axiomdb.crash.Point.When;
import io.axiomdb.crash.Tripwire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** An apply in a JVM of its own, which can be killed as no thread can. Reads what it needs from its standard input. */
final class Child {
    private Child() {}

    /** What it says when it has come to its point, where it waits to be killed. */
    static final String HERE = "here";

    static Process start(Site site, Policy policy) {
        return start(site, site.yaml(policy), "nowhere", When.BEFORE);
    }

    /** One that stops on a side of the call with a label. */
    static Process start(Site site, String yaml, String label, When when) {
        try {
            Process child = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            JdbcTarget target = site.target;
            try (var in = child.outputWriter(StandardCharsets.UTF_8)) {
                in.write(String.join(
                        "\n",
                        target.host(),
                        Integer.toString(target.port()),
                        target.database(),
                        target.user(),
                        target.password() == null ? "" : target.password().reveal(),
                        site.home.toString(),
                        label,
                        when.name(),
                        yaml));
            }
            return child;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What the child runs. */
    public static void main(String[] arguments) throws IOException {
        String[] said = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\n", 9);
        JdbcTarget target = new JdbcTarget(
                said[0], Integer.parseInt(said[1]), said[2], said[3], Secret.of(said[4]), "disable", null);
        When when = When.valueOf(said[7]);
        Tripwire.Strike strike = at -> {
            if (at == when) {
                System.out.println(HERE);
                while (true) {
                    LockSupport.park();
                }
            }
        };
        Site.applyOnce(
                target,
                Path.of(said[5]),
                Declaring.desired(said[8], Instant.now()),
                (plan, outside) -> Tripwire.at(new Labels(plan, Site.ORGANIZATION), said[6], strike)
                        .around(outside));
    }
}
