package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code axm version}. */
@Command(
        name = "version",
        description = "Print the version.",
        footer = {"  axm version"})
final class Version extends WorldCommand {
    Version(World world) {
        super(world);
    }

    @Override
    int run() {
        print("axm " + world().version() + "\n");
        return Exit.OK;
    }

    /** The same for {@code --version}. */
    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"axm " + Axm.VERSION};
        }
    }
}
