package io.axiomdb.adapter.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.port.SecretsKey;
import io.axiomdb.port.SecretsKey.Sealer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TinkKeyTest {
    private static final SortedSet<String> NONE = Collections.emptySortedSet();

    @TempDir
    Path directory = Path.of("");

    private Path home() {
        return directory.resolve("home");
    }

    private Path file() {
        return home().resolve(TinkKey.FILE);
    }

    private TinkKey atHome() {
        return TinkKey.at(null, home(), Map.of());
    }

    @Test
    void a_key_is_made_once_for_its_owner_alone_and_used_again() throws IOException {
        Sealer made = atHome().open(NONE);
        Sealer again = atHome().open(made.keyIds());

        assertThat(mode(file())).isEqualTo("rw-------");
        assertThat(mode(home())).isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(home())) {
            assertThat(files).containsExactly(file());
        }
        assertThat(again.keyId()).isEqualTo(made.keyId());
        assertThat(again.open(made.seal(Secret.of("päss"), "here"), "here")).isEqualTo(Secret.of("päss"));
    }

    @Test
    void the_same_secret_never_looks_the_same_twice() {
        Sealer sealer = atHome().open(NONE);

        assertThat(sealer.seal(Secret.of("x"), "here")).isNotEqualTo(sealer.seal(Secret.of("x"), "here"));
    }

    @Test
    void a_secret_opens_in_its_own_place_and_unchanged_only() {
        Sealer sealer = atHome().open(NONE);
        byte[] sealed = sealer.seal(Secret.of("x"), "here");

        assertThatThrownBy(() -> sealer.open(sealed, "there")).satisfies(is(Code.SECRETS_KEY));
        sealed[sealed.length - 1] ^= 1;
        assertThatThrownBy(() -> sealer.open(sealed, "here")).satisfies(is(Code.SECRETS_KEY));
        assertThatThrownBy(() -> sealer.open(new byte[0], "here")).satisfies(is(Code.SECRETS_KEY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------", "rw-rw-rw-"})
    void a_key_file_that_is_open_to_others_is_refused_with_the_mend(String mode) throws IOException {
        atHome().open(NONE);
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString(mode));

        assertThatThrownBy(() -> atHome().open(NONE))
                .satisfies(is(Code.SECRETS_KEY))
                .satisfies(failure -> assertThat(((AxiomException) failure)
                                .diagnostics()
                                .getFirst()
                                .help())
                        .isEqualTo("chmod 600 " + file()));
        assertThatThrownBy(
                        () -> TinkKey.at("file:" + file(), directory, Map.of()).open(NONE))
                .satisfies(is(Code.SECRETS_KEY));
    }

    @Test
    void a_data_directory_that_is_open_to_others_is_refused_before_a_key_is_made_there() throws IOException {
        Files.createDirectory(home());
        Files.setPosixFilePermissions(home(), PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThatThrownBy(() -> atHome().open(NONE)).satisfies(is(Code.HOME));
        assertThat(file()).doesNotExist();
    }

    @Test
    void no_key_is_made_when_an_older_one_is_needed() {
        assertThatThrownBy(() -> atHome().open(new TreeSet<>(List.of("12345"))))
                .satisfies(is(Code.SECRETS_KEY))
                .hasMessageContaining("key 12345");
        assertThat(file()).doesNotExist();
    }

    @Test
    void another_key_than_the_needed_one_is_refused() {
        String id = atHome().open(NONE).keyId();

        assertThatThrownBy(() -> atHome().open(new TreeSet<>(List.of("12345"))))
                .satisfies(is(Code.SECRETS_KEY))
                .hasMessageContaining("key " + id)
                .hasMessageContaining("key 12345");
    }

    @Test
    void a_key_may_come_from_the_environment() throws IOException {
        Sealer made = atHome().open(NONE);
        Map<String, String> environment = Map.of("KEY", Files.readString(file()));

        assertThat(TinkKey.at("env:KEY", directory, environment).open(NONE).keyId())
                .isEqualTo(made.keyId());
        assertThatThrownBy(() -> TinkKey.at("env:OTHER", directory, environment).open(NONE))
                .satisfies(is(Code.SECRETS_KEY))
                .hasMessageContaining("OTHER");
    }

    @Test
    void a_broken_key_is_refused_and_not_repeated() throws IOException {
        atHome().open(NONE);
        String keyset = Files.readString(file());
        String value = keyset.replaceAll("(?s).*\"value\":\\s*\"([^\"]+)\".*", "$1");
        for (String broken : Set.of(
                keyset.substring(0, keyset.length() - 5), keyset.replace(value, value.substring(4)), value, "", "{}")) {
            assertThatThrownBy(
                            () -> TinkKey.at("env:KEY", directory, Map.of("KEY", broken))
                                    .open(NONE),
                            broken.replace(value, "VALUE"))
                    .satisfies(is(Code.SECRETS_KEY))
                    .hasNoCause()
                    .satisfies(failure -> assertThat(failure.toString()).doesNotContain(value));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"secret:x", "{\"primaryKeyId\":1}", "/etc/key", ""})
    void what_is_not_a_reference_is_refused_and_not_repeated(String reference) {
        assertThatThrownBy(() -> TinkKey.at(reference, directory, Map.of()))
                .satisfies(is(Code.SECRETS_KEY))
                .satisfies(failure -> assertThat(failure.toString()).doesNotContain("primaryKeyId"));
    }

    @Test
    void of_processes_that_make_a_key_at_once_one_wins_and_all_use_it() throws Exception {
        int count = 8;
        CyclicBarrier start = new CyclicBarrier(count);
        SortedSet<String> ids = new TreeSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            Callable<String> making = () -> {
                start.await();
                return atHome().open(NONE).keyId();
            };
            for (Future<String> id :
                    threads.invokeAll(Stream.generate(() -> making).limit(count).toList())) {
                ids.add(id.get());
            }
        }
        assertThat(ids).hasSize(1);
    }

    @Test
    void no_new_key_is_made_over_one_that_can_be_read() throws IOException {
        Sealer there = atHome().open(NONE);
        String before = Files.readString(file());

        assertThatThrownBy(() -> atHome().successor(there.keyIds()))
                .satisfies(is(Code.SECRETS_KEY))
                .hasMessageContaining("opens all that is stored");
        assertThatThrownBy(() -> atHome().successor(new TreeSet<>(List.of("12345"))))
                .satisfies(is(Code.SECRETS_KEY))
                .hasMessageContaining("no new key is made over it")
                .hasMessageContaining(file().toString());

        assertThat(Files.readString(file())).isEqualTo(before);
    }

    @Test
    void a_successor_is_there_once_it_was_taken_and_nothing_of_it_before() throws IOException {
        SortedSet<String> lost = new TreeSet<>(List.of("12345"));
        try (SecretsKey.Successor given = atHome().successor(lost)) {
            given.prepare();
            assertThat(file()).doesNotExist();
        }
        assertThat(names()).isEmpty();
        try (SecretsKey.Successor taken = atHome().successor(lost)) {
            taken.prepare();
            taken.take();
            assertThat(atHome().open(NONE).keyId()).isEqualTo(taken.sealer().keyId());
        }
        assertThat(names()).containsExactly(TinkKey.FILE);
        assertThat(mode(file())).isEqualTo("rw-------");
    }

    @Test
    void what_is_no_key_goes_out_of_the_way_and_stays() throws IOException {
        atHome().open(NONE);
        Files.writeString(file(), "half a key");
        try (SecretsKey.Successor taken = atHome().successor(new TreeSet<>(List.of("12345")))) {
            taken.prepare();
            taken.take();
        }
        assertThat(names()).containsExactly(TinkKey.FILE, TinkKey.FILE + ".broken-1");
        assertThat(Files.readString(home().resolve(TinkKey.FILE + ".broken-1"))).isEqualTo("half a key");
    }

    @Test
    void a_successor_does_not_replace_a_key_that_came_meanwhile() {
        try (SecretsKey.Successor late = atHome().successor(new TreeSet<>(List.of("12345")))) {
            late.prepare();
            String first = atHome().open(NONE).keyId();
            assertThatThrownBy(late::take).satisfies(is(Code.SECRETS_KEY));
            assertThat(atHome().open(NONE).keyId()).isEqualTo(first);
        }
    }

    @Test
    void a_missing_or_other_key_names_the_command_for_a_lost_one() throws IOException {
        SortedSet<String> needed = new TreeSet<>(List.of("12345"));
        assertThatThrownBy(() -> atHome().open(needed)).satisfies(TinkKeyTest::namesTheCommand);
        atHome().open(NONE);
        assertThatThrownBy(() -> atHome().open(needed)).satisfies(TinkKeyTest::namesTheCommand);
        Files.writeString(file(), "half a key");
        assertThatThrownBy(() -> atHome().open(needed)).satisfies(TinkKeyTest::namesTheCommand);
    }

    private static void namesTheCommand(Throwable failure) {
        assertThat(((AxiomException) failure).diagnostics().getFirst().help()).contains("axm key new");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(home())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static ThrowingConsumer<Throwable> is(Code code) {
        return failure -> assertThat(failure)
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
