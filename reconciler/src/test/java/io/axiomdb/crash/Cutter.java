package io.axiomdb.crash;

import io.axiomdb.crash.Point.When;
import io.axiomdb.crash.Wire.Cut;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Cuts the wire that a call goes over, at the statement that makes it. */
final class Cutter implements Tripwire.Strike {
    private final Wire wire;
    private final Cut cut;

    private Cutter(Wire wire, Cut cut) {
        this.wire = wire;
        this.cut = cut;
    }

    /** For a place of an apply. */
    static Cutter of(Lane lane, Labels labels, Point point) {
        // What was drawn is known once the call is made.
        Supplier<String> statement = () -> labels.statement(point.place());
        boolean made = point.when() == When.AFTER;
        return switch (point.place().kind()) {
            case "begin", "finish" -> committed(lane.controlWire, "axiomdb.audit_head", made);
            case "putPending", "CarryPasswords" -> committed(lane.controlWire, "axiomdb.secret_keys", made);
            case "acquire" -> committed(lane.controlWire, "INSERT INTO axiomdb.leases", made);
            case "release" -> committed(lane.controlWire, "UPDATE axiomdb.leases", made);
            case "next" -> committed(lane.controlWire, "INSERT INTO axiomdb.applies", made);
            case "promise" -> at(lane.hostWire, text -> text.contains("SET keep_until = p.until"), made);
            case "leaveMark" -> at(lane.hostWire, text -> text.contains("INSERT INTO axiomdb.mark"), made);
            case "open" -> at(lane.hostWire, text -> text.contains("pg_try_advisory_lock"), made);
            case "SqlAlone", "RefreshDerived" ->
                at(lane.hostWire, text -> text.strip().equals(statement.get()), made);
            case "Copy" -> at(lane.hostWire, text -> text.strip().startsWith(statement.get()), made);
            case "noteBegins" -> committed(lane.controlWire, "INSERT INTO axiomdb.databases_being_made", made);
            case "NoteDatabase" -> committed(lane.controlWire, "UPDATE axiomdb.databases_being_made", made);
            case "noteRoles" -> committed(lane.controlWire, "owner_oid = coalesce(r.owner_oid", made);
            case "Sql", "RunScript", "MakeRoles" ->
                committed(lane.hostWire, text -> text.strip().equals(statement.get()), made);
            case "SetPasswords" ->
                committed(
                        lane.hostWire,
                        text -> text.contains("PASSWORD 'SCRAM") && text.contains(statement.get()),
                        made);
            default -> throw new IllegalArgumentException("nobody knows what goes over a wire for " + point);
        };
    }

    /** A transaction, at its end. */
    private static Cutter committed(Wire wire, String mark, boolean made) {
        return committed(wire, text -> text.contains(mark), made);
    }

    private static Cutter committed(Wire wire, Predicate<String> begun, boolean made) {
        return new Cutter(wire, new Cut(begun, text -> text.startsWith("COMMIT"), made));
    }

    private static Cutter at(Wire wire, Predicate<String> statement, boolean made) {
        return new Cutter(wire, new Cut(statement, statement, made));
    }

    @Override
    public void at(When when) {
        switch (when) {
            case BEFORE -> wire.arm(cut);
            case AFTER -> {
                if (!wire.isUsed()) {
                    throw new IllegalStateException("the wire was not cut: the statement did not come by");
                }
            }
        }
    }
}
