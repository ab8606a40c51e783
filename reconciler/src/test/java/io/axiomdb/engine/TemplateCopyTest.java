package io.axiomdb.engine;

/** Copies by CREATE DATABASE ... TEMPLATE on the newest server. */
class TemplateCopyTest extends CopyContract {
    TemplateCopyTest() {
        super(18);
    }
}
