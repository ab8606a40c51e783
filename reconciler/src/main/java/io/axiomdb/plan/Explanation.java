package io.axiomdb.plan;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access.Port;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether an address may come in by one door of a branch, now and when the file is applied, and why.
 *
 * @param number of the port; null where the host is not ours to manage and says none
 * @param mode of the project; restricted where no policy is declared
 * @param modeSource where the mode, or the project without a policy, stands
 * @param open whether the mode lets in everybody by this door
 * @param rules of the project that hold the address, those that let it in first
 * @param layers in the order in which a connection meets them; none on a host that AxiomDB has no login on
 * @param unseen why nobody could look at the host; null when it was seen, or has nothing to look at
 * @param findings foreign things on the host, which may decide otherwise
 */
public record Explanation(
        Cidr from,
        ResourceKey branch,
        Port port,
        @Nullable Integer number,
        String host,
        Network.Mode mode,
        Source modeSource,
        boolean open,
        List<RuleFit> rules,
        List<Layer> layers,
        @Nullable Diagnostic unseen,
        List<Diagnostic> findings) {
    public Explanation {
        rules = List.copyOf(rules);
        layers = List.copyOf(layers);
        findings = List.copyOf(findings);
    }

    /** What becomes of a rule that holds the address. */
    public enum Fit {
        LETS_IN,
        OTHER_PORT,
        OTHER_BRANCH,
        EXPIRED
    }

    /** A rule that holds the address. */
    public record RuleFit(Network.Rule rule, Fit fit) {}

    /** What is known of an address at a layer. */
    public enum Is {
        LET_IN,
        KEPT_OUT,
        UNKNOWN
    }

    /** Where a connection is judged. */
    public enum Place {
        FIREWALL,
        PG_HBA,
        POOLER
    }

    /**
     * One layer.
     *
     * @param wanted what the file makes of it
     * @param there what it does now
     * @param by the rule that decides so besides AxiomDB's own; empty where there is none
     */
    public record Layer(Place place, boolean wanted, Is there, String by) {
        /** Decided by AxiomDB's own part alone. */
        public Layer(Place place, boolean wanted, Is there) {
            this(place, wanted, there, "");
        }
    }

    /** Whether this is something on a host that may let others in past AxiomDB's rules: then no layer of ours can be said to keep anyone out. */
    public static boolean isOpenToOthers(Diagnostic unfit) {
        return unfit.detail().endsWith("(OPEN_TO_OTHERS)");
    }

    /** Whether it gets in once the file is applied. */
    public boolean wanted() {
        return open || rules.stream().anyMatch(fit -> fit.fit() == Fit.LETS_IN);
    }

    /** Whether it gets in at this moment. A layer that keeps it out is enough to know. */
    public Is now() {
        if (layers.stream().anyMatch(layer -> layer.there() == Is.KEPT_OUT)) {
            return Is.KEPT_OUT;
        }
        boolean known = !layers.isEmpty() && layers.stream().noneMatch(layer -> layer.there() == Is.UNKNOWN);
        return known ? Is.LET_IN : Is.UNKNOWN;
    }

    /** The answer in one word: what is now; on a host that AxiomDB has no login on, what the file says. */
    public Is answer() {
        if (managed()) {
            return now();
        }
        return wanted() ? Is.LET_IN : Is.KEPT_OUT;
    }

    /** Whether AxiomDB carries the policy out on this host at all. */
    public boolean managed() {
        return !layers.isEmpty();
    }

    /** The first layer that keeps it out now. */
    public Optional<Layer> stoppedBy() {
        return layers.stream().filter(layer -> layer.there() == Is.KEPT_OUT).findFirst();
    }

    /** When the last rule that lets it in ends; empty when none does by itself. */
    public Optional<Instant> until() {
        List<RuleFit> letting =
                rules.stream().filter(fit -> fit.fit() == Fit.LETS_IN).toList();
        boolean ends = !open && letting.stream().noneMatch(fit -> fit.rule().expiresAt() == null);
        return ends
                ? letting.stream()
                        .map(fit -> fit.rule().expiresAt())
                        .filter(end -> end != null)
                        .max(Comparator.naturalOrder())
                : Optional.empty();
    }
}
