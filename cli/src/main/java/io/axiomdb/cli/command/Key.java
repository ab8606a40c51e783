package io.axiomdb.cli.command;

import io.axiomdb.audit.Actor;
import io.axiomdb.cli.view.KeyJson;
import io.axiomdb.cli.view.KeyText;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.KeyRenewal.Lost;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code axm key}. */
@Command(
        name = "key",
        description = "The key that seals stored passwords (AXM_SECRETS_KEY).",
        footer = {"  axm key new"})
final class Key extends GroupCommand {
    private Key(World world) {
        super(world);
    }

    static CommandLine commandLine(World world) {
        return new CommandLine(new Key(world)).addSubcommand(new New(world));
    }

    /** {@code axm key new}. */
    @Command(
            name = "new",
            description = {
                "As an owner: make a new key in the place of one that is lost. Never over a key that can be read.",
                "Lists first what the old one sealed and nobody can open again. Passwords become unknown and keep working;",
                "new ones are made by name alone: axm apply --repair password:PROJECT/BRANCH."
            },
            footer = {"  axm key new                     read what is lost, say yes", "  axm key new --auto-approve"})
    static final class New extends OrganizationCommand {
        @Option(names = "--auto-approve", description = "Make it without asking.")
        private boolean automatic;

        @Mixin
        private final RequestOptions.ActorOption actor = new RequestOptions.ActorOption();

        New(World world) {
            super(world);
        }

        @Override
        Opening opening() {
            return Opening.APPLY;
        }

        @Override
        int run(String name, Opened opened) {
            Actor who = actor.actor(world());
            if (!opened.controlPlane().read(name).isOwner(who.name())) {
                throw new AxiomException(Diagnostic.of(
                        Code.KEY_NEEDS_OWNER,
                        who.name() + " is no owner of " + name,
                        "an owner makes it (say who you are with --actor)"));
            }
            Lost lost = opened.keys().lost();
            if (lost.keys().isEmpty()) {
                print(
                        json()
                                ? KeyJson.render("", lost)
                                : "Nothing is stored that needs a key; axm apply makes one when it first does.\n");
                return Exit.OK;
            }
            if (!json()) {
                print(KeyText.render(lost));
            }
            if (!automatic) {
                Approvals.confirm(terminal(), "Give the old key up and make a new one?", json());
            }
            String key = opened.keys().renew(name, lost, who);
            if (!lost.authorities().isEmpty()) {
                opened.authority().ready();
            }
            print(json() ? KeyJson.render(key, lost) : "\n" + KeyText.made(key, lost, name));
            return Exit.OK;
        }
    }
}
