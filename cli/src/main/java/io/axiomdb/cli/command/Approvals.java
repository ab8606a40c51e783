package io.axiomdb.cli.command;

import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.engine.Planned;
import java.io.IOException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Somebody's yes to a plan, or what is missing for one. */
final class Approvals {
    private Approvals() {}

    /**
     * Asks on the terminal; the word {@code yes} and nothing else is one.
     *
     * @throws AxiomException with NOT_CONFIRMED
     */
    static void ask(Terminal terminal, Context context, Planned planned, boolean json) {
        if (!terminal.interactive() || json) {
            throw notConfirmed(
                    "there is no terminal to ask on",
                    "Review the plan and apply exactly it:\n    " + context.applying(planned)
                            + "\nor apply whatever is planned: --auto-approve");
        }
        terminal.out().print("Do you want to apply this plan? Only the word yes is one: ");
        terminal.out().flush();
        if (!"yes".equals(answer(terminal))) {
            throw notConfirmed("the answer was not yes", "Nothing was changed.");
        }
        terminal.out().println();
    }

    /** The plan is another one by now. */
    static AxiomException stale(String digest, Planned planned) {
        String but = planned.plan().blocked().isEmpty() ? "" : " but what is blocked";
        String now = planned.plan().isEmpty()
                ? "there is nothing left to do" + but + "; perhaps it was applied already"
                : "it is " + planned.plan().digest().abbreviated() + " now, " + digest + " was reviewed";
        return new AxiomException(
                Diagnostic.of(
                        Code.STALE_PLAN,
                        now,
                        "The file or a host has changed since the review. Run axm plan and review it again. Nothing was changed."));
    }

    private static AxiomException notConfirmed(String detail, String help) {
        return new AxiomException(Diagnostic.of(Code.NOT_CONFIRMED, detail, help));
    }

    private static String answer(Terminal terminal) {
        try {
            String line = terminal.in().readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new AxiomException(
                    Diagnostic.of(Code.NOT_CONFIRMED, "the terminal can't be read", "Use --plan or --auto-approve."),
                    e);
        }
    }

    /** Reads 16 to 64 hexadecimal digits. */
    static final class DigestConverter implements ITypeConverter<String> {
        @Override
        public String convert(String text) {
            if (!text.matches("[0-9a-fA-F]{16,64}")) {
                throw new TypeConversionException("'" + text + "' is not a plan's digest: 16 or more of its digits");
            }
            return text;
        }
    }
}
