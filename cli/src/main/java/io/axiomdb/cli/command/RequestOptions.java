package io.axiomdb.cli.command;

import io.axiomdb.audit.Actor;
import io.axiomdb.cli.world.World;
import io.axiomdb.engine.Request;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.HeldBack.Named;
import io.axiomdb.plan.HeldBack.Repair;
import io.axiomdb.port.DesiredSource.Commit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What is asked for beside the file: dangerous repairs, removals, and who asks. */
final class RequestOptions {
    private static final int ONE = 1;
    private static final int LONGEST = 200;

    @Mixin
    private final ActorOption actor = new ActorOption();

    @Option(
            names = "--repair",
            paramLabel = "KIND:PROJECT/BRANCH",
            converter = RepairConverter.class,
            description =
                    "Repair drift that is otherwise left alone: password:shop/main sets the stored password again,"
                            + " privileges:shop/main gives back what was revoked, database:shop/main makes a lost database anew,"
                            + " empty. Repeatable.")
    private List<Named> repairs = new ArrayList<>();

    @Option(
            names = "--allow-destroy",
            paramLabel = "N",
            converter = CountConverter.class,
            description = "How many projects and branches may go in one plan (default: 1).")
    private int allowDestroy = ONE;

    @Option(
            names = "--unmasked",
            paramLabel = "REASON",
            converter = ReasonConverter.class,
            description =
                    "As an owner: let branches of a project with masking: require hold rows without a transform: script."
                            + " The reason is audited.")
    private String unmasked = "";

    @Option(
            names = "--control-plane-restored",
            paramLabel = "REASON",
            converter = ReasonConverter.class,
            description =
                    "As an owner: go on though hosts know later applies than this control plane, which was restored from a backup."
                            + " For this call; the reason is audited.")
    private String restored = "";

    Request request(World world, @Nullable Commit commit) {
        Set<Named> named = new LinkedHashSet<>(repairs);
        return new Request(
                actor.actor(world),
                "manual",
                commit,
                Asked.of(named, allowDestroy).withUnmasked(unmasked).withRestored(restored));
    }

    /** To be said again in the next command, because they are part of what was planned. */
    List<String> flags() {
        List<String> flags = new ArrayList<>();
        repairs.stream()
                .distinct()
                .forEach(r -> flags.addAll(List.of("--repair", r.repair().word() + ":" + r.path())));
        if (allowDestroy != ONE) {
            flags.addAll(List.of("--allow-destroy", Integer.toString(allowDestroy)));
        }
        if (!unmasked.isEmpty()) {
            flags.addAll(List.of("--unmasked", unmasked));
        }
        if (!restored.isEmpty()) {
            flags.addAll(List.of("--control-plane-restored", restored));
        }
        return flags;
    }

    /** Who asks. */
    static final class ActorOption {
        @Option(
                names = "--actor",
                paramLabel = "EMAIL",
                description =
                        "Who does this, for the audit trail (default: $AXM_ACTOR, Git's user.email, the OS user).")
        private @Nullable String name;

        /** Nothing on a command line proves who somebody is. */
        Actor actor(World world) {
            return new Actor(name == null ? world.actor() : name, false, null, "axm/" + world.version());
        }
    }

    /** Reads {@code password:shop/main}. */
    static final class RepairConverter implements ITypeConverter<Named> {
        @Override
        public Named convert(String text) {
            int colon = text.indexOf(':');
            int slash = text.indexOf('/', colon + 1);
            if (colon < 1 || slash < colon + 2 || slash == text.length() - 1) {
                throw new TypeConversionException(
                        "'" + text + "' is not KIND:PROJECT/BRANCH, such as password:shop/main");
            }
            String word = text.substring(0, colon);
            Repair repair = Arrays.stream(Repair.values())
                    .filter(r -> r.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + word + "' can't be repaired by name: say password, privileges or database"));
            return new Named(repair, text.substring(colon + 1));
        }
    }

    /** Reads why something is done, for the audit trail. */
    static final class ReasonConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (text.isBlank() || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
                throw new TypeConversionException("say the reason in one line of at most " + LONGEST + " characters");
            }
            return text.strip();
        }
    }

    /** Reads a number from 0. */
    static final class CountConverter implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            if (!text.matches("[0-9]{1,6}")) {
                throw new TypeConversionException("'" + text + "' is not a number of removals");
            }
            return Integer.valueOf(text);
        }
    }
}
