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
     * @param applies the command that carries the plan out, such as {@code apply}, with its arguments
     */
    record Context(
            Purpose purpose,
            String file,
            @Nullable Commit commit,
            List<String> flags,
            boolean sql,
            List<String> applies) {
        public Context {
            flags = List.copyOf(flags);
            applies = List.copyOf(applies);
        }

        /** Of a plan that {@code axm apply} carries out. */
        public Context(Purpose purpose, String file, @Nullable Commit commit, List<String> flags, boolean sql) {
            this(purpose, file, commit, flags, sql, List.of("apply"));
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
            List<String> words = new ArrayList<>(applies);
            words.addAll(List.of("--plan", planned.plan().digest().abbreviated()));
            return command(words.toArray(String[]::new));
        }

        private String command(String... command) {
            List<String> words = new ArrayList<>(List.of("axm"));
            List.of(command).forEach(word -> words.add(Escape.shell(word)));
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
