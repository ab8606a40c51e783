package io.axiomdb.crash;

import io.axiomdb.engine.ApplyReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.CountDownLatch;

/** One scenario, cut short at one point in one way, and what the next apply makes of it. */
record Run(Scenario scenario, Point point, Way way) {
    /** What nobody expected. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Broken(Point point) {
            super("broken on purpose " + point);
        }
    }

    /** The places that an apply passes when nothing happens to it. */
    static SortedSet<Place> places(Lane lane, Scenario scenario) {
        Trial trial = Trial.of(scenario);
        try (Rig rig = Rig.open(lane.direct, "recording")) {
            lane.rememberDrawn();
            trial.prepare(lane, rig.outside());
            Evidence before = Evidence.take(lane, rig, trial);
            Tripwire tripwire = Tripwire.recording(new Labels(trial.plan(rig.outside()), trial.token()));
            ApplyReport report = trial.apply(tripwire.around(rig.outside()));
            List<String> wrong = Aftermath.wrong(lane, rig, trial, before, before);
            if (!report.converged() || !wrong.isEmpty()) {
                throw new AssertionError(scenario + " goes wrong by itself: " + wrong + " " + report.results());
            }
            return tripwire.passed();
        } finally {
            Aftermath.clear(lane, trial);
        }
    }

    /** Everything that is wrong afterwards, in words. */
    List<String> wrong(Lane lane) throws IOException {
        Trial trial = Trial.of(scenario);
        try {
            Evidence before;
            Labels labels;
            try (Rig rig = Rig.open(lane.direct, "before")) {
                lane.rememberDrawn();
                trial.prepare(lane, rig.outside());
                before = Evidence.take(lane, rig, trial);
                labels = new Labels(trial.plan(rig.outside()), trial.token());
            }
            cut(lane, trial, labels);
            try (Rig rig = Rig.open(lane.direct, "after")) {
                Evidence cut = Evidence.take(lane, rig, trial);
                List<String> wrong = new ArrayList<>(Never.broken(lane, trial));
                lane.forgetLeases();
                trial.apply(rig.outside());
                wrong.addAll(Aftermath.wrong(lane, rig, trial, before, cut));
                return wrong;
            }
        } finally {
            Aftermath.clear(lane, trial);
        }
    }

    private void cut(Lane lane, Trial trial, Labels labels) throws IOException {
        if (way == Way.KILLED) {
            Child.kill(lane.direct, this, trial);
            lane.awaitSilence();
            return;
        }
        CountDownLatch struck = new CountDownLatch(1);
        Tripwire.Strike strike = strike(lane, labels);
        Tripwire tripwire = Tripwire.at(labels, point.place().label(), when -> {
            if (when == point.when() || way == Way.CUT) {
                struck.countDown();
                strike.at(when);
            }
        });
        String how = attempt(lane, trial, tripwire);
        lane.heal();
        if (struck.getCount() > 0) {
            throw new IllegalStateException("the apply did not come by " + point + "; " + how);
        }
    }

    /** How it ended: nobody relies on that. */
    private static String attempt(Lane lane, Trial trial, Tripwire tripwire) {
        try (Rig rig = Rig.open(lane.wired, "cut short")) {
            return trial.apply(tripwire.around(rig.outside())).toString();
        } catch (RuntimeException e) {
            return e.toString();
        } finally {
            lane.hostWire.disarm();
            lane.controlWire.disarm();
        }
    }

    private Tripwire.Strike strike(Lane lane, Labels labels) {
        return switch (way) {
            case EXCEPTION ->
                _ -> {
                    throw new Broken(point);
                };
            case CUT -> Cutter.of(lane, labels, point);
            case GONE -> _ -> lane.stop();
            case DISK_FULL -> _ -> lane.fill();
            case KILLED -> throw new IllegalArgumentException("a process can't kill itself and go on");
        };
    }

    @Override
    public String toString() {
        return scenario + ": " + way + " " + point;
    }
}
