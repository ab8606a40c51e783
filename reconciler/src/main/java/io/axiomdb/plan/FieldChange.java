package io.axiomdb.plan;

import io.axiomdb.core.Source;

/**
 * One difference.
 *
 * @param subject what on the host it is about, such as {@code role shop_main_rw}; empty for a field of the declaration
 * @param name such as {@code interval_days} or {@code connection limit}
 * @param before empty when there was nothing
 * @param after empty when there will be nothing
 * @param source where the wanted value stands
 */
public record FieldChange(String subject, String name, String before, String after, Source source) {
    /** What it is about, as the audit trail names it: {@code role shop_main_rw connection limit}. */
    public String key() {
        return (subject + " " + name).strip();
    }
}
