package io.axiomdb.cli.command;

import io.axiomdb.cli.view.Style;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.login.Door;
import io.axiomdb.login.Login;
import io.axiomdb.login.Session;
import io.axiomdb.port.SecretStore;
import io.axiomdb.registry.Registry;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The server of the demo, open for as long as the demo plays, and what happens to it outside of axm. */
final class DemoServer implements AutoCloseable {
    private static final String INVALID_PASSWORD = "28P01";
    private static final String NOT_PERMITTED = "42501";

    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final String organization = "acme";
    private final String project = "shop";
    private final World world;
    private final Opened opened;
    private String digest = "";

    DemoServer(World world, Path file) {
        this.world = world;
        this.opened = world.open(file, World.Opening.APPLY);
    }

    /** The commands' world: it shares the server that is open already. */
    World world() {
        return new OpenWorld(
                world, opened, planned -> digest = planned.plan().digest().abbreviated());
    }

    /** Of the plan that was shown last. */
    String digest() {
        return digest;
    }

    String project() {
        return project;
    }

    /** DML as rw; a wrong password and an INSERT as ro are refused. */
    void applicationWorks() {
        run(Credentials.Target.DIRECT, "CREATE TABLE IF NOT EXISTS greeting (id int PRIMARY KEY, text text NOT NULL)");
        run(
                Credentials.Target.RUNTIME,
                "INSERT INTO greeting VALUES (1, 'hello') ON CONFLICT DO NOTHING",
                "UPDATE greeting SET text = 'hello, world' WHERE id = 1",
                "SELECT text FROM greeting");
        run(Credentials.Target.READONLY, "SELECT text FROM greeting");
        refused(
                NOT_PERMITTED,
                "the read-only role may not write",
                () -> run(Credentials.Target.READONLY, "INSERT INTO greeting VALUES (2, 'no')"));
        refused(INVALID_PASSWORD, "a wrong password opens nothing", () -> {
            BranchUrls.Url url = url(Credentials.Target.RUNTIME);
            connect(url.url().reveal(Secret.of("wrong"))).close();
        });
    }

    /** What a person with psql might do at three in the morning: one privilege too many, and one too few. */
    void breakByHand() {
        run(
                Credentials.Target.DIRECT,
                "GRANT CREATE ON SCHEMA public TO shop_main_rw",
                "REVOKE SELECT ON greeting FROM shop_main_ro");
    }

    /** The privilege that was taken away is there again. */
    void applicationReadsAgain() {
        run(Credentials.Target.READONLY, "SELECT text FROM greeting");
    }

    private interface Attempt {
        void go() throws SQLException;
    }

    private void refused(String sqlState, String what, Attempt attempt) {
        try {
            attempt.go();
        } catch (Broken e) {
            check(e.sqlState, sqlState, what);
            return;
        } catch (SQLException e) {
            check(e.getSQLState(), sqlState, what);
            return;
        }
        throw new Broken(what + ": but nothing refused it");
    }

    private void check(@Nullable String got, String expected, String what) {
        if (!expected.equals(got)) {
            throw new Broken(what + ": expected SQLSTATE " + expected + ", got " + got);
        }
        tell(style().green("refused, as it should be: ") + what + " (" + expected + ")");
    }

    private void run(Credentials.Target target, String... statements) {
        BranchUrls.Url url = url(target);
        Secret password = opened.secrets()
                .current(organization, url.key())
                .map(SecretStore.StoredSecret::password)
                .orElseThrow(() -> new Broken("no password is stored for " + url.key()));
        try (Connection connection = connect(url.url().reveal(password));
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
                tell(style().dim(url.key().role().word() + "> ") + sql);
            }
        } catch (SQLException e) {
            throw new Broken("as " + url.url().role() + ": " + e.getMessage(), e);
        }
    }

    private BranchUrls.Url url(Credentials.Target target) {
        Registry registry = opened.controlPlane().read(organization);
        if (!registry.known()) {
            throw new Broken("the organization " + organization + " was not applied");
        }
        return BranchUrls.of(opened, organization, project, "main", target)
                .urls()
                .values()
                .iterator()
                .next();
    }

    /** Logs in with a URL as it is printed, taken apart by Java's own parser: what is printed must connect. */
    private static Connection connect(String printed) throws SQLException {
        URI url = URI.create(printed);
        String[] login = url.getRawUserInfo().split(":", 2);
        return Door.open(
                new Login(
                        url.getHost(),
                        url.getPort(),
                        url.getPath().substring(1),
                        decode(login[0]),
                        Secret.of(decode(login[1])),
                        Host.Auth.SCRAM,
                        url.getQuery().replace("sslmode=", ""),
                        null),
                new Session("axm demo", "", ANSWER, true));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private void tell(String text) {
        PrintStream out = world.terminal().out();
        out.println("  " + text);
        out.flush();
    }

    private Style style() {
        return world.terminal().outStyle();
    }

    @Override
    public void close() {
        opened.close();
    }

    /** An expectation of the demo does not hold. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String sqlState;

        Broken(String what) {
            super(what);
            this.sqlState = "";
        }

        Broken(String what, SQLException cause) {
            super(what, cause);
            this.sqlState = cause.getSQLState() == null ? "" : cause.getSQLState();
        }
    }
}
