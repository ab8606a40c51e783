package io.axiomdb.apply;

import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Step;
import io.axiomdb.port.HostWriter.HostFailure;
import java.util.List;

/** What people are told about a change that did not come to its end. Pure. */
final class Endings {
    private Endings() {}

    static Diagnostic failed(Change change, int done, Step step, HostFailure failure) {
        String state = failure.sqlState().isEmpty() ? "" : " (SQLSTATE " + failure.sqlState() + ")";
        return Diagnostic.of(
                Code.STEP_FAILED,
                change.source(),
                change.resource() + " on host " + change.host() + ", step " + (done + 1) + " of "
                        + change.steps().size() + ", " + step.title() + ": " + failure.getMessage() + state,
                help(done, failure));
    }

    /** What is made, and holds less than a person may expect. */
    static List<Diagnostic> left(Change change, List<String> words) {
        return words.stream()
                .map(what -> Diagnostic.of(
                        Code.DERIVED_LEFT,
                        change.source(),
                        change.resource() + " on host " + change.host() + ": " + what,
                        "fix the cause in the script or in the parent and run axm branch reset "
                                + change.resource().path() + ", or make it anew in the branch (a view with REFRESH"
                                + " MATERIALIZED VIEW)"))
                .toList();
    }

    /** @param help how to mend the cause; empty where nobody knows */
    static Diagnostic undone(Change change, Diagnostic why, String help, Status status) {
        String mend = help.isEmpty() ? "mend the cause" : help;
        return Diagnostic.of(
                why.code(),
                why.source(),
                why.detail() + "; "
                        + switch (change.action()) {
                            case RENAME -> "who could log in before can again, by the names that are there now";
                            default -> "what was made of it was taken back";
                        },
                (status == Status.STOPPED ? "" : mend + ", then ")
                        + switch (change.action()) {
                            case RESET ->
                                "run axm branch reset " + change.resource().path() + " again";
                            default -> "plan and apply again";
                        });
    }

    static Diagnostic notUndone(Change change, Diagnostic why, HostFailure failure) {
        String what;
        String help;
        if (change.action() == Action.RENAME) {
            what = "its logins could not be let in again: ";
            help = "nobody is let in to it until the next apply; mend the cause, then plan and apply again";
        } else {
            what = "what was made of it could not be taken back: ";
            help = "nobody is let in to it; the next apply takes it back first";
        }
        return Diagnostic.of(why.code(), why.source(), why.detail() + "; " + what + failure.getMessage(), help);
    }

    private static String help(int done, HostFailure failure) {
        String before = failure.help().isEmpty() ? "" : failure.help() + "; ";
        if (!failure.isRefusal()) {
            return before.isEmpty()
                    ? "nobody knows whether the host made this step; plan again, which looks, and apply what is left"
                    : failure.help();
        }
        return before
                + (done == 0
                        ? "nothing of this change was made; mend the cause, then plan and apply again"
                        : "the steps before it stay, which is safe; mend the cause, then plan and apply again");
    }

    static Diagnostic stopped(Change change, int done) {
        return Diagnostic.of(
                Code.STOPPED,
                change.source(),
                change.resource() + ": " + done + " of " + change.steps().size() + " steps were made",
                "plan and apply again to go on");
    }

    static Diagnostic skipped(Change change, ResourceKey because) {
        return Diagnostic.of(
                Code.BLOCKED,
                change.source(),
                change.resource() + " was skipped, because it needs " + because,
                "mend that first, then plan and apply again");
    }
}
