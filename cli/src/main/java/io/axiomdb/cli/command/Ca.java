package io.axiomdb.cli.command;

import io.axiomdb.cli.view.CaView;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code axm ca}. */
@Command(
        name = "ca",
        description = {
            "Print the certificate that clients need to verify servers whose certificates AxiomDB signs (PEM).",
            "The first apply that needs it makes it. In its last year its successor is printed too: give clients both."
        },
        footer = {
            "  axm ca > axiomdb-ca.pem",
            "  psql \"host=db.acme.example dbname=shop sslmode=verify-full sslrootcert=axiomdb-ca.pem\"",
            "  axm ca --output json"
        })
final class Ca extends WorldCommand {
    @Mixin
    private final FileOption file = new FileOption();

    @Mixin
    private final OutputOption output = new OutputOption();

    Ca(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output.json();
    }

    @Override
    int run() {
        try (Opened opened = world().open(file.file(), Opening.LOOK)) {
            String pem = opened.authority().certificate();
            if (pem.isEmpty()) {
                throw new AxiomException(Diagnostic.of(
                        Code.NOT_FOUND,
                        "this control plane has signed no server's certificate",
                        "axm apply makes the authority when it signs the first one, for a host with ssh"));
            }
            print(json() ? CaView.json(parsed(pem)) : pem);
            return Exit.OK;
        }
    }

    private static List<X509Certificate> parsed(String pem) {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate that AxiomDB made can't be read", e);
        }
    }
}
