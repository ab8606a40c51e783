package io.axiomdb.cli.command;

import io.axiomdb.cli.view.Escape;
import io.axiomdb.cli.world.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The demo as a list of steps. Stops at the first expectation that does not hold. */
final class DemoScript {
    private static final String REPAIR = "privileges:shop/main";

    private final World world;
    private final String file;

    DemoScript(World world, Path file) {
        this.world = world;
        this.file = file.toString();
    }

    /** Plays it; returns the exit code. */
    int play() {
        try (DemoServer server = new DemoServer(world, Path.of(file))) {
            say("1. Find every problem in the file. Nothing is touched.");
            axm(server, Exit.OK, "validate", "--file", file);
            say("2. What would apply do? Nothing is there yet, and a look makes nothing.");
            axm(server, Exit.PENDING, "plan", "--file", file, "--detailed-exitcode");
            say(
                    "3. Apply exactly what was reviewed: it makes a PostgreSQL, the control plane and the managed host in one. Then prove it.");
            axm(server, Exit.OK, "apply", "--file", file, "--plan", server.digest());
            say("4. An application logs in with the credentials of the new branch.");
            axm(server, Exit.OK, "credentials", "url", "--file", file, "--project", server.project());
            server.applicationWorks();
            world.terminal().out().println();
            say("5. Plan again: nothing to do.");
            axm(server, Exit.OK, "plan", "--file", file, "--detailed-exitcode");
            say("6. Somebody changes the server by hand.");
            server.breakByHand();
            axm(server, Exit.PENDING, "drift", "--file", file);
            say("7. Repair it. What may have been taken away on purpose is repaired only when it is named.");
            axm(server, Exit.PENDING, "plan", "--file", file, "--repair", REPAIR, "--detailed-exitcode");
            axm(server, Exit.OK, "apply", "--file", file, "--repair", REPAIR, "--plan", server.digest());
            server.applicationReadsAgain();
            world.terminal().out().println();
            axm(server, Exit.OK, "drift", "--file", file);
            say("8. Who did what?");
            axm(server, Exit.OK, "audit", "list", "--file", file);
            axm(server, Exit.OK, "audit", "verify", "--file", file);
            say("All of it held. Next: docs/getting-started.md, with a server of your own.");
            return Exit.OK;
        } catch (DemoServer.Broken e) {
            world.terminal().err().println("axm demo: " + Escape.lines(String.valueOf(e.getMessage())));
            return Exit.ERROR;
        }
    }

    private void axm(DemoServer server, int expected, String... arguments) {
        List<String> words = new ArrayList<>(List.of("$", "axm"));
        Stream.of(arguments).map(Escape::shell).forEach(words::add);
        world.terminal().out().println(world.terminal().outStyle().bold(String.join(" ", words)));
        int exit = Axm.run(server.world(), List.of(arguments));
        world.terminal().out().println();
        if (exit != expected) {
            throw new DemoServer.Broken("expected exit code " + expected + ", got " + exit);
        }
    }

    private void say(String text) {
        world.terminal().out().println(world.terminal().outStyle().cyan("# " + text));
    }
}
