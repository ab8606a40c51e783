package io.axiomdb.cli.command;

import io.axiomdb.cli.view.ExplanationJson;
import io.axiomdb.cli.view.ExplanationText;
import io.axiomdb.cli.world.Opened;
import io.axiomdb.cli.world.World;
import io.axiomdb.cli.world.World.Opening;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.engine.NetworkLook;
import io.axiomdb.host.Access;
import io.axiomdb.plan.Explanation;
import io.axiomdb.plan.Explanations.Question;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code axm network explain}. */
@Command(
        name = "explain",
        description = {
            "Say whether an address gets in, by which rule, and what each layer makes of it.",
            "Looks at the host and changes nothing. Exits with 0 when the address gets in now, with 2 when it does not,",
            "with 1 when that can't be known. Where AxiomDB has no login on the host, the file alone decides."
        },
        footer = {
            "  axm network explain --from 203.0.113.7 --project shop --port runtime",
            "  axm network explain --from 2001:db8::7 --project shop --branch feature/auth --port direct --output json"
        })
final class NetworkExplain extends WorldCommand {
    /** By which door. */
    enum Door {
        RUNTIME,
        DIRECT;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        private Access.Port port() {
            return switch (this) {
                case RUNTIME -> Access.Port.RUNTIME;
                case DIRECT -> Access.Port.DIRECT;
            };
        }
    }

    @Mixin
    private final FileOption file = new FileOption();

    @Option(
            names = "--from",
            required = true,
            paramLabel = "ADDRESS",
            converter = AddressConverter.class,
            description = "One IPv4 or IPv6 address.")
    private @Nullable Cidr from;

    @Option(names = "--project", required = true, paramLabel = "NAME", description = "The project.")
    private String project = "";

    @Option(
            names = "--branch",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "The branch (default: ${DEFAULT-VALUE}).")
    private String branch = "";

    @Option(
            names = "--port",
            paramLabel = "PORT",
            required = true,
            description = "One of: ${COMPLETION-CANDIDATES}: the pooler's, or PostgreSQL's own.")
    private Door port = Door.RUNTIME;

    @Mixin
    private final OutputOption output = new OutputOption();

    NetworkExplain(World world) {
        super(world);
    }

    @Override
    boolean json() {
        return output.json();
    }

    @Override
    int run() {
        Desired desired = file.load(world()).desired();
        Project declared = Declared.project(desired, project);
        Host host = Declared.host(desired, declared);
        Cidr address = Objects.requireNonNull(from);
        Question question = new Question(address, declared, Declared.branch(declared, branch), port.port(), host);
        if (port == Door.RUNTIME && host.runtimePort() == null && host.ssh() != null) {
            throw noPooler(host);
        }
        try (Opened opened = world().open(file.file(), Opening.LOOK)) {
            NetworkLook look = opened.network(desired, List.of(host));
            Explanation explanation = look.explain(question);
            print(
                    json()
                            ? ExplanationJson.render(explanation)
                            : new ExplanationText(terminal().outStyle()).render(explanation));
            return switch (explanation.answer()) {
                case LET_IN -> Exit.OK;
                case KEPT_OUT -> Exit.DENIED;
                case UNKNOWN -> Exit.ERROR;
            };
        }
    }

    private static AxiomException noPooler(Host host) {
        return new AxiomException(Diagnostic.of(
                Code.UNKNOWN_REFERENCE,
                host.origin().self(),
                "host " + host.name() + " has no runtime port",
                "it has no pooler (ports.runtime), and runtime URLs use the direct port: say --port direct"));
    }

    /** Reads one address. */
    static final class AddressConverter implements ITypeConverter<Cidr> {
        @Override
        public Cidr convert(String text) {
            return switch (Cidr.read(text)) {
                case Cidr.Read.Range(Cidr range)
                when range.prefix() == range.family().bits() -> range;
                case Cidr.Read.Range(Cidr range) ->
                    throw new TypeConversionException("'" + range + "' is a range: say one address");
                case Cidr.Read.Refused(String why, String meant) ->
                    throw new TypeConversionException(
                            "'" + text + "' " + why + (meant == null ? "" : "; did you mean " + meant + "?"));
            };
        }
    }
}
