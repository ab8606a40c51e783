package io.axiomdb.engine;

/** Copies by CREATE DATABASE ... TEMPLATE on the server of Debian 12. */
class TemplateCopyOn15Test extends CopyContract {
    TemplateCopyOn15Test() {
        super(15);
    }
}
