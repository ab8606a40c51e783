package io.axiomdb.adapter.ssh;

import io.axiomdb.adapter.ssh.Command.Lost;
import io.axiomdb.adapter.ssh.Command.Reply;
import io.axiomdb.adapter.ssh.Part.Wrong;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One call of the host helper: a document there, a document back. */
final class HostCall {
    private static final String COMMAND = "sudo -n /usr/local/sbin/axm-host";
    private static final int WORDS = 300;

    private HostCall() {}

    /** What came back. */
    sealed interface Answer {
        /** {@code "ok": true}. */
        record Done(Part document) implements Answer {}

        /**
         * {@code "ok": false}: the host said no.
         *
         * @param undone whether the host is as it was before
         */
        record Refused(String code, String what, String mend, boolean undone) implements Answer {}

        /**
         * No answer of the helper at all.
         *
         * @param begun whether it may have run
         */
        record None(Diagnostic why, boolean begun) implements Answer {}
    }

    /**
     * Calls it over this connection.
     *
     * @throws io.axiomdb.core.AxiomException when the machine could not be reached, and so nothing was asked
     * @throws Lost when nobody knows whether it ran
     */
    static Answer of(Link link, byte[] request, Duration patience) throws Lost {
        return of(link, request, patience, patience);
    }

    /**
     * The same.
     *
     * @param silence how long it may say nothing; while it copies it says something every 5 s
     */
    static Answer of(Link link, byte[] request, Duration patience, Duration silence) throws Lost {
        Reply reply = Command.run(link, COMMAND, request, patience, silence);
        try {
            Part document = Part.document(reply.out());
            if (document.yes("ok")) {
                return document.whole("protocol") == Requests.PROTOCOL && reply.exit() == 0
                        ? new Answer.Done(document)
                        : new Answer.None(
                                otherProtocol(link.host(), "it answers in protocol " + document.whole("protocol")),
                                true);
            }
            String code = document.text("code");
            return code.equals("PROTOCOL")
                    ? new Answer.None(otherProtocol(link.host(), document.text("what")), false)
                    : new Answer.Refused(
                            code, document.text("what"), document.text("mend"), document.yes("rolled_back"));
        } catch (Wrong e) {
            // Only where sudo or the shell said no is it sure that it never ran: a helper that was killed says nothing
            // either.
            boolean never = reply.out().isBlank() && isMissing(reply);
            return new Answer.None(
                    never ? notEnrolled(link.host(), firstLine(reply.err())) : unread(link.host(), reply, e), !never);
        }
    }

    private static Diagnostic unread(Host host, Reply reply, Wrong wrong) {
        String what =
                reply.out().isBlank() ? "exit code " + reply.exit() + ", " + firstLine(reply.err()) : wrong.words();
        return diagnostic(
                host,
                Code.HOST_PROTOCOL,
                "what it answers can't be read: " + what,
                "a login script that prints something breaks it; else bring both sides to one version: axm host enroll "
                        + host.name());
    }

    private static boolean isMissing(Reply reply) {
        String words = firstLine(reply.err()).toLowerCase(Locale.ROOT);
        return reply.exit() == 127
                || words.startsWith("sudo:")
                || words.contains("not found")
                || words.contains("not allowed")
                || words.contains("sudoers");
    }

    static Diagnostic notEnrolled(Host host, String said) {
        return diagnostic(
                host,
                Code.HOST_NOT_ENROLLED,
                said.isEmpty() ? "the host helper does not run" : said,
                "axm host enroll " + host.name()
                        + " --as root installs it, and the one line in sudoers that lets it run");
    }

    private static Diagnostic otherProtocol(Host host, String what) {
        return diagnostic(
                host, Code.HOST_PROTOCOL, what, "bring both sides to one version: axm host enroll " + host.name());
    }

    static Diagnostic diagnostic(Host host, Code code, String what, @Nullable String help) {
        return Diagnostic.of(
                code, host.origin().of("ssh"), "host " + host.name() + ": " + what, help == null ? "" : help);
    }

    static String firstLine(String text) {
        String line = text.lines().filter(l -> !l.isBlank()).findFirst().orElse("");
        return line.length() <= WORDS ? line : line.substring(0, WORDS) + "...";
    }
}
