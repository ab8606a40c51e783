package io.axiomdb.adapter.ssh;

import io.axiomdb.adapter.ssh.Command.Lost;
import io.axiomdb.adapter.ssh.HostCall.Answer;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.HostWriter.HostFailure;
import org.jspecify.annotations.Nullable;

/** What a change came to: done, certainly not done, or nobody knows. */
final class Outcomes {
    private static final String LOOK_AGAIN = "plan again, which looks, and apply what is left";
    private static final String UNDONE =
            "what nobody confirms the host undoes by itself within " + Requests.CONFIRM_SECONDS + " s";

    private Outcomes() {}

    /** A call that changes something. */
    interface Call {
        Answer answer() throws Lost;
    }

    /** The answer to a call that changes something; it is never tried twice. */
    static Part done(Call call) throws HostFailure {
        return done(call, UNDONE);
    }

    /**
     * The same.
     *
     * @param alone what the host does by itself when the connection ends meanwhile
     */
    static Part done(Call call, String alone) throws HostFailure {
        try {
            return switch (call.answer()) {
                case Answer.Done(Part document) -> document;
                case Answer.Refused(String code, String what, String mend, boolean undone) -> {
                    String words = what + " (" + code + ")";
                    throw undone
                            ? HostFailure.refused(words, mend, null)
                            : HostFailure.unknown(
                                    words + "; the host could not put everything back yet and goes on trying",
                                    mend,
                                    null);
                }
                case Answer.None(Diagnostic why, boolean begun) ->
                    throw begun
                            ? HostFailure.unknown(why.detail(), LOOK_AGAIN, null)
                            : HostFailure.refused(why.detail(), why.help(), null);
            };
        } catch (AxiomException e) {
            Diagnostic why = e.diagnostics().getFirst();
            throw HostFailure.refused(why.detail(), why.help(), e);
        } catch (Lost e) {
            throw HostFailure.unknown(
                    "the connection ended after the change was sent: " + e.words() + "; " + alone, LOOK_AGAIN, e);
        }
    }

    /** The change is made, and the host is on its way back. */
    static HostFailure unconfirmed(String why, String by, @Nullable Exception cause) {
        return HostFailure.unknown(
                "the host made the change, but it could not be confirmed over a new connection: " + why
                        + "; unless it was, the host puts back what was before by itself, by " + by,
                "the new rules may shut out AxiomDB itself; mend that, wait for that time, then plan and apply again",
                cause);
    }
}
