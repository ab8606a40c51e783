package io.axiomdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SignalStopTest {
    @Test
    void a_signal_asks_to_stop_and_says_what_happens_next() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        ByteArrayOutputStream err = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                told.countDown();
            }
        };
        try (SignalStop stop = new SignalStop(new PrintStream(err, false, StandardCharsets.UTF_8))) {
            assertThat(stop.asked()).isFalse();
            String self = Long.toString(ProcessHandle.current().pid());
            assertThat(new ProcessBuilder("kill", "-TERM", self).start().waitFor())
                    .isZero();
            told.await();
            assertThat(stop.asked()).isTrue();
            assertThat(err.toString(StandardCharsets.UTF_8)).contains("once more ends at once");
        }
    }
}
