package io.axiomdb.adapter.postgres;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;

/** What a server tells about itself while a connection starts, without a query. */
final class ServerFacts {
    private static final int MAJOR = 10_000;

    private ServerFacts() {}

    /** As {@code server_version_num}: 150018 is 15.18. */
    static int version(PgConnection connection) {
        String text = connection.getParameterStatus("server_version");
        return text == null ? 0 : version(text);
    }

    /** {@code 15.18 (Debian 15.18-0+deb12u1)}, {@code 19beta1}, {@code 9.6.24}. */
    static int version(String text) {
        Matcher numbers = Pattern.compile("(\\d+)(?:\\.(\\d+))?").matcher(text);
        if (!numbers.lookingAt()) {
            return 0;
        }
        int minor = numbers.group(2) == null ? 0 : Integer.parseInt(numbers.group(2));
        int major = Integer.parseInt(numbers.group(1));
        return major < 10 ? major * MAJOR + minor * 100 : major * MAJOR + minor;
    }

    static int major(int version) {
        return version / MAJOR;
    }

    static boolean superuser(PgConnection connection) {
        return isOn(connection.getParameterStatus("is_superuser"));
    }

    static boolean standby(PgConnection connection) {
        return isOn(connection.getParameterStatus("in_hot_standby"));
    }

    private static boolean isOn(@Nullable String value) {
        return "on".equals(value);
    }
}
