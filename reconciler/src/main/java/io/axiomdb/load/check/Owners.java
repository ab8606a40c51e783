package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Member;
import io.axiomdb.desired.MemberRole;
import java.util.function.Consumer;

/** Where members are declared, one of them is an owner. */
final class Owners {
    private Owners() {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        boolean none = desired.members().values().stream().noneMatch(m -> m.role() == MemberRole.OWNER);
        if (none && !desired.members().isEmpty()) {
            Source first = desired.members().values().stream()
                    .map(Member::origin)
                    .map(Origin::self)
                    .sorted()
                    .findFirst()
                    .orElse(Source.NOWHERE);
            problems.accept(
                    Diagnostic.of(Code.NO_OWNER, first, "no member is an owner", "give the role owner to one of them"));
        }
    }
}
