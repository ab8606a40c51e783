package io.axiomdb.engine;

import io.axiomdb.adapter.postgres.tools.ClientTools;

/** Copies by pg_dump and pg_restore of this machine, on the server of Debian 12. */
class DumpCopyTest extends CopyContract {
    DumpCopyTest() {
        super(15, ClientTools.onPath(""));
    }
}
