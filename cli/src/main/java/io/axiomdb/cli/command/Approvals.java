package io.axiomdb.cli.command;

import io.axiomdb.cli.view.Escape;
import io.axiomdb.cli.view.PlanView.Context;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.Terminal;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.HostAddress;
import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Request;
import io.axiomdb.engine.Trust;
import io.axiomdb.registry.Registry;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
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

    /**
     * Asks on the terminal for a name, which nobody types by habit.
     *
     * @throws AxiomException with NOT_CONFIRMED
     */
    static void askForName(Terminal terminal, Context context, Planned planned, String name, boolean json) {
        if (!terminal.interactive() || json) {
            throw notConfirmed(
                    "there is no terminal to ask on",
                    "Read what is lost and drop exactly that:\n    " + context.applying(planned)
                            + "\nor drop whatever is kept of it: --auto-approve");
        }
        terminal.out().print("To drop it for good, type " + name + ": ");
        terminal.out().flush();
        if (!name.equals(answer(terminal))) {
            throw notConfirmed("the answer was not " + name, "Nothing was changed.");
        }
        terminal.out().println();
    }

    /**
     * Before anything of an organization was applied, every address is new: all are shown, and asked for once. Without a
     * terminal each host has to be named.
     *
     * @return the request, trusting what was confirmed
     * @throws AxiomException with NOT_CONFIRMED
     */
    static Request addresses(Terminal terminal, Desired desired, Request asked, Opened opened) {
        if (!terminal.interactive()) {
            return asked;
        }
        Registry registry = opened.controlPlane().read(desired.organization());
        Trust trust = Trust.of(registry, asked.trusted());
        SortedMap<String, Host> unknown = new TreeMap<>(desired.hosts());
        unknown.values().removeIf(host -> trust.objection(host).isEmpty());
        if (registry.known() || unknown.isEmpty()) {
            return asked;
        }
        terminal.out()
                .println("This is the first apply of " + Escape.terminal(desired.organization())
                        + ". Secrets of its hosts will be sent to these addresses:");
        unknown.forEach(
                (name, host) -> terminal.out().println("  " + Escape.terminal(name + ": " + HostAddress.of(host))));
        terminal.out().print("Trust them? Type 'yes' to confirm: ");
        terminal.out().flush();
        if (!"yes".equals(answer(terminal))) {
            throw notConfirmed("the answer was not yes", "Nothing was contacted and nothing was changed.");
        }
        terminal.out().println();
        return asked.trusting(new TreeSet<>(unknown.keySet()));
    }

    /**
     * Asks on the terminal about something that is no plan.
     *
     * @param question without its end
     * @throws AxiomException with NOT_CONFIRMED
     */
    static void confirm(Terminal terminal, String question, boolean json) {
        if (!terminal.interactive() || json) {
            throw notConfirmed("there is no terminal to ask on", "Read what is lost, then: --auto-approve");
        }
        terminal.out().print(question + " Type 'yes' to confirm: ");
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
