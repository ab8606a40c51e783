package io.axiomdb.testing.adversary;

import java.util.List;

/**
 * A neighbour's PgBouncer as countless how-tos set it up: it runs as PostgreSQL's own OS user, serves {@code *} over the server's socket,
 * and lets everyone in without a password.
 *
 * @param port where it listens, on every address
 */
public record WideOpenPooler(int port) {
    private static final String FOLDER = "/etc/pgbouncer/wide";

    /** Starts it, and comes back when it serves; for root on the host. */
    public List<String> start() {
        return bash("""
                set -eu
                install -d -o postgres -g postgres %1$s
                printf 'host all all 0.0.0.0/0 trust\\nhost all all ::/0 trust\\n' > %1$s/hba
                cat > %1$s/ini <<END
                [databases]
                * = host=/var/run/postgresql
                [pgbouncer]
                listen_addr = *
                listen_port = %2$d
                unix_socket_dir = %1$s
                pidfile = %1$s/pid
                logfile = %1$s/log
                auth_type = hba
                auth_hba_file = %1$s/hba
                auth_user = postgres
                server_login_retry = 1
                END
                chown postgres: %1$s/*
                runuser -u postgres -- pgbouncer -q -d %1$s/ini
                ufw allow %2$d/tcp > /dev/null
                """.formatted(FOLDER, port));
    }

    /** Ends it. */
    public List<String> stop() {
        return bash("""
                set -eu
                pid=$(cat %1$s/pid)
                kill -9 "$pid"
                tail --pid="$pid" -f /dev/null
                ufw delete allow %2$d/tcp > /dev/null
                """.formatted(FOLDER, port));
    }

    /** A client's login by it, without a password; prints "in" when it gets in. */
    public List<String> login(String address, String database, String role) {
        String target = "host=%s port=%d dbname=%s user=%s connect_timeout=20".formatted(address, port, database, role);
        return List.of("psql", "-XAtqw", "-d", target, "-c", "select 'in'");
    }

    private static List<String> bash(String script) {
        return List.of("bash", "-c", script);
    }
}
