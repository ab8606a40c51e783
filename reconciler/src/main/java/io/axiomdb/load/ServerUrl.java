package io.axiomdb.load;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.ReservedNames;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes {@code postgresql://host:port/database} apart. Nothing of the text reaches the driver but host, port and database;
 * nothing of it is repeated in messages.
 */
final class ServerUrl {
    private static final Pattern SCHEME = Pattern.compile("(?:jdbc:)?postgres(?:ql)?://(.*)");
    private static final Pattern REST = Pattern.compile(
            "(?<host>\\[[0-9A-Fa-f:]+]|[A-Za-z0-9.-]+)(?::(?<port>[0-9]{1,5}))?(?:/(?<database>[^/?#]*))?");
    /** Possessive: a loop that may give back takes a stack frame for each part of a long name. */
    private static final Pattern NAME =
            Pattern.compile("(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*+");

    private static final Pattern DATABASE = Pattern.compile("[A-Za-z0-9_.$-]{1,63}");
    private static final Pattern PASSWORD = Pattern.compile("(?i).*[?&](password|sslpassword)=.*");
    private static final String FORM = "write it as in postgresql://db1.acme.example:5432/postgres";

    private ServerUrl() {}

    static Map<String, String> read(String text, Source at, Consumer<Diagnostic> problems) {
        Matcher scheme = SCHEME.matcher(text);
        if (!scheme.matches()) {
            return refuse(Code.BAD_URL, "it does not begin with postgresql://", FORM, at, problems);
        }
        String rest = scheme.group(1);
        int user = rest.lastIndexOf('@');
        if (user >= 0 && rest.lastIndexOf(':', user) >= 0
                || PASSWORD.matcher(rest).matches()) {
            return refuse(
                    Code.SECRET_IN_FILE,
                    "a password in an address is read by everyone who reads the repository",
                    "write password: env:NAME beside it, and change the password: it has been seen",
                    at,
                    problems);
        }
        if (user >= 0) {
            return refuse(Code.BAD_URL, "there is a user in it", "write user: beside it", at, problems);
        }
        if (rest.indexOf('?') >= 0) {
            return refuse(Code.BAD_URL, "there are parameters in it", "leave out what follows the ?", at, problems);
        }
        return parts(REST.matcher(rest), at, problems);
    }

    private static Map<String, String> parts(Matcher rest, Source at, Consumer<Diagnostic> problems) {
        if (!rest.matches()) {
            return refuse(Code.BAD_URL, "there is more in it than one host, a port and a database", FORM, at, problems);
        }
        String host = host(rest.group("host"));
        String port = rest.group("port") == null ? "5432" : rest.group("port");
        String named = rest.group("database");
        String database = named == null || named.isEmpty() ? "postgres" : named;
        if (host == null) {
            return refuse(Code.BAD_URL, "the host is neither a name nor an address", FORM, at, problems);
        }
        int number = Integer.parseInt(port);
        if (number < 1 || number > 65535 || port.startsWith("0")) {
            return refuse(Code.BAD_URL, "the port is not from 1 to 65535", FORM, at, problems);
        }
        if (!DATABASE.matcher(database).matches()) {
            return refuse(Code.BAD_URL, "the database is not a plain name", FORM, at, problems);
        }
        if (database.equals(ReservedNames.LOCK_DATABASE)) {
            return refuse(
                    Code.BAD_URL, database + " is AxiomDB's own, and made by the first apply", FORM, at, problems);
        }
        return Map.of("postgres.address", host, "postgres.port", port, "postgres.database", database);
    }

    /** Lower case; an IPv6 address canonical and without brackets; null when it is no host. */
    static @Nullable String host(String written) {
        boolean bracketed = written.startsWith("[");
        if (bracketed && (written.length() < 2 || !written.endsWith("]"))) {
            return null;
        }
        String bare = bracketed ? written.substring(1, written.length() - 1) : written;
        if (bare.indexOf(':') >= 0 || bracketed || bare.matches("[0-9.]+")) {
            return Cidr.read(bare) instanceof Cidr.Read.Range(Cidr cidr)
                    ? cidr.toString().substring(0, cidr.toString().indexOf('/'))
                    : null;
        }
        return NAME.matcher(bare).matches() ? bare.toLowerCase(Locale.ROOT) : null;
    }

    private static Map<String, String> refuse(
            Code code, String detail, String help, Source at, Consumer<Diagnostic> problems) {
        problems.accept(Diagnostic.of(code, at, detail, help));
        return Map.of();
    }
}
