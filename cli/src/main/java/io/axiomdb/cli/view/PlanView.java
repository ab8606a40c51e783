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
            List<String> words = new ArrayList<>(List.of("axm"));
            switch (purpose) {
                case PLAN ->
                    words.addAll(
                            List.of("apply", "--plan", planned.plan().digest().abbreviated()));
                case DRIFT -> words.add("plan");
            }
            flags.forEach(flag -> words.add(Escape.shell(flag)));
            return String.join(" ", words);
        }
    }

    /** What a plan answers. */
    enum Purpose {
        /** What would apply do? */
        PLAN,
        /** What was changed behind our back? */
        DRIFT
    }
}
