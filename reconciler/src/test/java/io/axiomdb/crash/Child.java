package io.axiomdb.crash;

import io.axiomdb.crash.Point.When;
import io.axiomdb.testing.Killed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** An apply in a JVM of its own, which says when it has come to the point and waits there to be killed. */
final class Child {
    private static final String HERE = "here";

    private Child() {}

    /** Starts one, waits until it has come to the point, and ends it with SIGKILL. */
    static void kill(Rig.Address address, Run run, Trial trial) throws IOException {
        Process child =
                start(address, trial, run.point().place().label(), run.point().when());
        try (BufferedReader said = child.inputReader(StandardCharsets.UTF_8)) {
            List<String> words = new ArrayList<>();
            String line = said.readLine();
            while (line != null && !line.equals(HERE)) {
                words.add(line);
                line = said.readLine();
            }
            if (line == null) {
                throw new IllegalStateException("the apply did not come by " + run.point() + ": " + words);
            }
        } finally {
            Killed.now(child);
        }
    }

    /** Starts one that stops at no point of its own. */
    static Process start(Rig.Address address, Trial trial) throws IOException {
        return start(address, trial, "nowhere", When.BEFORE);
    }

    private static Process start(Rig.Address address, Trial trial, String label, When when) throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName())
                .redirectErrorStream(true)
                .start();
        try (var in = child.outputWriter(StandardCharsets.UTF_8)) {
            List<String> lines = new ArrayList<>(List.of(trial.scenario().name(), trial.token(), label, when.name()));
            lines.addAll(address.lines());
            in.write(String.join("\n", lines));
        }
        return child;
    }

    /** What the child runs; everything that it needs comes by its standard input. */
    public static void main(String[] arguments) throws IOException {
        List<String> said = new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        Trial trial = new Trial(Scenarios.named(said.get(0)), said.get(1));
        When when = When.valueOf(said.get(3));
        try (Rig rig = Rig.open(Rig.Address.of(said.subList(4, said.size())), "child")) {
            Labels labels = new Labels(trial.plan(rig.outside()), trial.token());
            Tripwire tripwire = Tripwire.at(labels, said.get(2), at -> {
                if (at == when) {
                    System.out.println(HERE);
                    while (true) {
                        LockSupport.park();
                    }
                }
            });
            System.out.println(trial.apply(tripwire.around(rig.outside())));
        }
    }
}
