package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose: said, or read from the file. */
final class OrganizationOption {
    @Mixin
    private final FileOption file = new FileOption();

    @Option(
            names = "--organization",
            paramLabel = "NAME",
            description = "The organization; read from the file when not said.")
    private @Nullable String organization;

    String of(World world) {
        return organization == null ? file.load(world).desired().organization() : organization;
    }

    FileOption file() {
        return file;
    }
}
