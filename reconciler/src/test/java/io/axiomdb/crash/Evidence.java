package io.axiomdb.crash;

import io.axiomdb.audit.AuditRow;
import io.axiomdb.crash.Scenario.Sql;
import io.axiomdb.engine.Installation.SqlRefused;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What was really there at one moment, by looking around AxiomDB and not through it.
 *
 * @param truths by target and event, whether what such an event says has happened
 * @param registry what the control plane knew
 * @param rows of the audit trail, oldest first
 * @param passwords current ones
 */
record Evidence(
        SortedMap<String, Boolean> truths,
        Registry registry,
        List<AuditRow> rows,
        SortedMap<CredentialKey, String> passwords) {

    static Evidence take(Lane lane, Rig rig, Trial trial) {
        SortedMap<String, Boolean> truths = new TreeMap<>();
        trial.scenario()
                .truths()
                .forEach(truth -> truths.put(
                        trial.text(truth.target() + " " + truth.event()),
                        truth.checks().stream().allMatch(check -> isTrue(lane, trial, check))));
        Registry registry = rig.controlPlane().read(trial.token());
        SortedMap<CredentialKey, String> passwords = new TreeMap<>();
        registry.credentials()
                .keySet()
                .forEach(key -> rig.controlPlane()
                        .secrets()
                        .current(trial.token(), key)
                        .ifPresent(
                                secret -> passwords.put(key, secret.password().reveal())));
        List<AuditRow> rows = rig.controlPlane().audit(trial.token(), new AuditQuery(10_000, null, null, null));
        return new Evidence(truths, registry, rows.reversed(), passwords);
    }

    /** A database that is not there, or lets nobody in, proves nothing. */
    private static boolean isTrue(Lane lane, Trial trial, Sql check) {
        try {
            return lane.host(trial.text(check.database()), trial.text(check.text()))
                    .equals("t");
        } catch (SqlRefused e) {
            return false;
        }
    }

    Stream<AuditRow> rowsAfter(Evidence before) {
        return rows.stream().skip(before.rows().size());
    }
}
