package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ExplainText;
import io.axiomdb.cli.world.World;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.load.Suggest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code axm explain}. */
@Command(
        name = "explain",
        description = "Say what an error's code means and how to mend it. Without a code, list all of them.",
        footer = {"  axm explain AX0107", "  axm explain"})
final class Explain extends WorldCommand {
    private static final String RESOURCE = "/io/axiomdb/cli/errors.md";

    @Parameters(paramLabel = "CODE", arity = "0..1", description = "Such as AX0107.")
    private @Nullable String code;

    Explain(World world) {
        super(world);
    }

    @Override
    int run() {
        if (code == null) {
            print(ExplainText.all(terminal().outStyle()));
            return Exit.OK;
        }
        String asked = code.strip().toUpperCase(Locale.ROOT);
        Code found = Arrays.stream(Code.values())
                .filter(c -> c.id().equals(asked) || c.id().equals("AX" + asked))
                .findFirst()
                .orElseThrow(() -> unknown(asked));
        print(ExplainText.one(found, document(), terminal().outStyle()));
        return Exit.OK;
    }

    private static AxiomException unknown(String asked) {
        List<String> ids = Arrays.stream(Code.values()).map(Code::id).toList();
        return new AxiomException(Diagnostic.of(Code.NO_SUCH_CODE, "\"" + asked + "\"", "axm explain lists all codes")
                .withHint(new Suggest().hint(asked, ids)));
    }

    private static String document() {
        try (InputStream in = Explain.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not packaged");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
