package io.axiomdb.adapter.pki;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Cidr;
import java.util.SortedSet;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/** Names and addresses of a server, as certificates hold them. */
final class ServerNames {
    /** Labels of letters, digits, hyphens and, inside many networks, underscores; the last one is no number. */
    private static final Pattern DNS = Pattern.compile(
            "(?!.{254})([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\\.)*(?![0-9]+$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?",
            Pattern.CASE_INSENSITIVE);

    /** Characters, by X.520. */
    private static final int COMMON_NAME_LIMIT = 64;

    private ServerNames() {}

    /**
     * All of them.
     *
     * @throws AxiomException with NOT_SIGNED when there are none, or one is neither a DNS name nor one address
     */
    static GeneralNames read(SortedSet<String> names) {
        if (names.isEmpty()) {
            throw SigningRequest.refused(
                    "the host has no name that a certificate could hold",
                    "say public_endpoint: in the file, the name that clients connect to");
        }
        return new GeneralNames(names.stream().map(ServerNames::read).toArray(GeneralName[]::new));
    }

    private static GeneralName read(String name) {
        if (Cidr.read(name) instanceof Cidr.Read.Range(Cidr cidr)
                && cidr.prefix() == cidr.family().bits()
                && name.indexOf('/') < 0) {
            return new GeneralName(GeneralName.iPAddress, name);
        }
        if (!DNS.matcher(name).matches()) {
            throw SigningRequest.refused(
                    "\"" + name + "\" is neither a DNS name nor an address",
                    "say the name or the address that clients connect to; international names in their xn-- form");
        }
        return new GeneralName(GeneralName.dNSName, name);
    }

    /** libpq before version 15 finds addresses nowhere but here. */
    static String commonName(SortedSet<String> names) {
        return names.first().length() <= COMMON_NAME_LIMIT ? names.first() : "AxiomDB server";
    }
}
