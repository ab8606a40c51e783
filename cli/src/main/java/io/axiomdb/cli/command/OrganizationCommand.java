package io.axiomdb.cli.command;

import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import picocli.CommandLine.Mixin;

/** A command about what was applied for one organization; no file is needed when the organization is said. */
abstract class OrganizationCommand extends WorldCommand {
    @Mixin
    private final OrganizationOption organization = new OrganizationOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    OrganizationCommand(World world) {
        super(world);
    }

    @Override
    final boolean json() {
        return output.json();
    }

    @Override
    final int run() {
        String name = organization.of(world());
        try (Opened opened = world().open(file().file())) {
            return run(name, opened);
        }
    }

    /** Does it; returns the exit code. */
    abstract int run(String name, Opened opened);

    final FileOption file() {
        return organization.file();
    }
}
