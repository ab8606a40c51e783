package io.axiomdb.cli.command;

import io.axiomdb.cli.world.World;
import java.util.Locale;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code axm completion}. */
@Command(
        name = "completion",
        description = "Print what makes a shell complete axm's commands and options.",
        footer = {
            "  source <(axm completion bash)                                    in ~/.bashrc",
            "  source <(axm completion zsh)                                     in ~/.zshrc",
            "  axm completion fish > ~/.config/fish/completions/axm.fish"
        })
final class Completion extends WorldCommand {
    /** For which shell. */
    enum Shell {
        BASH,
        ZSH,
        FISH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Supplier<CommandLine> whole;

    @Parameters(paramLabel = "SHELL", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Shell shell = Shell.BASH;

    /**
     * A command.
     *
     * @param whole makes the whole command tree, which most commands are started without
     */
    Completion(World world, Supplier<CommandLine> whole) {
        super(world);
        this.whole = whole;
    }

    @Override
    int run() {
        CommandLine axm = whole.get();
        print(
                switch (shell) {
                    // One script for both: in zsh it switches bash's way of completing on.
                    case BASH, ZSH -> AutoComplete.bash("axm", axm);
                    case FISH -> FishCompletion.of(axm.getCommandSpec());
                });
        return Exit.OK;
    }
}
