package io.axiomdb.export;

import io.axiomdb.desired.BranchNames;
import io.axiomdb.load.check.Names;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** Names of projects after those of databases, each given once. */
final class ProjectNames {
    /** With room for a number behind it. */
    private static final int ROOM = 34;

    private final Set<String> taken = new TreeSet<>();

    String of(String database) {
        String plain = database.toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9-]+", "-")
                .replaceAll("-{2,}", "-")
                .replaceAll("^-+", "");
        boolean begins = !plain.isEmpty() && Character.isLetter(plain.charAt(0));
        String name = begins && Names.fits(BranchNames.appKey(plain) + "_") ? plain : "db-" + plain;
        String base = name.substring(0, Math.min(ROOM, name.length())).replaceAll("-+$", "");
        String unique = base;
        for (int i = 2; !taken.add(unique); i++) {
            unique = base + "-" + i;
        }
        return unique;
    }
}
