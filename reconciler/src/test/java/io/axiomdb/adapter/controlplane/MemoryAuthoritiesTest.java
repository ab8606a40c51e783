package io.axiomdb.adapter.controlplane;

import io.axiomdb.port.AuthorityStore;
import io.axiomdb.testing.MemoryAuthorities;

class MemoryAuthoritiesTest extends AuthorityStoreContract {
    private final MemoryAuthorities memory = new MemoryAuthorities();

    @Override
    AuthorityStore store() {
        return memory;
    }

    @Override
    AuthorityStore elsewhere() {
        return memory;
    }
}
