package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import java.util.SortedMap;

/** A person or machine of the organization. */
public record Member(String email, MemberRole role, Origin origin) {

    public static Member of(String email, Fields fields) {
        return new Member(email, MemberRole.of(fields.text("role", "viewer")), fields.origin());
    }

    public SortedMap<String, String> fields() {
        return new Fields.Writer().put("role", role.word()).done();
    }
}
