package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code axm demo}. */
@Command(
        name = "demo",
        description = {
            "Show all of it once, on a throw-away PostgreSQL that comes along.",
            "Validate, plan, apply, an application that logs in, drift made by hand, its repair, the audit trail. Each"
                    + " expectation is checked."
        },
        footer = {"  axm demo", "  axm demo --keep /tmp/axm-demo            leave the data directory to look around in"
        })
final class Demo extends WorldCommand {
    private static final Path QUICKSTART = Path.of("examples", "quickstart", "axiomdb.yaml");

    @Option(names = "--keep", paramLabel = "DIR", description = "Use this data directory and leave it there.")
    private @Nullable Path keep;

    Demo(World world) {
        super(world);
    }

    @Override
    int run() {
        try {
            Path home = keep == null ? Files.createTempDirectory("axm-demo-") : keep.toAbsolutePath();
            try {
                return new DemoScript(world().at(home), quickstart()).play();
            } finally {
                if (keep == null) {
                    delete(home);
                } else {
                    note("axm: kept. Look around with\n    AXM_HOME=" + home + " axm audit list --file "
                            + quickstart());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As a user in a clone would name it, where that works. */
    private Path quickstart() {
        return Files.exists(QUICKSTART) ? QUICKSTART : world().installation().resolve(QUICKSTART);
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
