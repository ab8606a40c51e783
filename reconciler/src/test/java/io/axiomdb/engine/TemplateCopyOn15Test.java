package io.axiomdb.engine;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.testing.Full;

/** Copies by CREATE DATABASE ... TEMPLATE on the server of Debian 12. */
@Full
class TemplateCopyOn15Test extends CopyContract {
    TemplateCopyOn15Test() {
        super(15, ClientTools::none);
    }

    @Override
    boolean copiesFiles() {
        return true;
    }
}
