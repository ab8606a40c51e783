package io.axiomdb.apply;

import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Drawn;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane.Note;
import io.axiomdb.port.ControlPlane.Settled;
import io.axiomdb.port.HostWriter.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one change makes: the name of its database, and the numbers of what it made. All of it is in the control plane before
 * anything could be taken for it.
 */
final class Making {
    private final Mutation mutation;
    private final OutcomeRecorder recorder;
    private final @Nullable Drawn drawn;

    private Making(Mutation mutation, OutcomeRecorder recorder, @Nullable Drawn drawn) {
        this.mutation = mutation;
        this.recorder = recorder;
        this.drawn = drawn;
    }

    /**
     * Draws a name where one is needed, and writes it down.
     *
     * @param digits random ones
     * @throws io.axiomdb.core.AxiomException when the control plane does not take it
     */
    static Making begin(Mutation mutation, OutcomeRecorder recorder, Supplier<String> digits) {
        Change change = mutation.change();
        if (change.steps().stream().noneMatch(Step.NoteDatabase.class::isInstance)) {
            return new Making(mutation, recorder, null);
        }
        Drawn drawn = new Drawn(digits.get());
        recorder.note(new Note.Begins(change.registered(), mutation.intent().mutationId(), drawn.database()));
        return new Making(mutation, recorder, drawn);
    }

    /** The step as it is performed. */
    Step named(Step step) {
        return drawn == null ? step : drawn.in(step);
    }

    /** The database is there. */
    void database(String name, Numbers numbers) {
        Long oid = numbers.oids().get(name);
        if (oid == null) {
            throw new IllegalStateException("the number of another database than " + name);
        }
        recorder.note(new Note.Database(name, numbers.system(), oid));
    }

    /** The roles are about to be there. */
    void roles(SortedMap<String, RoleKind> made, Numbers numbers) {
        SortedMap<RoleKind, Long> oids = new TreeMap<>();
        numbers.oids().forEach((name, oid) -> {
            RoleKind kind = made.get(name);
            if (kind != null) {
                oids.put(kind, oid);
            }
        });
        recorder.note(new Note.Roles(mutation.change().registered(), numbers.system(), oids));
    }

    /** What became of databases when all steps were made. */
    List<Settled> done() {
        List<Settled> settled = new ArrayList<>();
        mutation.change().settles().cleared().forEach(name -> settled.add(new Settled(name, false)));
        if (drawn != null) {
            settled.add(new Settled(drawn.database(), true));
        }
        return settled;
    }

    /** What became of them when what was made was taken back. */
    List<Settled> undone() {
        return drawn == null ? List.of() : List.of(new Settled(drawn.database(), false));
    }
}
