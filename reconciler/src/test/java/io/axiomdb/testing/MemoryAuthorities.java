package io.axiomdb.testing;

import io.axiomdb.port.AuthorityStore;
import java.util.ArrayList;
import java.util.List;

/** Authorities without a database, held to the same contract test as the real ones. */
public final class MemoryAuthorities implements AuthorityStore {
    private final List<Kept> all = new ArrayList<>();

    @Override
    public synchronized List<String> certificates() {
        return kept().stream().map(Kept::certificate).toList();
    }

    @Override
    public synchronized List<Kept> kept() {
        return List.copyOf(all.reversed());
    }

    @Override
    public synchronized List<Kept> keep(Kept made) {
        if (made.number() > all.size() + 1) {
            throw new IllegalArgumentException("authority " + made.number() + " is not the next one");
        }
        if (made.number() == all.size() + 1) {
            all.add(made);
        }
        return kept();
    }
}
