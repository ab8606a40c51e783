package io.axiomdb.plan;

import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.plan.AccessComparison.Gap;
import io.axiomdb.plan.CertificateCheck.Due;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plans the certificate that a host shows. Pure. */
final class CertificatePlanner {
    static final String SUBJECT = "certificate";

    private CertificatePlanner() {}

    /**
     * The difference, when another one is due.
     *
     * @param before the host as last applied; null when it was not
     */
    static Optional<Gap> gap(PlanInput input, Host host, @Nullable Host before, AccessObservation.Certificate shown) {
        boolean edited = before != null && !before.certificate().equals(host.certificate());
        Optional<Due> elsewhere = edited ? Optional.of(new Due("where it was before", false)) : Optional.empty();
        boolean managed = before != null && before.ssh() != null && !edited;
        return CertificateCheck.due(host, shown, input.authority(), input.now())
                .or(() -> elsewhere)
                .map(due -> new Gap(
                        new FieldChange(
                                SUBJECT,
                                "",
                                due.is(),
                                words(host),
                                host.origin().of("certificate")),
                        managed && due.drift()));
    }

    private static String words(Host host) {
        return switch (host.certificate()) {
            case Host.Certificate.Issued() ->
                "a new one for " + String.join(", ", CertificateCheck.names(host)) + ", by AxiomDB's authority";
            case Host.Certificate.Files(String certificate, String _) -> certificate;
        };
    }

    static Step step(Host host) {
        return switch (host.certificate()) {
            case Host.Certificate.Issued() ->
                new Step.SetCertificate("certificate", CertificateCheck.names(host), null);
            case Host.Certificate.Files files -> new Step.SetCertificate("certificate", new TreeSet<>(), files);
        };
    }
}
