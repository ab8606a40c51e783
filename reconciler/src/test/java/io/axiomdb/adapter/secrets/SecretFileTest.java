package io.axiomdb.adapter.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.security.auth.module.UnixSystem;
import io.axiomdb.adapter.secrets.SecretFile.Unfit;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.core.SecretRef;
import io.axiomdb.testing.TimeLimit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text names a path; what is read is a secret that no one else could put there, or nothing. */
@TimeLimit(60)
class SecretFileTest {
    private static final int CALLER = (int) new UnixSystem().getUid();

    @TempDir
    Path directory = Path.of("");

    private Path secrets = Path.of("");

    @BeforeEach
    void makeDirectory() throws IOException {
        secrets = Files.createDirectory(directory.resolve("secrets"));
    }

    private String read(Path file) throws IOException, Unfit {
        return new String(new SecretFile(CALLER, List.of(secrets)).read(file), StandardCharsets.UTF_8);
    }

    @Test
    void a_file_in_a_directory_for_secrets_is_read_through_links_that_stay_there() throws IOException, Unfit {
        // As Kubernetes mounts them.
        Path version = Files.createDirectory(secrets.resolve("..2026"));
        Files.writeString(version.resolve("db1"), "pw");
        Files.createSymbolicLink(secrets.resolve("..data"), Path.of("..2026"));
        Files.createSymbolicLink(secrets.resolve("db1"), Path.of("..data/db1"));
        Files.createSymbolicLink(secrets.resolve("whole"), version.resolve("db1"));

        assertThat(read(secrets.resolve("db1"))).isEqualTo("pw");
        assertThat(read(secrets.resolve("whole"))).isEqualTo("pw");
        assertThat(read(secrets.resolve("../secrets/./db1"))).isEqualTo("pw");
    }

    @Test
    void a_file_elsewhere_is_refused_however_its_path_is_written() throws IOException {
        Path outside = Files.writeString(directory.resolve("id_rsa"), "private");
        Files.createSymbolicLink(secrets.resolve("link"), outside);
        Files.createSymbolicLink(secrets.resolve("up"), directory);
        Path alike = Files.createDirectory(directory.resolve("secrets-too"));

        for (Path path : List.of(
                outside,
                Path.of("/etc/passwd"),
                secrets.resolve("../id_rsa"),
                secrets.resolve("link"),
                secrets.resolve("up/id_rsa"),
                Files.writeString(alike.resolve("x"), "x"),
                directory.resolve("is/not/there"))) {
            assertThatThrownBy(() -> read(path), path.toString())
                    .isInstanceOf(Unfit.class)
                    .hasMessageContaining("in none of the directories for secrets");
        }
    }

    @Test
    void a_fifo_is_refused_and_does_not_hang() throws Exception {
        Path fifo = secrets.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        Files.createSymbolicLink(secrets.resolve("to-fifo"), fifo);

        refuses(fifo, "no regular file");
        refuses(secrets.resolve("to-fifo"), "no regular file");
    }

    @Test
    void a_device_a_directory_and_a_circle_are_refused() throws IOException {
        Files.createSymbolicLink(secrets.resolve("round"), Path.of("round"));

        assertThatThrownBy(() -> new SecretFile(CALLER, List.of(Path.of("/dev"))).read(Path.of("/dev/zero")))
                .isInstanceOf(Unfit.class)
                .hasMessageContaining("no regular file");
        refuses(secrets, "no regular file");
        refuses(secrets.resolve("round"), "circles");
        refuses(Files.writeString(secrets.resolve("f"), "x").resolve("below"), "no regular file");
    }

    @Test
    void a_huge_file_is_not_read() throws IOException {
        refuses(Files.write(secrets.resolve("huge"), new byte[64 * 1024 + 1]), "larger than 64 KiB");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwxrwxr-x", "rwxr-xrwx", "rwxrwxrwx"})
    void others_who_can_write_a_directory_on_the_way_choose_the_secret_so_it_is_refused(String mode)
            throws IOException {
        Path file = Files.writeString(secrets.resolve("db1"), "pw");
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString(mode));

        refuses(file, "others can write in " + secrets);
        Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
        refuses(file, "others can write in " + directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-rw-r--", "rw-r--rw-"})
    void a_file_that_others_can_write_is_refused(String mode) throws IOException {
        Path file = Files.writeString(secrets.resolve("db1"), "pw");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

        refuses(file, "others can write " + file);
    }

    @Test
    void what_belongs_to_another_user_is_refused_be_it_file_directory_or_link() throws IOException {
        Path file = Files.writeString(secrets.resolve("db1"), "pw");
        Path link = Files.createSymbolicLink(secrets.resolve("link"), file);
        for (Path foreign : List.of(file, secrets, link)) {
            SecretFile reader = CALLER == 0 ? given(foreign, 12345) : new SecretFile(12345, List.of(secrets));

            assertThatThrownBy(() -> reader.read(link), foreign.toString())
                    .isInstanceOf(Unfit.class)
                    .hasMessageContaining("belongs to user");
            if (CALLER == 0) {
                given(foreign, 0);
            }
        }
    }

    private SecretFile given(Path path, int user) throws IOException {
        Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
        return new SecretFile(CALLER, List.of(secrets));
    }

    @Test
    void a_missing_file_among_the_secrets_is_missing() {
        assertThatThrownBy(() -> read(secrets.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void directories_are_known_ones_and_those_of_the_environment() throws IOException {
        Path elsewhere = Files.createDirectory(directory.resolve("more"));
        Path credentials = Files.createDirectory(directory.resolve("credentials"));
        for (Path place : List.of(elsewhere, credentials, secrets)) {
            Files.writeString(place.resolve("pw"), place.toString());
        }
        Map<String, String> environment = Map.of(
                "AXM_SECRET_DIRS", "/opt/none:" + elsewhere + "/", "CREDENTIALS_DIRECTORY", credentials.toString());
        References references = new References(environment, directory, secrets);

        for (Path place : List.of(elsewhere, credentials, secrets)) {
            assertThat(references.resolve(new SecretRef(SecretRef.Kind.FILE, place + "/pw")))
                    .isEqualTo(Secret.of(place.toString()));
        }
        assertThatThrownBy(() -> references.resolve(new SecretRef(SecretRef.Kind.FILE, "/etc/passwd")))
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.SECRET_FILE));
        assertThatThrownBy(() -> new References(Map.of("AXM_SECRET_DIRS", "here:/there"), directory, secrets))
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.SECRET_FILE));
    }

    private void refuses(Path file, String words) {
        assertThatThrownBy(() -> read(file)).isInstanceOf(Unfit.class).hasMessageContaining(words);
    }
}
