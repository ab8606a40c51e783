package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import java.util.function.Consumer;

/** Mode public_all repeats the project's name, so that nobody opens a project by copying another one's lines. */
final class Confirmations {
    private Confirmations() {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        desired.projects().values().forEach(project -> {
            Network network = project.network();
            if (network != null
                    && network.mode() == Network.Mode.PUBLIC_ALL
                    && !project.name().equals(network.confirm())) {
                problems.accept(Diagnostic.of(
                        Code.CONFIRM_MISSING,
                        network.origin().of(network.confirm() == null ? "mode" : "confirm"),
                        "public_all opens " + project.name() + " to every address",
                        "if that is meant, write confirm: " + project.name() + " beside mode:"));
            }
        });
    }
}
