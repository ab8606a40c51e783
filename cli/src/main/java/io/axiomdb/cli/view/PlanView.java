package io.axiomdb.cli.view;

import io.axiomdb.engine.Planned;
import io.axiomdb.port.DesiredSource.Commit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows a plan. */
public interface PlanView {
    String render(Planned planned, Context context);

    /**
     * In what circumstances it is shown.
     *
     * @param purpose what it answers
     * @param file as the user named it
     * @param commit null outside Git
     * @param flags to repeat in the next command, such as {@code --file x.yaml}
     * @param sql whether to show every statement
     */
    record Context(Purpose purpose, String file, @Nullable Commit commit, List<String> flags, boolean sql) {
        public Context {
            flags = List.copyOf(flags);
        }

        /** The command that goes on from here, ready to copy. */
        public String next(Planned planned) {
            return switch (purpose) {
                case PLAN -> applying(planned);
                case DRIFT, APPLY, DUE -> command("plan");
            };
        }

        /** The command that applies exactly this plan. */
        public String applying(Planned planned) {
            return command("apply", "--plan", planned.plan().digest().abbreviated());
        }

        private String command(String... command) {
            List<String> words = new ArrayList<>(List.of("axm"));
            words.addAll(List.of(command));
            flags.forEach(flag -> words.add(Escape.shell(flag)));
            return String.join(" ", words);
        }
    }

    /** What a plan answers. */
    enum Purpose {
        /** What would apply do? */
        PLAN,
        /** What is apply about to do? */
        APPLY,
        /** What is done because its time has come? */
        DUE,
        /** What was changed behind our back? */
        DRIFT
    }
}
