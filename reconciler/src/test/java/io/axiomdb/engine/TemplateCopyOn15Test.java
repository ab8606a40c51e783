package io.axiomdb.engine;

import io.axiomdb.adapter.postgres.tools.ClientTools;

/** Copies by CREATE DATABASE ... TEMPLATE on the server of Debian 12. */
class TemplateCopyOn15Test extends CopyContract {
    TemplateCopyOn15Test() {
        super(15, ClientTools::none);
    }

    @Override
    boolean copiesFiles() {
        return true;
    }
}
