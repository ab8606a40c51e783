package io.axiomdb.lab;

import io.axiomdb.adapter.controlplane.JdbcTarget;
import io.axiomdb.core.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** An apply in a JVM of its own, which can be killed as no thread can. Reads what it needs from its standard input. */
final class Child {
    private Child() {}

    static Process start(Site site, Policy policy) {
        try {
            Process child = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
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
                        site.yaml(policy)));
            }
            return child;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What the child runs. */
    public static void main(String[] arguments) throws IOException {
        String[] said = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).split("\n", 7);
        JdbcTarget target = new JdbcTarget(
                said[0], Integer.parseInt(said[1]), said[2], said[3], Secret.of(said[4]), "disable", null);
        Site.applyOnce(target, Path.of(said[5]), Declaring.desired(said[6], Instant.now()));
    }
}
