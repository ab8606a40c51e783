package io.axiomdb.crash;

import io.axiomdb.apply.Progress;
import io.axiomdb.audit.Actor;
import io.axiomdb.desired.Desired;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Engine;
import io.axiomdb.engine.Installation;
import io.axiomdb.engine.Outside;
import io.axiomdb.engine.Request;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Plan;
import io.axiomdb.testing.TextFiles;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A scenario in a run of its own, with names that no other run has. */
record Trial(Scenario scenario, String token) {
    private static final AtomicInteger COUNT = new AtomicInteger();

    static Trial of(Scenario scenario) {
        return new Trial(scenario, "k%05dx".formatted(COUNT.incrementAndGet()));
    }

    String text(String withPlaceholder) {
        return withPlaceholder.replace("{t}", token);
    }

    Desired wish() {
        return desired(scenario.wish());
    }

    private Desired desired(String file) {
        return Installation.desired(TextFiles.of(text(file)).with("mask.sql", CopyScenarios.MASK));
    }

    Request request() {
        return request(scenario.asks().of(token));
    }

    private static Request request(Asked asked) {
        return new Request(
                new Actor("dba@acme.example", false, null, "test"), "manual", null, asked, Installation.HOSTS);
    }

    /** Brings about the state to begin with. */
    void prepare(Lane lane, Outside outside) {
        for (String file : scenario.start()) {
            ApplyReport report = apply(outside, desired(file), request(Asked.of(Set.of(), 9)));
            if (!report.converged()) {
                throw new IllegalStateException("the start of " + scenario + " does not converge: " + report);
            }
        }
        scenario.before().forEach(sql -> lane.host(text(sql.database()), text(sql.text())));
    }

    Plan plan(Outside outside) {
        return new Engine(outside).plan(wish(), request()).plan();
    }

    /** When all that was named has been done. */
    Plan planAfterwards(Outside outside) {
        return new Engine(outside)
                .plan(wish(), request(scenario.asks().of(token).afterwards()))
                .plan();
    }

    /** The apply that is cut short, and the one after it. */
    ApplyReport apply(Outside outside) {
        return apply(outside, wish(), request());
    }

    private static ApplyReport apply(Outside outside, Desired desired, Request request) {
        Engine engine = new Engine(outside);
        String digest = engine.plan(desired, request).plan().digest().hex();
        return engine.apply(desired, request, digest, Progress.NONE, () -> false);
    }
}
